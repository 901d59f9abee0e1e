"""Our own verdict on a flow's text: the one place that knows what it is made of and what it goes by."""

from __future__ import annotations

from dataclasses import fields

from differential.oracle import Oracle

from deployer.check import CHECKS
from deployer.check.base import FlowFile, Folder
from deployer.language.types import Types, types_of
from deployer.parsing.parse import parse

_OF_NO_PLUGIN_HERE = ("unverified-type", "misspelled-type")
"""A type outside Kestra's core: a notice or a warning for users, whose server may have it; the engine here
has none, and refuses the flow."""

_UNDOES = "server-key"
"""A key that the engine takes, and then does something else than to store the flow: no verdict of its `validate`."""


def refused(text: str, types: Types) -> list[str]:
    """Return why we say that the engine refuses a text, empty where we say that it takes it."""
    document, problems = parse("", text)
    if document:
        folder = Folder([FlowFile(document, types)], types)
        problems += [problem for check in CHECKS for problem in check.problems(folder)]
    judged = [each for each in problems if each.check != _UNDOES]
    return [f"{each.check}: {each.message}" for each in judged if each.stops or each.check in _OF_NO_PLUGIN_HERE]


def known_types(oracle: Oracle) -> Types:
    """Return the types that an engine knows: those that we ship, or where it has plugins, those that it tells."""
    if not oracle.plugins:
        return types_of(oracle.version)
    told = {**oracle.described(), "version": oracle.version}
    return Types(**{field.name: told[field.name] for field in fields(Types)})
