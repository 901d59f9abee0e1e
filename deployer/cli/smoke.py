"""`kestra-deployer smoke`: whether what is on the server does what the smoke tests expect."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from deployer.cli import output
from deployer.cli.deploying import PROJECT, ask, look
from deployer.cli.epilog import epilog
from deployer.cli.options import configure, connection
from deployer.cli.selecting import Selecting, selected, selecting
from deployer.errors import UsageError
from deployer.looking import smoke as stages
from deployer.looking import stop as stop_all
from deployer.model.request import Command, Request
from deployer.model.result import Report


@click.command(
    cls=Selecting,
    epilog=epilog(
        "smoke",
        "smoke flows/shop -k nightly --report json=smoke.json",
        "0 success, 1 problems found, 2 usage, 3 could not run, 6 smoke test failed or goes on.",
    ),
)
@click.argument("path", type=click.Path(path_type=Path), default=Path("flows"))
@selecting
@click.option("--stop", is_flag=True, help="Run no test: kill those of this project that are running.")
@PROJECT
@output.reporting
@connection
def smoke(path: Path, *, format_: str | None, reports: tuple[str, ...], **asked: Any) -> int:
    """Run the smoke tests under PATH (default: flows) on the flows that the server has.

    Deploys nothing: a flow that is not on the server fails its tests, and one with another text than its file is named.
    A test is selected by NAMESPACE/FLOW: SUITE/CASE. With --stop, PATH does not matter.
    """
    outputs = output.outputs_of(format_, reports)
    request = Request(command=Command.SMOKE, paths=(path,), smoke=True)
    return output.report(outputs, request, lambda: _smoke(path, **asked))


def _smoke(path: Path, *, selection: Mapping[str, Any], stop: bool, project: str | None, **connected: Any) -> Report:
    asked = configure(**connected)
    if asked.embedded:
        message = "an engine of its own has no flows yet"
        raise UsageError(message, hint="kestra-deployer test deploys to one, and tests there")
    if stop:
        if given := selected(selection):
            message = f"--stop kills every smoke test of this project, and {given} selects some"
            raise UsageError(message, hint=f"leave {given} out, or kill single executions in Kestra")
        return look(asked, ask(asked, [], Command.SMOKE, project=project), stop_all)
    if not asked.settings.smoke_tests:
        message = f"{asked.project.place('smoke_tests')} says that no smoke tests are run on the server"
        raise UsageError(message, hint="kestra-deployer test runs them without it; `smoke: true` allows them here")
    request = ask(asked, [path], Command.SMOKE, project=project, smoke=True, **selection)
    return look(asked, request, stages)
