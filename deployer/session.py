"""What a run works with: the server, where the ledger is kept, who listens, and whom to ask. No data of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from deployer.kestra.client import KestraClient
from deployer.ledgers import Keeper, Nowhere
from deployer.model.change import Change
from deployer.model.ledger import Claim
from deployer.model.policy import OnDrift
from deployer.model.resource import Key
from deployer.model.result import Outcome
from deployer.model.smoke import Awaited, SmokeResult, UnderWay

Event = str | Outcome | SmokeResult | Awaited | UnderWay
Listen = Callable[[Event], None]
"""Hears what the run is about to do (a sentence), how far its tests are, and every result as it comes.

It is called from several threads.
"""


class Asking(Protocol):
    """Asks a person what only a person can decide. ^C interrupts the run."""

    def about_drift(self, changes: Sequence[Change]) -> Mapping[Key, OnDrift]:
        """Return what becomes of each edit that these changes would write over."""

    def about_adopting(self, claims: Mapping[Key, Claim]) -> bool:
        """Whether to take over what others deployed."""

    def about_deleting(self, changes: Sequence[Change]) -> bool:
        """Whether to delete what these changes say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The server and the people of one run. `ask` is None where there is no person to ask."""

    client: KestraClient
    keeper: Keeper = field(default_factory=Nowhere)
    listen: Listen = lambda _: None
    ask: Asking | None = None

    def with_ledger_if(self, recorded: bool) -> Session:
        """Return the session of a run: one without a ledger where the server refuses it."""
        return self if recorded else replace(self, keeper=Nowhere())
