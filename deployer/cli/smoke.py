"""`kestra-deployer smoke`: whether what is on the server does what the smoke tests expect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from deployer.cli import output
from deployer.cli.deploying import PROJECT, ask, keeper_of
from deployer.cli.epilog import epilog
from deployer.cli.options import configure, connection
from deployer.cli.progress import progress
from deployer.errors import UsageError
from deployer.model.request import Command, Request
from deployer.model.result import Report
from deployer.pipeline import smoke as stages
from deployer.running import run
from deployer.session import Session


@click.command(
    epilog=epilog(
        "smoke",
        "smoke flows/shop -k nightly --report json=smoke.json",
        "0 success, 1 problems found, 2 usage, 3 could not run, 6 smoke test failed.",
    )
)
@click.argument("path", type=click.Path(path_type=Path), default=Path("flows"))
@click.option("-k", "only", metavar="TEXT", default="", help="Run only smoke tests with TEXT in their name.")
@PROJECT
@output.reporting
@connection
def smoke(path: Path, *, format_: str | None, reports: tuple[str, ...], **asked: Any) -> int:
    """Run the smoke tests under PATH (default: flows) on the flows that the server has.

    Deploys nothing: a flow that is not on the server fails its tests, and one with another text than its file is named.
    A test is selected by NAMESPACE/FLOW: SUITE/CASE.
    """
    outputs = output.outputs_of(format_, reports)
    request = Request(command=Command.SMOKE, paths=(path,), smoke=True)
    return output.report(outputs, request, lambda: _smoke(path, **asked))


def _smoke(path: Path, *, only: str, project: str | None, **connected: Any) -> Report:
    asked = configure(**connected)
    if asked.embedded:
        message = "an engine of its own has no flows yet"
        raise UsageError(message, hint="deploy them to it and test them: sync --embedded --smoke")
    request = ask(asked, [path], Command.SMOKE, project=project, smoke=True, only=only)
    with asked.asking(request) as (client, request), progress() as listen:
        session = Session(client=client, keeper=keeper_of(asked, client, request.project), listen=listen)
        return run(request, stages(request, session))
