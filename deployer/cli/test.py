"""`kestra-deployer test`: run the tests of flows on an engine of our own, before they are merged."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from deployer.cli import output
from deployer.cli.deploying import ask
from deployer.cli.epilog import epilog
from deployer.cli.options import CONFIG, PLUGINS, Configured, configure
from deployer.cli.progress import progress
from deployer.cli.recording import recording
from deployer.cli.selecting import Selecting, selecting
from deployer.cli.shell import shell
from deployer.cli.streams import hide
from deployer.engine.process.environment import SECRET
from deployer.errors import UsageError
from deployer.language.texts import texts
from deployer.model import version as versions
from deployer.model.request import Command, Request
from deployer.model.resource import MAIN
from deployer.model.result import Report
from deployer.running import run
from deployer.session import Session
from deployer.settings import credentials
from deployer.settings import secrets as secrets_of
from deployer.testing import stages

_AT_ONCE = 16
"""Tests that run at the same time, as far as their suites allow: an engine of our own mostly waits."""
_LONG = 8
"""Characters of a variable in a key-value pair from which it is hidden: a shorter one is hardly a secret, as `eu`."""
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@click.command(
    cls=Selecting,
    epilog=epilog(
        "test flows --changed",
        "test flows --kestra 2.0 --report junit=tests.xml",
        "0 success, 1 problems found, 2 usage, 3 could not run, 6 test failed or coverage too low.",
    ),
)
@click.argument("path", type=click.Path(path_type=Path), default=Path("flows"))
@selecting
@click.option("--coverage", is_flag=True, help="Show which tasks and branches of the flows no test has reached.")
@click.option(
    "--min-coverage",
    type=click.IntRange(0, 100),
    metavar="PERCENT",
    help="Fail where the tests reach less; implies --coverage.",
)
@CONFIG
@click.option("--kestra", type=click.Choice(versions.NAMES), help="Kestra version to test on.")
@PLUGINS
@click.option("--embedded", is_flag=True, hidden=True, expose_value=False)  # it always is; so the action can say so
@shell
@output.reporting
@recording
def test(path: Path, *, format_: str | None, reports: tuple[str, ...], **asked: Any) -> int:
    """Run the tests of the flows under PATH (default: flows) on a new Kestra engine, without a server.

    Checks every file, starts an engine, deploys everything to it and runs every suite (*.smoke.yaml). A task that a
    suite mocks needs no plugin. A test is selected by NAMESPACE/FLOW: SUITE/CASE.

    With --record or --suggest no test runs: a suite is made, and shown.
    """
    outputs = output.outputs_of(format_, reports)
    request = Request(command=Command.TEST, paths=(path,), smoke=True)
    return output.report(outputs, request, lambda: _test(path, **asked))


def _test(
    path: Path, *, selection: Mapping[str, Any], coverage: bool, min_coverage: int | None, **engine: Any
) -> Report:
    asked = configure(embedded=True, **engine)
    secrets, key_values = _given(asked)
    hide({*credentials(os.environ, asked.project.dotenv), *secrets_of(asked.settings), *_real(asked)})
    settings = replace(asked.settings, tenant=MAIN)  # the configured one is the server's
    asked = replace(asked, settings=settings, variables={**secrets, **asked.variables})
    request = replace(
        ask(asked, [path], Command.TEST, project=None, smoke=True, **selection),
        concurrency=_AT_ONCE,
        coverage=coverage or min_coverage is not None,
        min_coverage=min_coverage,
    )
    if ended := stages.unchanged(request):
        return ended
    with asked.asking(request) as (client, asking), progress() as listen:
        session = Session(client=client, listen=listen)
        return run(asking, stages.test(asking, session, stages.Given(key_values)))


def _given(asked: Configured) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
    """Return the variables with the secrets of tests, and their key-value pairs. Raises UsageError."""
    settings = asked.settings
    secrets = {name: _filled(value, f"test.secrets.{name}") for name, value in settings.test_secrets.items()}
    pairs = {
        namespace: {key: _filled(value, f"test.kv.{namespace}.{key}") for key, value in values.items()}
        for namespace, values in settings.test_key_values.items()
    }
    encoded = {f"{SECRET}{name}": base64.b64encode(value.encode()).decode() for name, value in secrets.items()}
    return encoded, pairs


def _real(asked: Configured) -> Iterator[str]:
    """Yield what is the user's own of the secrets and key-value pairs of tests: what comes from variables."""
    for value in asked.settings.test_secrets.values():
        yield from (os.environ.get(name, "") for name in _VARIABLE.findall(value))
    for _, value in texts(asked.settings.test_key_values):
        given = (os.environ.get(name, "") for name in _VARIABLE.findall(value))
        yield from (each for each in given if len(each) >= _LONG)
    for name, value in asked.variables.items():
        if name.startswith(SECRET):
            yield base64.b64decode(value).decode(errors="replace")


def _filled(value: Any, key: str, environ: Mapping[str, str] = os.environ) -> Any:
    """Return a value with the environment's in place of each `${VAR}`."""
    if isinstance(value, Mapping):
        return {name: _filled(each, f"{key}.{name}", environ) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, f"{key}[{number}]", environ) for number, each in enumerate(value)]
    if not isinstance(value, str):
        return value

    def fill(match: re.Match[str]) -> str:
        if match[1] not in environ:
            raise UsageError(f"{key} names the variable {match[1]}, which is not set", hint="set it, or give a value")
        return environ[match[1]]

    return _VARIABLE.sub(fill, value)
