"""`kestra-deployer trial`: whether this deployer works with a server, tried on that server."""

from __future__ import annotations

import os
import re
import uuid
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from deployer.cli import say
from deployer.cli.deploying import keeper_of
from deployer.cli.epilog import epilog
from deployer.cli.options import Configured, configure, connection
from deployer.cli.output import wants_color
from deployer.cli.streams import note, out
from deployer.errors import DeployerError, UsageError
from deployer.ledgers import OnServer
from deployer.model.result import Server
from deployer.model.trial import Judged, Trial
from deployer.report import trial as report
from deployer.trial.conduct import conduct
from deployer.trial.ground import Ground
from deployer.trial.project import NAMES, Project

USUAL = "kestra-deployer.trial"
_NAMESPACE = re.compile(r"[a-z0-9][a-z0-9._-]{0,149}")  # what Kestra takes


@click.command(
    epilog=epilog(
        "trial --read-only",
        "trial --host https://staging.example.com",
        "0 every promise holds, 1 something differs, 2 usage, 3 could not run, 130 interrupted.",
    )
)
@click.option(
    "--namespace", metavar="NAME", help=f"Namespace to write to; it must have no flows.  [default: {USUAL}.RANDOM]"
)
@click.option("--read-only", is_flag=True, help="Only do what needs no writing.")
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", help="[default: text]")
@connection
def trial(*, namespace: str | None, read_only: bool, format_: str, **connected: Any) -> int:
    """Check that this deployer works with the configured server.

    It goes through the whole life of a deploy in a namespace of its own: create, repeat, change, drafts, drift,
    disabling, smoke tests, kill, prune. It deletes everything it created, even after a failure or ^C. Use a staging
    server.
    """
    mark = uuid.uuid4().hex[:8]
    display = _Display(namespace or f"{USUAL}.{mark}", read_only=read_only, text=format_ == "text")
    try:
        done = _trial(display, mark, **connected)
    except DeployerError as error:
        done = Trial(display.namespace, read_only, error=error)
    except KeyboardInterrupt:
        done = Trial(display.namespace, read_only, interrupted=True)
    display.end(done)
    return done.exit_code


def _trial(display: _Display, mark: str, **connected: Any) -> Trial:
    asked = configure(**connected)
    _check_namespace(display.namespace, asked)
    with (
        TemporaryDirectory(prefix="kestra-deployer-trial-") as folder,
        asked.client() as client,
    ):
        project = Project(Path(folder), display.namespace, mark)
        keeper = OnServer(client, project.name, namespace=display.namespace)
        users = asked.settings.ledger if isinstance(keeper_of(asked, client, project.name), OnServer) else ""
        ground = Ground(client, project, client.watch(), keeper, users, asked.settings.concurrency)
        return conduct(ground, display, read_only=display.read_only)


def _check_namespace(namespace: str, asked: Configured) -> None:
    if not _NAMESPACE.fullmatch(namespace):
        hint = "lowercase letters, digits, `.`, `_` and `-`; it must start with a letter or digit"
        raise UsageError(f"--namespace: {namespace!r} is not a valid namespace", hint=hint)
    if namespace in asked.settings.protected:
        raise UsageError(f"--namespace: {namespace} is protected: nothing is deleted there", hint="choose another")


class _Display:
    """Reports events as they happen: promises on stdout if the format is text, what will be written on stderr."""

    def __init__(self, namespace: str, *, read_only: bool, text: bool) -> None:
        self.namespace = namespace
        self.read_only = read_only
        self._text = text
        self._color = wants_color(os.environ)

    def __call__(self, event: Server | Judged) -> None:
        if isinstance(event, Judged):
            self._echo(report.promise(event, color=self._color))
            return
        where = f"{event.url}, tenant {event.tenant}"
        if self.read_only:
            note(f"Nothing is written to {where}")
        else:
            what = f"{len(NAMES)} flows, executions of them and a key-value pair"
            note(f"About to write to {where}, namespace {self.namespace}: {what}")
            note("All of it is deleted at the end. Nothing else is changed.")
        self._echo(report.head(event, self.namespace, color=self._color))

    def end(self, done: Trial) -> None:
        """Print the result of the trial."""
        if not self._text:
            out(report.document(done), lambda: self._all(done))
            return
        if done.promises or done.interrupted:
            out(report.closing(done, color=self._color), lambda: self._all(done))
        if done.error:
            say(done.error)

    def _echo(self, text: str) -> None:
        if self._text:
            out(text)

    def _all(self, done: Trial) -> str:
        """Return the text of the whole trial."""
        head = report.head(done.server, self.namespace) if done.server else ""
        return head + "".join(map(report.promise, done.promises)) + report.closing(done)
