"""The options that say which tests are run, and how much is said of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

import click

from deployer.cli.adding import adding

_Command = TypeVar("_Command", bound=Callable[..., Any])
_CHANGED = "--changed"
_OPTIONS = (
    click.option("-k", "only", metavar="TEXT", default="", help="Run only tests with TEXT in their name."),
    click.option("--tag", "tags", metavar="TAG", multiple=True, help="Run only tests with this tag; repeatable."),
    click.option(
        _CHANGED,
        "since",
        metavar="[=REF]",
        help="Run only tests that changed since a git commit, or whose flow did, or one that it calls. A REF needs the "
        "`=`.  [default of REF: where this branch left the main branch]",
    ),
    click.option(
        "--logs",
        type=click.Choice(["failed", "all"]),
        default="failed",
        help="Show the last lines of the task that failed, or the whole log.  [default: failed]",
    ),
)


class Selecting(click.Command):
    """A command with the options above: after `--changed` without a `=` comes the next argument, not a REF."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments."""
        end = args.index("--") if "--" in args else len(args)
        given = [f"{each}=" if each == _CHANGED else each for each in args[:end]]
        return super().parse_args(ctx, given + args[end:])


def selecting(command: _Command) -> Callable[..., Any]:
    """Add the options above to a command; it gets what they say as `selection`: fields of a request."""

    @wraps(command)
    def with_selection(
        *arguments: Any, only: str, tags: tuple[str, ...], since: str | None, logs: str, **more: Any
    ) -> Any:
        selection = {"only": only, "tags": tags, "since": since, "whole_logs": logs == "all"}
        return command(*arguments, selection=selection, **more)

    return adding(*_OPTIONS)(with_selection)


def selected(selection: Mapping[str, Any]) -> str:
    """Return the option that selects tests, empty where none was given."""
    given = {"-k": selection["only"], "--tag": selection["tags"], _CHANGED: selection["since"] is not None}
    return next((option for option, value in given.items() if value), "")
