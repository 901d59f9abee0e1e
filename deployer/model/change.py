"""What would be done: one change for each resource, and the plan that holds them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from deployer.model.resource import Key, Resource


class Action(StrEnum):
    """What a change does on the server. KEEP writes nothing."""

    CREATE = "create"
    UPDATE = "update"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Change:
    """A resource's two sides and what follows from them. `reason` says why where the action alone does not.

    `held` says why the change will not be carried out; empty when it will.
    """

    action: Action
    key: Key
    desired: Resource
    live: Resource | None = None
    reason: str = ""
    held: str = ""

    @property
    def writes(self) -> bool:
        """Whether carrying this out sends a request that changes the server."""
        return self.action is not Action.KEEP and not self.held


@dataclass(frozen=True, slots=True)
class Plan:
    """All changes, ordered by key. `digest` (SHA-256, hex) is the same for the same changes from the same live side."""

    changes: tuple[Change, ...]
    digest: str
