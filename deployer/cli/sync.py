"""`kestra-deployer sync`: the whole way from files to a report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from deployer.cli import output, say
from deployer.cli.options import configured, connection
from deployer.cli.progress import progress
from deployer.errors import DeployerError
from deployer.kestra.client import KestraClient
from deployer.local import Options, run
from deployer.model.result import Report
from deployer.pipeline import sync as stages


@click.command(
    epilog="Exit codes: 0 fine, 1 problems found, 2 usage, 3 could not run, 5 apply incomplete, 6 smoke failed."
)
@click.argument("path", type=click.Path(path_type=Path), default=Path("flows"))
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
@click.option("--smoke", is_flag=True, help="Run the smoke tests (*.smoke.yaml) once the flows are deployed.")
@click.option(
    "--keep-going", is_flag=True, help="Deploy what is sound although problems were found, and name the rest."
)
@click.option("--format", "format_", type=click.Choice(output.FORMATS), default="text", help="[default: text]")
@connection
def sync(path: Path, *, dry_run: bool, smoke: bool, keep_going: bool, format_: str, **connected: Any) -> int:
    """Deploy every flow under PATH (default: flows).

    Every file is checked, compared with what is live, and created or updated where it differs. A problem found before
    the first write ends the run with nothing written, unless --keep-going is given.
    """
    try:
        report = _sync(path, dry_run=dry_run, smoke=smoke, keep_going=keep_going, **connected)
    except DeployerError as error:
        report = Report("sync", str(path), dry_run=dry_run, error=error)
    output.write(report, format_)
    if report.error and format_ != "json":
        say(report.error)
    return report.exit_code


def _sync(path: Path, *, dry_run: bool, smoke: bool, keep_going: bool, **connected: Any) -> Report:
    asked = configured(**connected)
    options = Options(
        paths=(path,),
        root=asked.root,
        ignore=asked.settings.ignore,
        checks=asked.settings.checks,
        dry_run=dry_run,
        keep_going=keep_going,
        smoke=smoke,
        concurrency=asked.settings.concurrency,
    )
    with asked.server() as settings, KestraClient(settings) as client, progress() as listen:
        return run(stages(options, client, listen))
