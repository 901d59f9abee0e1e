"""What would be done: one change for each resource, and the plan that holds them."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from enum import StrEnum

from deployer.model.resource import Key, Resource


class Action(StrEnum):
    """What a change does on the server.

    PUBLISH updates to what is a draft so far; ENABLE writes no text, and switches on what an operator switched off
    beside it; KEEP writes nothing.
    """

    CREATE = "create"
    UPDATE = "update"
    PUBLISH = "publish"
    ENABLE = "enable"
    PRUNE = "prune"
    KEEP = "keep"


class Standing(StrEnum):
    """How what is live relates to what is desired, and to what this project deployed last.

    ABSENT: nothing is live. SAME: the file's text. OURS: what we deployed last. LAYOUT: what the file says, in other
    layout. DISABLED: a known text that an operator disabled. DRIFTED: someone edited it since we deployed it.
    FOREIGN: never deployed by us. DRAFT: there is only a draft, which does not run. UNREADABLE: the server cannot read
    it.
    """

    ABSENT = "absent"
    SAME = "same"
    OURS = "ours"
    LAYOUT = "layout"
    DISABLED = "disabled"
    DRIFTED = "drifted"
    FOREIGN = "foreign"
    DRAFT = "draft"
    UNREADABLE = "unreadable"

    @property
    def drifts(self) -> bool:
        """Whether another user's edit would be lost if ours was written."""
        return self in (Standing.DRIFTED, Standing.FOREIGN)


@dataclass(frozen=True, slots=True)
class Change:
    """A resource's two sides and what follows from them. `reason` says why where the action alone does not.

    `desired` is None for what is pruned. `held` says why the change will not be carried out; empty when it will.
    `stops` is what an operator disabled and stays so by what is written; `off` is what stays switched off beside it,
    and `enables` what is switched on again. `since` is the revision that we deployed and someone edited, None where
    that is not known. `takes` says that the ledger records it although nothing is written.
    """

    action: Action
    key: Key
    desired: Resource | None
    live: Resource | None = None
    _: KW_ONLY
    reason: str = ""
    held: str = ""
    standing: Standing = Standing.ABSENT
    stops: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    enables: tuple[str, ...] = ()
    since: int | None = None
    takes: bool = False

    @property
    def writes(self) -> bool:
        """Whether carrying this out sends a request that changes the server."""
        return self.action is not Action.KEEP and not self.held

    @property
    def deleted(self) -> bool:
        """Whether what was deployed is not on the server any more."""
        return self.action is Action.CREATE and bool(self.reason)

    @property
    def needs(self) -> frozenset[Key]:
        """What it calls: its file's side, for what is pruned the live one."""
        side = self.desired or self.live
        return side.needs if side else frozenset()

    @property
    def alone(self) -> bool:
        """Whether nothing else may be written while it is."""
        return any(side is not None and side.alone for side in (self.desired, self.live))

    @property
    def shows(self) -> bool:
        """Whether the server tells later that it has noticed it: it is new, and says so of itself."""
        return self.action is Action.CREATE and self.desired is not None and self.desired.shows

    @property
    def origin(self) -> str | None:
        """The file that it comes from."""
        return self.desired.origin if self.desired else None


@dataclass(frozen=True, slots=True)
class Detail:
    """What a change does to a text: a unified diff, whether only comments and layout differ, who else depends on it."""

    diff: tuple[str, ...] = ()
    _: KW_ONLY
    added: int = 0
    removed: int = 0
    layout: bool = False
    dependants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """All changes, ordered by key. `digest` (SHA-256, hex) is the same for the same changes from the same live side."""

    changes: tuple[Change, ...]
    digest: str

    @property
    def drifted(self) -> tuple[Change, ...]:
        """The changes that would write over another user's edit."""
        return tuple(change for change in self.changes if change.standing.drifts)

    @property
    def refused(self) -> tuple[Change, ...]:
        """Those of them that are not allowed while that edit would be lost."""
        return tuple(change for change in self.drifted if change.held)
