"""What is deleted: things of this project whose file is no longer there. Guarded, and never a guess."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from deployer.model.change import Action, Change, Standing
from deployer.model.resource import SYSTEM, Key, Kind, Resource
from deployer.plan.decide import Decider, OnDisabled, OnDrift

SHARE, FEW = 0.2, 10
"""What may be deleted in one run unless the user says so: this share of what is deployed, or so many."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What the run looked at, and what may be deleted.

    `kinds` are what it reads: of others, which a later deployer may have deployed, it knows nothing. `within` are
    folders and files, from the project's root; `hidden` are files that are there, and ignored; `unread`
    says that a file could not be read or was refused, so that nobody knows what it declares. `most` is how many may be
    deleted (a float: which share), None for the usual.
    """

    kinds: frozenset[Kind] = frozenset({Kind.FLOW})
    within: tuple[str, ...] = ("",)
    hidden: frozenset[str] = frozenset()
    unread: bool = False
    most: float | None = None
    protected: tuple[str, ...] = (SYSTEM,)

    def covers(self, key: Key, file: str) -> bool:
        """Whether a thing of ours is of what the run looked at, as its file lay there."""
        return key.kind in self.kinds and any(
            not each or file == each or file.startswith(f"{each}/") for each in self.within
        )


def prunes(
    decider: Decider, declared: Collection[Key], live: Mapping[Key, Resource], scope: Scope
) -> tuple[Change, ...]:
    """Return a change for each thing of ours that no file declares any more, held where it must not be deleted."""
    entries = decider.ledger.ours
    orphans = [key for key in sorted(entries) if key not in declared and scope.covers(key, entries[key].file)]
    found = [_change(decider, key, entries[key].file, live.get(key), scope) for key in orphans]
    going = [change for change in found if change.action is Action.PRUNE and not change.held]
    most = max(FEW, int(SHARE * len(entries)))
    if scope.most is not None:
        most = int(scope.most * len(entries)) if isinstance(scope.most, float) else scope.most
    if len(going) <= most:
        return tuple(found)
    why = f"{len(going)} of {len(entries)} would be deleted, and --max-prune allows {most}"
    return tuple(replace(change, held=change.held or why) if change in going else change for change in found)


def _change(decider: Decider, key: Key, file: str, live: Resource | None, scope: Scope) -> Change:
    ledger = decider.ledger
    if key not in ledger.entries and not (live and ledger.knows(key, live.body)):
        return Change(Action.KEEP, key, None, reason="a run that was cut off did not create it", takes=True)
    if live is None:
        return Change(Action.KEEP, key, None, reason="it is gone already", takes=True)
    standing, stopped = decider.standing(None, live)
    change = Change(Action.PRUNE, key, None, live, "no file declares it any more", standing=standing, stops=stopped)
    if file in scope.hidden:
        return replace(change, held=f"its file {file} is there, and ignored")
    if scope.unread:
        return replace(change, held="a file could not be read or was refused, and may declare it")
    if any(key.namespace == each or key.namespace.startswith(f"{each}.") for each in scope.protected):
        return replace(change, held=f"the namespace {key.namespace} is protected")
    return _asked(decider, change)


def _asked(decider: Decider, change: Change) -> Change:
    """Return the change as the user's policy has it, where somebody edited or stopped what is to be deleted."""
    policy = decider.policy
    if change.stops and policy.on_disabled is OnDisabled.REFUSE:
        return replace(change, held="it was stopped on the server")
    if change.standing is not Standing.DRIFTED:
        return change
    change, what = decider.edited(change)
    match policy.on_drift:
        case OnDrift.OVERWRITE:
            return replace(change, reason=f"{change.reason}; {what}")
        case OnDrift.KEEP:
            return replace(change, action=Action.KEEP, reason=f"{what}: kept")
    return replace(change, held=what)
