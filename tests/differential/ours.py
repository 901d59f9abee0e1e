"""Our own verdict on a flow's text: the one place that knows what it is made of."""

from __future__ import annotations

from deployer.check.constraints import Violation
from deployer.check.constraints import check as constraints
from deployer.check.reading import read
from deployer.check.types import Types
from deployer.read.parse import parse


def refused(text: str, types: Types) -> list[str]:
    """Return why we say that the engine refuses a text, empty where we say that it takes it."""
    document, problems = parse("", text)
    reasons = [f"{problem.check}: {problem.message}" for problem in problems if problem.stops]
    if document is None:
        return reasons or ["it holds nothing"]
    found = read(document.data, types)
    reasons += [f"{wrong.kind}: {wrong.route} {wrong.name} {wrong.wanted}" for wrong in found.misreads]
    if found.flow and not found.misreads:
        asked = constraints(found.flow, types)
        reasons += [f"{each.name}: {each.route} {each.wanted}" for each in asked if isinstance(each, Violation)]
    return reasons
