"""`kestra-deployer apply FILE`: exactly what a plan says, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from deployer import regular
from deployer.afterwards import look_after
from deployer.apply.bookkeeping import ChangedError
from deployer.cli import output
from deployer.cli.deploying import NAMES, ask, keeper_of, looking, wait_of
from deployer.cli.epilog import epilog
from deployer.cli.options import configure, connection
from deployer.cli.plan import plan as plan_command
from deployer.cli.progress import progress
from deployer.errors import UsageError
from deployer.model.request import Command, Request
from deployer.model.result import Report
from deployer.pipeline import apply as carry_out
from deployer.pipeline import plan as make_plan
from deployer.plan.saved import AGAIN, Saved, read_saved
from deployer.refusal import refuse
from deployer.running import run
from deployer.session import Session

NOTHING = "nothing was written: plan again"


@click.command(
    epilog=epilog(
        "apply plan.json",
        "apply plan.json --report github",
        "0 success, 2 usage, 3 could not run, 4 refused or overwrote, 5 apply incomplete, 7 unhealthy.",
    )
)
@click.argument("file", type=click.Path(path_type=Path))
@looking
@output.reporting
@connection
def apply(file: Path, *, format_: str | None, reports: tuple[str, ...], **connected: Any) -> int:
    """Apply the plan that `plan --out FILE` saved.

    Reads the files and the server again. If a file, a live flow, the server or the tenant is not the one that the plan
    was made for, nothing is written and the exit code is 4. Looks afterwards whether what it wrote will run.
    """
    outputs = output.outputs_of(format_, reports)
    request = Request(command=Command.APPLY, paths=(file,))
    return output.report(outputs, request, lambda: _apply(file, **connected))


def _apply(file: Path, *, no_wait: bool, **connected: Any) -> Report:
    asked = configure(**connected)
    plan = _read(file)
    how = dict(plan.options)
    request = ask(
        asked, [Path(each) for each in how.pop("paths")], Command.APPLY, wait=wait_of(asked, no_wait=no_wait), **how
    )
    with asked.asking(request) as (client, request), progress() as listen:
        if (client.url, client.tenant) != (plan.server, plan.tenant):
            where = f"{plan.server}, tenant {plan.tenant}"
            raise ChangedError(f"{file} is a plan for {where}, not for {client.url}, {client.tenant}", hint=NOTHING)
        session = Session(client=client, keeper=keeper_of(asked, client, request.project), listen=listen)

        def stages() -> Iterator[Report]:
            planned = yield from make_plan(request, session)
            if planned is None or planned.plan.digest != plan.digest:
                raise ChangedError(f"what {file} was made from has changed", hint=NOTHING)
            if planned.plan.refused:
                yield replace(planned.report, error=refuse(planned.plan))
            else:
                report = carry_out(planned, session)
                yield report
                yield from look_after(report, session)

        return run(request, stages())


def _read(file: Path) -> Saved:
    try:
        plan = read_saved(str(file), regular.text(file), {*NAMES, "paths", "keep_going"})
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
