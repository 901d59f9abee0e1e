"""`kestra-deployer drift`: what on the server is not what was deployed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from deployer.cli import output
from deployer.cli.deploying import deploying, options_of
from deployer.cli.options import configured, connection
from deployer.cli.progress import progress
from deployer.errors import UsageError
from deployer.local import run
from deployer.model.result import Report
from deployer.pipeline import shown
from deployer.plan import OnDisabled
from deployer.resource.ledger import Nowhere


@click.command(epilog="Exit codes: 0 no drift, 1 problems found, 2 usage, 3 could not run, 11 drift.")
@click.argument("path", type=click.Path(path_type=Path), default=Path("flows"))
@click.option(
    "--project",
    metavar="NAME",
    help="Name under which this repository's deploys are recorded.  [default: the git remote's]",
)
@click.option("--stat", is_flag=True, help="Show how many lines differ, not which.")
@output.formatted
@connection
def drift(path: Path, *, format_: str, **asked: Any) -> int:
    """Show which flows under PATH (default: flows) were changed on the server since the last deploy.

    Nothing is written. A flow or trigger that an operator disabled is shown, and is no drift.
    """
    return output.reported(format_, lambda: _drift(path, **asked), "drift", str(path))


def _drift(path: Path, *, project: str | None, stat: bool, **connected: Any) -> Report:
    asked = configured(**connected)
    options = replace(options_of(asked, path), stat=stat, dry_run=True)
    with asked.client() as client, progress() as listen:
        how = deploying(
            asked, client, project=project, prune=False, max_prune=None, on_drift=None, on_disabled=OnDisabled.KEEP
        )
        if isinstance(how.keeper, Nowhere):
            message = "drift is told from what was deployed last, and with `ledger: none` nobody knows that"
            raise UsageError(message, hint="remove `ledger: none` from kestra-deployer.yaml")
        return run(shown(options, how, client, listen, "drift"))
