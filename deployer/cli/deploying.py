"""The options that say how a run deploys, shared by `sync`, `plan` and `apply`, and the request they make."""

from __future__ import annotations

import getpass
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from deployer.cli.adding import adding
from deployer.cli.naming import Named, name_project
from deployer.cli.options import Configured, configure
from deployer.cli.progress import progress
from deployer.errors import UsageError
from deployer.kestra.client import KestraClient
from deployer.ledgers import InFile, Keeper, Nowhere, OnServer
from deployer.model.duration import is_wait, seconds
from deployer.model.policy import OnDisabled, OnDrift, Policy, Recover
from deployer.model.problem import Problem, Severity
from deployer.model.request import BACKUP, Checkout, Command, Request
from deployer.model.result import Report
from deployer.read import git
from deployer.report.harmless import one_line
from deployer.running import run
from deployer.session import Session
from deployer.settings import is_text

_FILE = "file:"
_NONE = "none"
_NAME_IT = "give --project NAME, or `project: NAME` in kestra-deployer.yaml"
PROJECT = click.option(
    "--project",
    metavar="NAME",
    help="Name under which this repository's deploys are recorded.  [default: the git remote's]",
)
_OPTIONS = (
    PROJECT,
    click.option("--prune", is_flag=True, help="Delete what this project deployed and no file declares any more."),
    click.option("--max-prune", metavar="N|N%", help="Maximum number of deletions.  [default: 10, or 20% of all]"),
    click.option("--force", is_flag=True, help="With --prune, also delete what other flows still call."),
    click.option("--adopt", is_flag=True, help="Take over flows that another project, folder or fork deployed."),
    click.option(
        "--backup",
        metavar="DIR",
        default=str(BACKUP),
        help=f"Folder to save deleted flows in.  [default: {BACKUP}]",
    ),
    click.option(
        "--on-drift",
        type=click.Choice([each.value for each in OnDrift]),
        help="What to do about edits on the server.  [default: refuse; sync asks on a terminal]",
    ),
    click.option(
        "--on-disabled",
        type=click.Choice([each.value for each in OnDisabled]),
        default=OnDisabled.KEEP.value,
        help="What to do about flows and triggers that were disabled on the server.  [default: keep]",
    ),
    click.option(
        "--recover-missed-schedules",
        "recover",
        type=click.Choice([each.value for each in Recover]),
        default=Recover.NONE.value,
        help="Which runs a schedule makes up for when it is enabled again (Kestra 2.0).  [default: none]",
    ),
)


_LOOKING = (
    click.option(
        "--wait",
        metavar="DURATION",
        callback=lambda _, option, value: _read_wait(option.opts[0], value),
        help="How long to wait while nothing written becomes healthy: PT30S, or seconds.  [default: PT30S]",
    ),
    click.option("--no-wait", is_flag=True, help="Do not look whether what was written is healthy."),
)

_NUMBER = re.compile(r"[0-9]{1,18}")

NAMES = ("project", "prune", "max_prune", "force", "adopt", "backup", "on_drift", "on_disabled", "recover")
"""What these options are called as keywords."""

_OF_A_RUN = ("dry_run", "detailed", "diff", "stat", "smoke", "rollback", "keep_going")
"""Options of single commands, which are fields of a request."""


deployment = adding(*_OPTIONS)
"""Add the options above to a command; it gets them all as keywords and hands them to `ask`."""

looking = adding(*_LOOKING)
"""Add the options that say how long to look; a command gives both to `wait_of`."""


def wait_of(asked: Configured, *, no_wait: bool) -> float | None:
    """Return how long to look whether what was written is healthy, None for no look: a temporary engine is gone then.

    It has no scheduler either.
    """
    return None if no_wait or asked.embedded else asked.settings.wait


def _read_wait(name: str, text: str | None) -> float | None:
    found = seconds(text) if text is not None else None
    if text is not None and not is_wait(found):
        raise UsageError(f"{name}: {text!r} is no duration up to a day", hint="write PT30S, or 30")
    return found


def ask(
    asked: Configured,
    paths: Sequence[Path],
    command: Command,
    *,
    project: str | None,
    prune: bool = False,
    max_prune: str | None = None,
    force: bool = False,
    adopt: bool = False,
    backup: str = str(BACKUP),
    on_drift: str | None = None,
    on_disabled: str = OnDisabled.KEEP,
    recover: str = Recover.NONE,
    **more: Any,
) -> Request:
    """Return what the options of a command ask for; `more` are fields of a request. Raises UsageError."""
    _refuse_unread(asked, paths)
    settings = asked.settings
    name = _name(asked, project)
    if prune and settings.ledger == _NONE:
        raise UsageError(
            "--prune needs to know what this project deployed, and there is no ledger", hint="remove `ledger: none`"
        )
    if prune and name.after_folder:
        message = f"--prune needs a project's name, and only its folder names this one: {name.project}"
        raise UsageError(message, hint=_NAME_IT)
    return Request(
        command=command,
        paths=tuple(paths),
        checkout=Checkout(
            root=asked.root,
            top=name.top,
            place=name.place,
            origin=name.origin,
            commit=git.commit(asked.root) or "",
        ),
        ignore=settings.ignore,
        checks=settings.checks,
        plugin_defaults=settings.plugin_defaults,
        concurrency=settings.concurrency,
        policy=Policy(OnDrift(on_drift) if on_drift else None, OnDisabled(on_disabled), Recover(recover)),
        project=name.project,
        prune=prune,
        max_prune=_max_prune(max_prune),
        protected=settings.protected,
        force=force,
        adopt=adopt,
        backup=Path(backup),
        by=_who(),
        notes=tuple(_notes(asked, name)),
        **more,
    )


def _name(asked: Configured, project: str | None) -> Named:
    if not is_text(project or ""):
        raise UsageError("--project holds bytes that are not UTF-8 text", hint="correct how it is set")
    return name_project(asked.root, project or asked.settings.project)


def _refuse_unread(asked: Configured, paths: Sequence[Path]) -> None:
    """Raise UsageError where a configuration file nearer to the paths would be ignored."""
    if nearer := asked.not_read(paths):
        message = f"{nearer[0]} would not be read: the configuration is looked for in the current folder and above"
        raise UsageError(message, hint=f"run it in {os.path.dirname(nearer[0])}, or give --config {nearer[0]}")  # noqa: PTH120


def _notes(asked: Configured, name: Named) -> Iterator[Problem]:
    """Yield what every report says of how this project is protected."""
    if asked.settings.ledger == _NONE:
        message = "`ledger: none`: what was deployed is not recorded, so edits on the server are overwritten"
        yield Problem("ledger", message, severity=Severity.NOTICE, hint="remove it to protect what others edit")
    elif name.after_folder:
        message = f"this project has no name of its own: its folder, {name.project}, names it, and --prune is refused"
        yield Problem("project-name", message, severity=Severity.NOTICE, hint=_NAME_IT)


def split(given: Mapping[str, Any]) -> tuple[Configured, dict[str, Any]]:
    """Return what the connection options come to, and the options of a run. Raises UsageError."""
    ours = {name: each for name, each in given.items() if name in (*NAMES, *_OF_A_RUN)}
    return configure(**{name: each for name, each in given.items() if name not in ours}), ours


def keeper_of(asked: Configured, client: KestraClient, project: str) -> Keeper:
    """Return what keeps the ledger of a project, as its configuration says."""
    place = asked.settings.ledger
    if place == _NONE:
        return Nowhere(project)
    if place.startswith(_FILE):
        return InFile(asked.root / place.removeprefix(_FILE), project)
    return OnServer(client, project, namespace=place)


def look(asked: Configured, request: Request, stages: Callable[[Request, Session], Iterator[Report]]) -> Report:
    """Run what deploys nothing on the server, and ask nobody. Raises DeployerError."""
    with asked.asking(request) as (client, asking), progress() as listen:
        session = Session(client=client, keeper=keeper_of(asked, client, asking.project), listen=listen)
        return run(asking, stages(asking, session))


def _max_prune(text: str | None) -> int | float | None:
    if text is None:
        return None
    number = text.removesuffix("%")
    if not _NUMBER.fullmatch(number) or (number != text and int(number) > 100):  # noqa: PLR2004
        raise UsageError(f"--max-prune: {text!r} is neither a number nor a percentage", hint="write 25, or 50%")
    return int(number) if number == text else int(number) / 100


def _who(environ: Mapping[str, str] = os.environ) -> str:
    """Return the CI run's address, or the user's name; empty where neither is known."""
    server, repository, run = (environ.get(f"GITHUB_{name}") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    github = f"{server}/{repository}/actions/runs/{run}" if server and repository and run else ""
    with suppress(OSError, KeyError, ImportError):  # a container without names
        return one_line(github or environ.get("CI_JOB_URL") or environ.get("BUILD_URL") or getpass.getuser())
    return ""
