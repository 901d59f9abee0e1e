"""How a run deploys, as the user has it, and what it has planned: handed from stage to stage."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from deployer.model.change import Change, Plan
from deployer.model.ledger import Claim, Ledger
from deployer.model.problem import Problem
from deployer.model.resource import SYSTEM, Key
from deployer.model.result import Report
from deployer.model.smoke import SmokeCase
from deployer.plan import OnDrift, Policy
from deployer.resource.ledger import Keeper, Nowhere

BACKUP = ".kestra-deployer/deleted"
"""Where texts of deleted flows are kept, from the project's root, unless the user says so."""


class Asking(Protocol):
    """Asks a person what only a person can decide. ^C interrupts the run."""

    def about_drift(self, changes: Sequence[Change]) -> Mapping[Key, OnDrift]:
        """Return what is to become of each text of somebody else's that these changes would write over."""

    def about_adopting(self, claims: Mapping[Key, Claim]) -> bool:
        """Whether to take over what others deployed."""

    def about_deleting(self, changes: Sequence[Change]) -> bool:
        """Whether to delete what these changes say."""


@dataclass(frozen=True, slots=True)
class Deploying:
    """How a run deploys: where it keeps what it did, and what the user allows."""

    keeper: Keeper = field(default_factory=Nowhere)
    policy: Policy = field(default_factory=Policy)
    prune: bool = False
    most: float | None = None  # how many may be deleted, as a float which share; None for the usual
    protected: tuple[str, ...] = (SYSTEM,)
    root: Path = field(default_factory=Path)  # of the project
    commit: str = ""
    by: str = ""  # who deploys: the CI run's address, or a person
    backup: Path = Path(BACKUP)  # where the texts of what is deleted are kept
    ask: Asking | None = None  # None: nobody is there to ask
    adopt: bool = False  # take over what others deployed
    top: Path = field(default_factory=Path)  # of its repository, from where the ledger names files
    place: str = ""  # where the root lies below the top
    origin: str = ""  # what its repository is called; empty where nobody knows
    force: bool = False  # delete what others still call
    notes: tuple[Problem, ...] = ()  # what every report is to say of how it is protected


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with what it was made of, and the report so far. `deployed` has our texts that somebody wrote over.

    `refused` are the flows in which something is wrong, so that they are not in the plan. `others` are the ledgers of
    other projects, as far as they were looked at, and `adopted` what is taken over from others.
    """

    report: Report
    plan: Plan
    ledger: Ledger
    deploying: Deploying
    deployed: Mapping[Key, str]
    cases: Sequence[SmokeCase] = ()
    refused: Collection[Key] = ()
    others: Sequence[tuple[Keeper, Ledger]] = ()
    adopted: Collection[Key] = ()
