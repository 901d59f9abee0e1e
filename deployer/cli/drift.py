"""`kestra-deployer drift`: what on the server is not what was deployed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from deployer.cli import output
from deployer.cli.deploying import PROJECT, ask, look
from deployer.cli.epilog import epilog
from deployer.cli.options import configure, connection
from deployer.errors import UsageError
from deployer.ledgers import Nowhere
from deployer.model.request import Command, Request
from deployer.model.result import Report
from deployer.pipeline import plan
from deployer.session import Session


@click.command(
    epilog=epilog(
        "drift",
        "drift flows/shop --stat --report json=drift.json",
        "0 no drift, 1 problems found, 2 usage, 3 could not run, 11 drift.",
    )
)
@click.argument("path", type=click.Path(path_type=Path), default=Path("flows"))
@PROJECT
@click.option("--stat", is_flag=True, help="Show how many lines differ, not which.")
@output.reporting
@connection
def drift(path: Path, *, format_: str | None, reports: tuple[str, ...], **asked: Any) -> int:
    """Show which flows under PATH (default: flows) were changed on the server since the last deploy.

    Writes nothing. A flow or trigger that an operator disabled is shown, but does not count as drift.
    """
    outputs = output.outputs_of(format_, reports)
    request = Request(command=Command.DRIFT, paths=(path,), dry_run=True)
    return output.report(outputs, request, lambda: _drift(path, **asked))


def _drift(path: Path, *, project: str | None, stat: bool, **connected: Any) -> Report:
    asked = configure(**connected)
    request = ask(asked, [path], Command.DRIFT, project=project, stat=stat, dry_run=True)
    return look(asked, request, _stages)


def _stages(request: Request, session: Session) -> Iterator[Report]:
    if isinstance(session.keeper, Nowhere):
        message = "drift is the difference to what was deployed last, and with `ledger: none` that is not recorded"
        raise UsageError(message, hint="remove `ledger: none` from kestra-deployer.yaml")
    return plan(request, session)
