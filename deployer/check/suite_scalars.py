"""Values of tests that YAML reads as something else than is written: `no` as false, `1.10` as 1.1.

Kestra reads its suites so, too. What is compared, or sent as a string, is then another text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deployer.check.base import Finding
from deployer.language.leaves import as_text
from deployer.model.document import Document
from deployer.model.problem import Route, Severity
from deployer.model.smoke import SmokeCase

_COMPARED = ("equalTo", "notEqualTo", "contains", "startsWith", "endsWith", "in", "notIn")
"""Operators that compare texts."""


def reread(document: Document, route: Route, value: Any) -> Iterator[Finding]:
    """Yield a warning where the value at a place is not the text that is written there."""
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from reread(document, (*route, number), each)
    elif isinstance(value, bool | int | float):
        written, text = document.marks.scalar(route), as_text(value)
        if written is not None and written != text:
            message = f"YAML reads `{written}` as {text}, and that is what counts here"
            yield Finding(route, message, "put it in quotes if you mean the text", Severity.WARNING)


def of_expectations(case: SmokeCase, document: Document) -> Iterator[Finding]:
    """Yield a warning for each such value that a test expects."""
    for name, value in case.expects.outputs.items():
        yield from reread(document, (*case.route, "expectedOutputs", name), value)
    for assertion in case.expects.assertions:
        for name in _COMPARED:
            yield from reread(document, (*assertion.route, name), assertion.checks.get(name))
