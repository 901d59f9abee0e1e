"""`kestra-deployer plan`: what a deploy would do, and nothing done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from deployer.cli import output
from deployer.cli.deploying import NAMES, ask, deployment, keeper_of, split
from deployer.cli.epilog import epilog
from deployer.cli.options import connection
from deployer.cli.progress import progress
from deployer.errors import UsageError
from deployer.model.request import Command, Request
from deployer.model.result import Report
from deployer.pipeline import plan as make_plan
from deployer.plan.saved import Saved
from deployer.running import run
from deployer.session import Session


@click.command(
    epilog=epilog(
        "plan flows --stat",
        "plan --out plan.json --report markdown=plan.md",
        "0 success, 1 problems found, 2 usage, 3 could not run; with --detailed-exitcode also 4 would be refused, "
        "10 changes.",
    )
)
@click.argument("path", type=click.Path(path_type=Path), default=Path("flows"))
@click.option("--out", type=click.Path(path_type=Path), help="Save the plan, for `kestra-deployer apply FILE`.")
@click.option("--stat", is_flag=True, help="Show how many lines change, not which.")
@click.option(
    "--detailed-exitcode",
    "detailed",
    is_flag=True,
    help="Exit with 10 if there are changes, with 4 if they would be refused.",
)
@click.option("--keep-going", is_flag=True, help="Plan what is valid even if problems were found.")
@deployment
@output.reporting
@connection
def plan(path: Path, *, format_: str | None, reports: tuple[str, ...], **asked: Any) -> int:
    """Show what a deploy of PATH (default: flows) would do.

    Shows each change with its diff and the flows that depend on it. Writes nothing to the server.
    """
    outputs = output.outputs_of(format_, reports)
    request = Request(command=Command.PLAN, paths=(path,), dry_run=True)
    return output.report(outputs, request, lambda: _plan(path, **asked))


def _plan(path: Path, *, out: Path | None, **more: Any) -> Report:
    asked, how = split(more)
    request = ask(asked, [path], Command.PLAN, dry_run=True, **how)
    with asked.asking(request) as (client, request), progress() as listen:
        session = Session(client=client, keeper=keeper_of(asked, client, request.project), listen=listen)

        def stages() -> Iterator[Report]:
            planned = yield from make_plan(request, session)
            if out and planned:
                options = {name: how[name] for name in NAMES}
                kept = {**options, "paths": [str(path)], "keep_going": request.keep_going}
                saved = Saved(planned.plan.digest, client.url, client.tenant, kept)
                _write(out, saved.text(planned.plan))

        return run(request, stages())


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}", hint="name another file with --out") from error
