"""What a user allows a run to do to what other people wrote or disabled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from deployer.model.resource import Key


class OnDrift(StrEnum):
    """What becomes of another user's edit: the run is refused, ours is written over it, or theirs is kept."""

    REFUSE = "refuse"
    OVERWRITE = "overwrite"
    KEEP = "keep"


class Recover(StrEnum):
    """What becomes of the runs that a schedule missed while it was off: none is made up for, or as it says itself."""

    NONE = "none"
    DECLARED = "declared"


class OnDisabled(StrEnum):
    """What becomes of a stop: it is kept, the change is refused, or what was disabled is enabled again."""

    KEEP = "keep"
    REFUSE = "refuse"
    ENABLE = "enable"


@dataclass(frozen=True, slots=True)
class Policy:
    """What the user allows. `of_each` is a person's answer about single resources, which counts before `on_drift`.

    `takes_over` says that a flow that differs in layout only counts as deployed; without a ledger that would be
    forgotten.
    """

    on_drift: OnDrift | None = None  # None: the default, to refuse
    on_disabled: OnDisabled = OnDisabled.KEEP
    recover: Recover = Recover.NONE
    of_each: Mapping[Key, OnDrift] = field(default_factory=dict)
    takes_over: bool = True

    def about(self, key: Key) -> OnDrift | None:
        """Return what becomes of another user's edit of one resource."""
        return self.of_each.get(key, self.on_drift)
