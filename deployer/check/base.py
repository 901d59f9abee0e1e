"""What a check is: a function from all documents to findings. A finding names a route, never a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from deployer.model.document import Document
from deployer.model.problem import Problem, Route, Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at a place in a document."""

    document: Document
    route: Route
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class Check:
    """A named check. It sees every document of the run at once, so that it can compare them."""

    name: str
    run: Callable[[Sequence[Document]], Iterable[Finding]]


def problem(check: str, finding: Finding) -> Problem:
    """Return the finding with its route turned into a place: the nearest thing that is there."""
    route = finding.route
    while not (span := finding.document.marks.at(route)) and route:
        route = route[:-1]
    return Problem(check, finding.message, finding.document.file, span, finding.severity, finding.hint)
