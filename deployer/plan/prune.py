"""What is deleted: things of this project whose file is no longer there. Guarded, and never a guess."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import KW_ONLY, dataclass, field, replace

from deployer.kinds import KINDS, kind_of
from deployer.model.change import Action, Change, Standing
from deployer.model.ledger import Entry, Ledger
from deployer.model.policy import OnDisabled, OnDrift
from deployer.model.resource import SYSTEM, Key, Resource
from deployer.plan.decide import Decider
from deployer.plan.stopped import name_stops

SHARE, FEW = 0.2, 10
"""What may be deleted in one run unless the user says so: this share of what is deployed, so many, and never all."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What the run looked at, and what may be deleted.

    `kinds` are what it reads: of others, which a later deployer may have deployed, it knows nothing. `within` are
    folders and files, from the top of the repository, and `place` is where the project's root is there: what another
    root deployed is not this one's. `declared` names the file of what is declared elsewhere below the project's root.
    `unread` says that a file could not be read or was refused, so that it is not known what it declares; `empty` that
    nothing was found at all. `unknown` has what the server did not show, and why. `most` is how many may be deleted (a
    float: which share), None for the default.
    """

    _: KW_ONLY
    kinds: frozenset[str] = field(default_factory=lambda: frozenset(KINDS))
    within: tuple[str, ...] = ("",)
    place: str = ""
    declared: Mapping[Key, str] = field(default_factory=dict)
    unknown: Mapping[Key, str] = field(default_factory=dict)
    unread: bool = False
    empty: bool = False
    most: float | None = None
    protected: tuple[str, ...] = (SYSTEM,)

    def covers(self, key: Key, entry: Entry) -> bool:
        """Whether a thing of ours is of what the run looked at, as its file lay there."""
        return (
            key.kind in self.kinds
            and entry.root in (None, self.place)
            and any(not each or entry.file == each or entry.file.startswith(f"{each}/") for each in self.within)
        )


def prunes(
    decider: Decider, declared: Collection[Key], live: Mapping[Key, Resource], scope: Scope
) -> tuple[Change, ...]:
    """Return a change for each thing of ours that no file declares any more, held where it must not be deleted."""
    entries = decider.ledger.ours
    found = [_change(decider, key, live.get(key), scope) for key in orphans(decider.ledger, declared, scope)]
    going = [change for change in found if change.action is Action.PRUNE and not change.held]
    why = _too_many(len(going), len(entries), scope.most)
    return tuple(replace(change, held=why) if why and change in going else change for change in found)


def orphans(ledger: Ledger, declared: Collection[Key], scope: Scope) -> list[Key]:
    """Return what this project deployed from where the run looked, and no file there declares any more."""
    entries = ledger.ours
    return [key for key in sorted(entries) if key not in declared and scope.covers(key, entries[key])]


def _too_many(going: int, every: int, most: float | None) -> str:
    """Return why so many of all may not be deleted, empty where they may."""
    if most is None and going and going == every:
        return "this would be all that the project deployed: --max-prune 100% allows it"
    allowed = max(1, min(FEW, int(SHARE * every))) if most is None else most
    allowed = int(most * every) if isinstance(most, float) else int(allowed)
    return f"{going} of {every} would be deleted, and --max-prune allows {allowed}" if going > allowed else ""


def _change(decider: Decider, key: Key, live: Resource | None, scope: Scope) -> Change:
    ledger = decider.ledger
    if live is None and key in scope.unknown:
        return Change(Action.KEEP, key, None, reason=f"whether it is there is not known: {scope.unknown[key]}")
    if key not in ledger.entries and not (live and ledger.knows(key, live.body)):
        return Change(Action.KEEP, key, None, reason="a run that was cut off did not create it", takes=True)
    if live is None:
        return Change(Action.KEEP, key, None, reason="it is gone already", takes=True)
    if claim := decider.claims.get(key):
        reason = f"no file declares it any more, and {claim.owner} deployed it, too: it is left to it"
        return Change(Action.KEEP, key, None, reason=reason, takes=True)
    standing, stopped = decider.standing(None, live)
    kind, why = kind_of(key), "no file declares it any more"
    off = kind.switched_off(live, kind.meaning(live.body))
    if off:
        why += f"; {name_stops(off)}, which was disabled on the server, {'goes' if len(off) == 1 else 'go'} with it"
    change = Change(Action.PRUNE, key, None, live, reason=why, standing=standing, stops=stopped, off=off)
    if why := _why_held(key, scope):
        return replace(change, held=why)
    return _apply_policy(decider, change)


def _why_held(key: Key, scope: Scope) -> str:
    """Return why something that no file here declares is not deleted all the same, empty where it is."""
    if key in scope.declared:
        return scope.declared[key]
    if scope.empty:
        return "nothing at all was found: an empty folder is no reason to delete"
    if scope.unread:
        return "a file could not be read or was refused, and may declare it"
    if any(key.namespace == each or key.namespace.startswith(f"{each}.") for each in scope.protected):
        return f"the namespace {key.namespace} is protected"
    return ""


def _apply_policy(decider: Decider, change: Change) -> Change:
    """Return the change as the user's policy has it, where someone edited or disabled what would be deleted."""
    policy = decider.policy
    if (change.stops or change.off) and policy.on_disabled is OnDisabled.REFUSE:
        return replace(change, held="it was disabled on the server")
    if change.standing is not Standing.DRIFTED:
        return change
    change, what = decider.describe_edit(change)
    match policy.about(change.key):
        case OnDrift.OVERWRITE:
            return replace(change, reason=f"{change.reason}; {what}")
        case OnDrift.KEEP:
            return replace(change, action=Action.KEEP, reason=f"{what}: kept")
    return replace(change, held=what)
