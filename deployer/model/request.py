"""What a user asks of a run: one value, from the command line to the report."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from deployer.model.policy import Policy
from deployer.model.problem import Problem
from deployer.model.resource import SYSTEM

PATIENCE = 10.0
"""Seconds of looking, in the first half of which a busy server notices all that it notices."""

BACKUP = Path(".kestra-deployer/deleted")
"""Where deleted flows are kept, from the project's root, unless the user names another folder."""


class Command(StrEnum):
    """The commands that read flows and end with a report."""

    CHECK = "check"
    PLAN = "plan"
    SYNC = "sync"
    APPLY = "apply"
    DRIFT = "drift"
    HEALTH = "health"
    SMOKE = "smoke"
    TEST = "test"

    @property
    def deploys(self) -> bool:
        """Whether it is about what a deploy writes, be it only to show that."""
        return self in (Command.PLAN, Command.SYNC, Command.APPLY)

    @property
    def looks(self) -> bool:
        """Whether it is about what the server has, and what a deploy would change is no part of its report."""
        return self in (Command.HEALTH, Command.SMOKE, Command.TEST)

    @property
    def writes(self) -> bool:
        """Whether it changes the server, unless it is a dry run."""
        return self in (Command.SYNC, Command.APPLY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """Where the files are: the project's root, and what git knows of the repository around it."""

    root: Path = field(default_factory=Path)  # of the project: `ignore` patterns and backups start here
    top: Path = field(default_factory=Path)  # of the repository: the ledger names files from here
    place: str = ""  # the root, from the top
    origin: str = ""  # what the repository is called; empty where git does not know
    commit: str = ""

    def name(self, path: Path | str) -> str:
        """Return a path as the ledger names files: from the top of the repository; empty for the top itself."""
        name = os.path.relpath(path, self.top)
        return "" if name == "." else name.replace(os.sep, "/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Which version's rules a check applies, why that version, and the version that the flows run on now.

    `upgrade_from` is None unless that is an earlier one.
    """

    version: str
    source: str = ""
    upgrade_from: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a run is asked to do. Holds data only: what a run works with, such as a client, is in its `Session`."""

    command: Command
    paths: tuple[Path, ...] = ()
    checkout: Checkout = field(default_factory=Checkout)
    ignore: tuple[str, ...] = ()  # gitignore patterns
    checks: Mapping[str, Any] = field(default_factory=dict)  # the configuration file's levels
    plugin_defaults: Mapping[str, Any] = field(default_factory=dict)  # by namespace
    rules: Rules | None = None  # of `check`; for all others the server's version counts
    live: bool = False  # check what the server has stored, not files
    server: bool = False  # of `check`: ask the server for its verdict too
    strict: bool = False  # warnings count as errors
    dry_run: bool = False
    detailed: bool = False  # the exit code says whether there are changes
    diff: bool = False  # say which lines change, where the command does not anyway
    stat: bool = False  # say how many lines change, not which
    keep_going: bool = False
    wait: float | None = None  # seconds to look whether what was written is healthy; None: no look
    smoke: bool = False
    rollback: bool = False  # put back what the run has written, if a smoke test fails
    only: str = ""  # what the smoke tests to run have in their names; empty: all are run
    tags: tuple[str, ...] = ()  # of which they have one; empty: all are run
    since: str | None = None  # run those of what changed since this commit; "": where the branch left the main branch
    whole_logs: bool = False  # show the whole log of a test that fails
    coverage: bool = False  # say what of the flows the tests have reached
    min_coverage: int | None = None  # how many of a hundred they have to reach
    concurrency: int = 4  # writes, and smoke tests, at once
    policy: Policy = field(default_factory=Policy)
    project: str = ""  # the name that the ledger is kept under
    prune: bool = False
    max_prune: float | None = None  # how many may be deleted, as a float which share; None: the default
    protected: tuple[str, ...] = (SYSTEM,)  # namespaces in which nothing is deleted
    force: bool = False  # delete what other flows still call
    adopt: bool = False  # take over what others deployed
    backup: Path = BACKUP
    by: str = ""  # who deploys: the CI run's address, or a person
    notes: tuple[Problem, ...] = ()  # what every report says of how this project is protected

    @property
    def path(self) -> str:
        """The paths as the user gave them."""
        return " ".join(map(str, self.paths))

    @property
    def details(self) -> bool:
        """Whether the report says what each change does to a text."""
        return self.command in (Command.PLAN, Command.DRIFT) or self.diff or self.stat

    @property
    def writes_again(self) -> bool:
        """Whether the run looks long enough at what it has written to tell what was missed from what takes its time."""
        return self.wait is not None and self.wait >= PATIENCE

    @property
    def writes(self) -> bool:
        """Whether the run changes the server."""
        return self.command.writes and not self.dry_run
