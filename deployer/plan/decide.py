"""Decides what happens to one resource: from what is desired, what is live, the last deploy and the user's policy.

Pure, and the only place where this is decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Any

from deployer.kinds import kind_of
from deployer.model.change import Action, Change, Standing
from deployer.model.ledger import Claim, Entry, Ledger, digest
from deployer.model.policy import OnDisabled, OnDrift, Policy
from deployer.model.resource import Body, Key, Resource
from deployer.plan.stopped import Stopped, decide_stops, name_stops, stay_disabled

UNREADABLE = "the server cannot read what it has stored"


@dataclass(frozen=True, slots=True)
class Decider:
    """Decides about one resource at a time. `deployed` has what we deployed and someone has edited since."""

    ledger: Ledger
    policy: Policy
    deployed: Mapping[Key, Body]
    _: KW_ONLY
    moved: frozenset[Key] = frozenset()  # what is in another file than when it was deployed
    claims: Mapping[Key, Claim] = field(default_factory=dict)  # what others deployed, and is not taken over from them
    adopted: frozenset[Key] = frozenset()  # what is: their entries are in this ledger

    def change(self, desired: Resource, live: Resource | None, broken: str = "") -> Change:
        """Return the change of what a file declares; `broken` is why the server cannot read what it has of it."""
        return kind_of(desired.key).refine(self._change(desired, live, broken))

    def _change(self, desired: Resource, live: Resource | None, broken: str) -> Change:
        if broken:
            return self._decide_unreadable(desired, live, broken)
        if live is None:
            return self._decide_create(desired)
        if kind_of(desired.key).is_unpublished(live):
            return Change(Action.UPDATE, desired.key, desired, live, standing=Standing.DRAFT)
        standing, found = self.standing(desired, live)
        change = Change(Action.UPDATE, desired.key, desired, live, standing=standing)
        if standing.drifts:
            return self._decide_drift(change)
        if claim := self.claims.get(desired.key):
            return replace(change, action=Action.KEEP, reason=f"left to {claim.owner}, which deployed it")
        return self._decide_write(change, found)

    def _decide_create(self, desired: Resource) -> Change:
        """Return the change of what is not there; what was deleted with something disabled in it comes back so."""
        entry = self.ledger.entries.get(desired.key)
        if entry is None:
            return Change(Action.CREATE, desired.key, desired)
        gone = "it was deleted on the server since it was deployed"
        change = Change(Action.CREATE, desired.key, desired, reason=gone)
        kind, policy = kind_of(desired.key), self.policy.on_disabled
        before = (*entry.stops, *entry.off)
        wanted = kind.lasting_stops(before, kind.meaning(desired.wanted)) if before else ()
        if not wanted or policy is OnDisabled.ENABLE:
            return change
        return self._write(change, Stopped(wanted, reason=stay_disabled(wanted)), _with_stops(desired, wanted))

    def standing(self, desired: Resource | None, live: Resource) -> tuple[Standing, tuple[str, ...]]:
        """Return how the live body relates to what is known, and what an operator disabled in it."""
        key, kind, entry = live.key, kind_of(live.key), self.ledger.entries.get(live.key)
        if desired and live.body == desired.wanted:
            return Standing.SAME, ()
        if behind := self.ledger.behind(key, live.body):
            return Standing.OURS, behind.stops
        now = kind.meaning(live.body)
        before = entry.stops if entry else ()
        for standing, known in self._known(key, desired, entry):
            if found := kind.stops(known, now):
                return Standing.DISABLED, tuple(dict.fromkeys((*before, *found)))
            if kind.same_but_enabled(known, now):
                return standing, ()
        return (Standing.DRIFTED if self.ledger.owns(key) else Standing.FOREIGN), ()

    def _known(self, key: Key, desired: Resource | None, entry: Entry | None) -> Iterator[tuple[Standing, Any]]:
        """Yield what the live body may say, with its standing then: what is wanted, and what was deployed last.

        What was kept disabled then may have been enabled again since.
        """
        kind = kind_of(key)
        if desired:
            yield Standing.LAYOUT, kind.meaning(desired.wanted)
        if entry and key in self.deployed:
            meaning = kind.meaning(self.deployed[key])
            yield Standing.OURS, meaning
            yield Standing.OURS, kind.without_stops(meaning, entry.stops)

    def _decide_write(self, change: Change, found: tuple[str, ...]) -> Change:
        """Return the change where what is live is ours, apart from what an operator disabled."""
        desired, live = change.desired, change.live
        if desired is None or live is None:
            raise ValueError("both sides are there")
        entry = self.ledger.entries.get(change.key)
        kept = decide_stops(found, desired, live, self.policy.on_disabled)
        sent = _with_stops(desired, kept.written)
        unchanged = entry is None or entry.source == digest(desired.wanted)
        says = bool(kept.written) and unchanged and _says(live, desired, kept.written)
        recorded = _is_recorded(entry, desired, live, kept.written)
        if says or (sent and (live.body == sent.body or recorded)):
            takes = desired.key in self.moved | self.adopted or not recorded
            return replace(_keep(change, kept), desired=sent or desired, takes=takes)
        if not kept.kept and change.standing is Standing.LAYOUT and self.policy.takes_over and unchanged:
            change = _keep(change, kept)
            return replace(change, takes=True, reason=change.reason or "the same flow in other layout")
        return self._write(change, kept, sent)

    def _write(self, change: Change, kept: Stopped, sent: Resource | None) -> Change:
        """Return a change that writes what is `sent`, with what stays disabled; held where that cannot be, or must not.

        `sent` is None where the stops cannot be written into the text.
        """
        change = _with_fates(change, kept)
        if kept.kept and self.policy.on_disabled is OnDisabled.REFUSE:
            return replace(change, held=f"{name_stops(kept.kept)} was disabled on the server")
        if sent is None:
            return replace(change, held=f"{name_stops(kept.written)} cannot be kept disabled in this text")
        return replace(change, desired=sent, reason="; ".join(filter(None, (change.reason, kept.reason))))

    def describe_edit(self, change: Change) -> tuple[Change, str]:
        """Return the change with the revision that someone edited, and that in words."""
        if change.standing is Standing.FOREIGN:
            claim = self.claims.get(change.key)
            return change, f"deployed by {claim.owner}" if claim else "not deployed by us"
        entry = self.ledger.entries.get(change.key)
        since = entry.revision if entry else None
        revision = f" as revision {since}" if since else ""
        return replace(change, since=since), f"edited on the server since it was deployed{revision}"

    def _decide_drift(self, change: Change) -> Change:
        change, what = self.describe_edit(change)
        match self.policy.about(change.key):
            case OnDrift.OVERWRITE:
                return self._overwrite(replace(change, reason=f"{what}: written over"))
            case OnDrift.KEEP:
                return replace(change, action=Action.KEEP, reason=f"{what}: kept")
        return replace(change, held=what)

    def _overwrite(self, change: Change) -> Change:
        """Return a change that writes over another user's text; what is switched off beside that stays off."""
        if change.desired is None or change.live is None:
            return change
        kept = decide_stops((), change.desired, change.live, self.policy.on_disabled)
        return self._write(change, kept, _with_stops(change.desired, kept.written))

    def _decide_unreadable(self, desired: Resource, live: Resource | None, broken: str) -> Change:
        """Return the change of what the server cannot read: another text heals it, the same would not."""
        change = Change(Action.UPDATE, desired.key, desired, live, standing=Standing.UNREADABLE)
        if live is None or live.body == desired.body:
            return replace(change, held=f"{UNREADABLE}: {broken}")
        return replace(change, reason=UNREADABLE)


def _with_stops(desired: Resource, stops: tuple[str, ...]) -> Resource | None:
    """Return a resource with stops written into its text, None where that cannot be done."""
    sent = kind_of(desired.key).write_stops(desired, stops) if stops else None
    if sent:
        return desired.with_stops(sent)
    return None if stops else desired


def _with_fates(change: Change, kept: Stopped) -> Change:
    """Return a change with what becomes of what an operator disabled."""
    return replace(change, stops=kept.written, off=kept.off, enables=kept.enables)


def _keep(change: Change, kept: Stopped) -> Change:
    """Return the change where no text is written: what is to be enabled again is switched on all the same."""
    change = replace(_with_fates(change, kept), reason=kept.reason)
    if kept.off and change.standing is not Standing.LAYOUT:
        change = replace(change, standing=Standing.DISABLED)
    return replace(change, action=Action.ENABLE if kept.enables else Action.KEEP)


def _says(live: Resource, desired: Resource, stops: tuple[str, ...]) -> bool:
    """Whether what is live says what is wanted, with these stops and nothing else."""
    kind = kind_of(live.key)
    return set(kind.stops(kind.meaning(desired.wanted), kind.meaning(live.body))) == set(stops)


def _is_recorded(entry: Entry | None, desired: Resource, live: Resource, wanted: tuple[str, ...]) -> bool:
    """Whether the ledger already records that this file gave what is live."""
    return (
        entry is not None
        and entry.sent == digest(live.body)
        and entry.source == digest(desired.wanted)
        and entry.stops == wanted
    )
