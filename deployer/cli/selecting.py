"""The options that say which tests are run, and how much is said of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])
_OPTIONS = (
    click.option("-k", "only", metavar="TEXT", default="", help="Run only tests with TEXT in their name."),
    click.option("--tag", "tags", metavar="TAG", multiple=True, help="Run only tests with this tag; repeatable."),
    click.option(
        "--logs",
        type=click.Choice(["failed", "all"]),
        default="failed",
        help="Show the last lines of the task that failed, or the whole log.  [default: failed]",
    ),
)


def selecting(command: _Command) -> Callable[..., Any]:
    """Add the options above to a command; it gets what they say as `selection`: fields of a request."""

    @wraps(command)
    def selected(*arguments: Any, only: str, tags: tuple[str, ...], logs: str, **more: Any) -> Any:
        return command(*arguments, selection={"only": only, "tags": tags, "whole_logs": logs == "all"}, **more)

    found: Callable[..., Any] = selected
    for option in reversed(_OPTIONS):
        found = option(found)
    return found
