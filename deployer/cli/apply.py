"""`kestra-deployer apply FILE`: exactly what a plan says, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from deployer import regular
from deployer.cli import output
from deployer.cli.deploying import NAMES, deploying, options_of
from deployer.cli.options import configured, connection
from deployer.cli.plan import plan as plan_command
from deployer.cli.progress import progress
from deployer.deploy import ChangedError
from deployer.errors import UsageError
from deployer.local import run
from deployer.model.result import Report
from deployer.pipeline import carried_out, planned
from deployer.plan.saved import AGAIN, Saved, saved
from deployer.refusal import refusal

NOTHING = "nothing was written: plan again"


@click.command(epilog="Exit codes: 0 fine, 2 usage, 3 could not run, 4 refused or overwrote, 5 apply incomplete.")
@click.argument("file", type=click.Path(path_type=Path))
@output.formatted
@connection
def apply(file: Path, *, format_: str, **connected: Any) -> int:
    """Apply the plan that `plan --out FILE` saved. Fails if anything changed since it was made.

    The files and the server are read once more. If a file, a live flow, the server or the tenant is not the one that
    the plan was made for, nothing is written and the exit code is 4.
    """
    return output.reported(format_, lambda: _apply(file, **connected), "apply", str(file))


def _apply(file: Path, **connected: Any) -> Report:
    asked = configured(**connected)
    plan = _read(file)
    how = dict(plan.options)
    paths, keep_going = [Path(each) for each in how.pop("paths")], bool(how.pop("keep_going"))
    options = replace(options_of(asked, *paths), keep_going=keep_going)
    with asked.client() as client, progress() as listen:
        if (client.url, client.tenant) != (plan.server, plan.tenant):
            told = f"{plan.server}, tenant {plan.tenant}"
            raise ChangedError(f"{file} is a plan for {told}, not for {client.url}, {client.tenant}", hint=NOTHING)

        def stages() -> Iterator[Report]:
            made = yield from planned(options, deploying(asked, client, **how), client, listen, "apply")
            if made is None or made.plan.digest != plan.digest:
                raise ChangedError(f"what {file} was made from has changed", hint=NOTHING)
            if made.plan.refused:
                yield replace(made.report, error=refusal(made.plan))
            else:
                yield carried_out(made, options, client, listen)

        return run(stages())


def _read(file: Path) -> Saved:
    try:
        plan = saved(str(file), regular.text(file), {*NAMES, "paths", "keep_going"})
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}", hint=AGAIN) from error
    for name, value in plan.options.items():
        if not _could_be(name, value):
            raise UsageError(f"{file} is no saved plan: its option `{name}` cannot be {value!r}", hint=AGAIN)
    return plan


def _could_be(name: str, value: Any) -> bool:
    """Whether the command line of `plan` could have given an option this value."""
    if name == "paths":
        return isinstance(value, list) and bool(value) and all(map(_is_text, value))
    option = next(each for each in plan_command.params if each.name == name)
    if isinstance(option, click.Option) and option.is_flag:
        return isinstance(value, bool)
    if value is None:
        return not isinstance(option.default, str)
    return _is_text(value) and (not isinstance(option.type, click.Choice) or value in option.type.choices)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value
