"""Our own verdict on a flow's text: the one place that knows what it is made of."""

from __future__ import annotations

from deployer.check import CHECKS
from deployer.check.base import FlowFile, Folder, problem
from deployer.check.types import Types
from deployer.read.parse import parse

_UNVERIFIED = "unverified-type"
"""A type of a plugin that is not there: a notice for users, whose server may have it; the engine here has it no more
than we do, and refuses the flow."""


def refused(text: str, types: Types) -> list[str]:
    """Return why we say that the engine refuses a text, empty where we say that it takes it."""
    document, problems = parse("", text)
    if document:
        folder = Folder([FlowFile(document, types)], types)
        problems += [problem(check.name, finding) for check in CHECKS for finding in check.run(folder)]
    return [f"{each.check}: {each.message}" for each in problems if each.stops or each.check == _UNVERIFIED]
