"""What takes back a change that a run has made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from deployer.model.change import Action, Change


class Way(StrEnum):
    """How something is put back.

    DELETE: it was created. REVERT: it was updated, and its former text is written. RECREATE: it was deleted. DISABLE:
    what was enabled beside its text is switched off.
    """

    DELETE = "delete"
    REVERT = "revert"
    RECREATE = "recreate"
    DISABLE = "disable"


WAYS = {
    Action.CREATE: Way.DELETE,
    Action.UPDATE: Way.REVERT,
    Action.PUBLISH: Way.REVERT,
    Action.PRUNE: Way.RECREATE,
    Action.ENABLE: Way.DISABLE,
}
"""What takes back each action that writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal:
    """What takes back one change of a run.

    `change` leads from what is live now to what was there before the run; it is held where that is left alone, as
    another user has written since. `disables` are triggers that are switched off again first. `is_done` says that it is
    as it was before the run already, and `impossible` why it cannot be put back.
    """

    way: Way
    change: Change
    disables: tuple[str, ...] = ()
    is_done: bool = False
    impossible: str = ""

    @property
    def writes(self) -> bool:
        """Whether something is to be written."""
        return not (self.change.held or self.is_done or self.impossible)
