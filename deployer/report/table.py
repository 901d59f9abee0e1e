"""The formats of a report, by the names that `--report` knows. A format is a file here and a row in the table."""

from __future__ import annotations

from collections.abc import Callable

from deployer.model.result import Report
from deployer.redaction import Redact
from deployer.report import github, json, terminal

Render = Callable[[Report, Redact], str]
"""Makes the text of a report, without what must be redacted. Prints nothing, and counts as `count` does."""


def _text(report: Report, redact: Redact) -> str:
    return redact(terminal.render(report))


def _github(report: Report, redact: Redact) -> str:
    return redact(terminal.render(report) + github.commands(report))


def _markdown(report: Report, redact: Redact) -> str:
    return redact(github.summary(report))


FORMATS: dict[str, Render] = {
    "text": _text,
    "json": json.render,
    "github": _github,
    "markdown": _markdown,
}
