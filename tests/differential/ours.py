"""Our own verdict on a flow's text: the one place that knows what it is made of and what it goes by."""

from __future__ import annotations

from dataclasses import fields

from differential.oracle import Oracle

from deployer.check import CHECKS
from deployer.check.base import FlowFile, Folder, problem
from deployer.language.types import Types, types_of
from deployer.parsing.parse import parse

_UNVERIFIED = ("unverified-type", "misspelled-type")
"""A type of a plugin that is not there: a notice or a warning for users, whose server may have it; the engine here has
it no more than we do, and refuses the flow."""

_UNDOES = "server-key"
"""A key that the engine takes, and then does something else than to store the flow: no verdict of its `validate`."""


def refused(text: str, types: Types) -> list[str]:
    """Return why we say that the engine refuses a text, empty where we say that it takes it."""
    document, problems = parse("", text)
    if document:
        folder = Folder([FlowFile(document, types)], types)
        problems += [
            problem(check.name, document, finding) for check in CHECKS for document, finding in check.run(folder)
        ]
    judged = [each for each in problems if each.check != _UNDOES]
    return [f"{each.check}: {each.message}" for each in judged if each.stops or each.check in _UNVERIFIED]


def known_types(oracle: Oracle) -> Types:
    """Return the types that an engine knows: those that we ship, or where it has plugins, those that it tells."""
    if not oracle.plugins:
        return types_of(oracle.version)
    told = {**oracle.described(), "version": oracle.version}
    return Types(**{field.name: told[field.name] for field in fields(Types)})
