"""The formats of a report, by the names that `--report` knows. A format is a file here and a row in the table."""

from __future__ import annotations

from collections.abc import Callable

from deployer.model.result import Report
from deployer.report import github, json, junit, terminal

Render = Callable[[Report], str]
"""Makes the text of a report, which has no secret in it. Prints nothing, and counts as `count` does."""


def _github(report: Report) -> str:
    return terminal.render(report) + github.commands(report)


FORMATS: dict[str, Render] = {
    "text": terminal.render,
    "json": json.render,
    "github": _github,
    "markdown": github.summary,
    "junit": junit.render,
}
