"""`kestra-deployer sync`: the whole way from files to a report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from deployer.cli import output
from deployer.cli.asking import Asker, somebody_is_there
from deployer.cli.deploying import deploying, deployment, options_of, parted
from deployer.cli.options import connection
from deployer.cli.progress import progress
from deployer.errors import UsageError
from deployer.local import run
from deployer.model.result import Report
from deployer.pipeline import sync as stages


@click.command(
    epilog="Exit codes: 0 fine, 1 problems found, 2 usage, 3 could not run, 4 refused or overwrote, "
    "5 apply incomplete, 6 smoke failed."
)
@click.argument("path", type=click.Path(path_type=Path), default=Path("flows"))
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
@click.option(
    "--detailed-exitcode",
    "detailed",
    is_flag=True,
    help="With --dry-run: exit with 10 when there is something to do, with 4 when it would be refused.",
)
@click.option("--smoke", is_flag=True, help="Run the smoke tests (*.smoke.yaml) once the flows are deployed.")
@click.option(
    "--keep-going", is_flag=True, help="Deploy what is sound although problems were found, and name the rest."
)
@click.option("--yes", "-y", is_flag=True, help="Delete with --prune without asking, on a terminal too.")
@deployment
@output.formatted
@connection
def sync(path: Path, *, format_: str, **asked: Any) -> int:
    """Deploy every flow under PATH (default: flows).

    Every file is checked, compared with what is live and with what was deployed last, and created or updated where it
    differs. A problem found before the first write ends the run with nothing written, unless --keep-going is given; so
    does an edit that somebody made on the server since, unless --on-drift says otherwise.
    """
    return output.reported(format_, lambda: _sync(path, format_, **asked), "sync", str(path), dry_run=asked["dry_run"])


def _sync(
    path: Path, format_: str, *, dry_run: bool, detailed: bool, smoke: bool, keep_going: bool, yes: bool, **more: Any
) -> Report:
    if detailed and not dry_run:
        raise UsageError("--detailed-exitcode is about what would be done", hint="give --dry-run, too, or use `plan`")
    asked, how = parted(more)
    options = replace(options_of(asked, path), dry_run=dry_run, detailed=detailed, keep_going=keep_going, smoke=smoke)
    asks = format_ == "text" and not dry_run
    with asked.client() as client, progress() as listen:
        ask = Asker(listen, f"{client.url}, tenant {client.tenant}", yes) if asks and somebody_is_there() else None
        return run(stages(options, deploying(asked, client, **how, ask=ask), client, listen))
