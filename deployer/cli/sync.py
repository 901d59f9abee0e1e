"""`kestra-deployer sync`: the whole way from files to a report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from deployer.cli import output
from deployer.cli.asking import Asker, person_is_there
from deployer.cli.deploying import ask, deployment, keeper_of, looking, split, wait_of
from deployer.cli.epilog import epilog
from deployer.cli.options import connection
from deployer.cli.progress import progress
from deployer.errors import UsageError
from deployer.model.problem import Problem, Severity
from deployer.model.request import Command, Request
from deployer.model.result import Report
from deployer.pipeline import sync as stages
from deployer.running import run
from deployer.session import Session


@click.command(
    epilog=epilog(
        "sync flows --smoke",
        "sync --dry-run --diff --report json=plan.json",
        "0 success, 1 problems found, 2 usage, 3 could not run, 4 refused or overwrote, 5 apply incomplete, "
        "7 unhealthy, 6 smoke test failed.",
    )
)
@click.argument("path", type=click.Path(path_type=Path), default=Path("flows"))
@click.option("--dry-run", is_flag=True, help="Show what would be done, without writing anything.")
@click.option(
    "--detailed-exitcode",
    "detailed",
    is_flag=True,
    help="With --dry-run: exit with 10 if there are changes, with 4 if they would be refused.",
)
@click.option("--diff", is_flag=True, help="Show which lines change.")
@click.option("--stat", is_flag=True, help="Show how many lines change, not which.")
@click.option("--smoke", is_flag=True, help="Run the smoke tests (*.smoke.yaml) of what was written and what calls it.")
@click.option("--rollback", is_flag=True, help="With --smoke: put back what was written, if a smoke test fails.")
@click.option(
    "--keep-going", is_flag=True, help="Deploy what is valid even if problems were found, and report the rest."
)
@click.option("--yes", "-y", is_flag=True, help="Delete with --prune without asking.")
@looking
@deployment
@output.reporting
@connection
def sync(path: Path, *, format_: str | None, reports: tuple[str, ...], **asked: Any) -> int:
    """Deploy every flow under PATH (default: flows).

    Checks every file, compares it with the server and with the last deploy, and creates or updates what differs. A
    problem found before the first write ends the run with nothing written, unless you give --keep-going. So does an
    edit that someone made on the server since the last deploy, unless you give --on-drift. Looks afterwards whether
    what it wrote will run, as `health` does, unless you give --no-wait.
    """
    outputs = output.outputs_of(format_, reports)
    request = Request(command=Command.SYNC, paths=(path,), dry_run=asked["dry_run"])
    return output.report(outputs, request, lambda: _sync(path, outputs, **asked))


def _sync(path: Path, outputs: output.Outputs, *, yes: bool, no_wait: bool, **more: Any) -> Report:
    if more["detailed"] and not more["dry_run"]:
        raise UsageError("--detailed-exitcode is about what would be done", hint="give --dry-run, too, or use `plan`")
    if more["rollback"] and not more["smoke"]:
        raise UsageError("--rollback is about smoke tests that fail, and none would be run", hint="give --smoke, too")
    asked, how = split(more)
    request = ask(asked, [path], Command.SYNC, wait=wait_of(asked, no_wait=no_wait), **how)
    if request.smoke and not (asked.embedded or asked.settings.smoke_tests):
        request = _without_smoke(request, asked.project.place("smoke_tests"))
    asks = outputs.stdout == output.TEXT and request.writes and person_is_there()
    with asked.asking(request) as (client, request), progress() as listen:
        session = Session(
            client=client,
            keeper=keeper_of(asked, client, request.project),
            listen=listen,
            ask=Asker(listen, f"{client.url}, tenant {client.tenant}", yes) if asks else None,
        )
        return run(request, stages(request, session))


def _without_smoke(request: Request, place: str) -> Request:
    """Return the request without smoke tests, which says that the configuration, at this place, allows none."""
    message = f"no smoke tests are run: {place} says that none are on this server"
    notice = Problem("smoke", message, severity=Severity.NOTICE, hint="kestra-deployer test runs them without it")
    return replace(request, smoke=False, rollback=False, notes=(*request.notes, notice))
