"""`kestra-deployer health`: whether what was deployed will run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from deployer.cli import output
from deployer.cli.deploying import PROJECT, ask, look
from deployer.cli.epilog import epilog
from deployer.cli.options import configure, connection
from deployer.looking import health as stages
from deployer.model.request import Command, Request
from deployer.model.result import Report


@click.command(
    epilog=epilog(
        "health",
        "health flows/shop --report json=health.json",
        "0 healthy, 1 problems found, 2 usage, 3 could not run, 7 something will not run as it should.",
    )
)
@click.argument("path", type=click.Path(path_type=Path), default=Path("flows"))
@PROJECT
@output.reporting
@connection
def health(path: Path, *, format_: str | None, reports: tuple[str, ...], **asked: Any) -> int:
    """Show whether the flows under PATH (default: flows) will run as they were deployed.

    Asks the server what it would run, and what its scheduler knows of each trigger: whether it is on, waits for an
    execution that is gone, or leaves a run out. Writes nothing.
    """
    outputs = output.outputs_of(format_, reports)
    request = Request(command=Command.HEALTH, paths=(path,), dry_run=True)
    return output.report(outputs, request, lambda: _health(path, **asked))


def _health(path: Path, *, project: str | None, **connected: Any) -> Report:
    asked = configure(**connected)
    request = ask(asked, [path], Command.HEALTH, project=project, dry_run=True)
    return look(asked, request, stages)
