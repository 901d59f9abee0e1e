"""Puts the plan together: a change for each resource that is desired, and for each of ours that no longer is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from deployer.kinds import kind_of
from deployer.model.change import Change, Plan
from deployer.model.desired import Desired
from deployer.model.ledger import digest
from deployer.model.live import Live
from deployer.plan.decide import Decider
from deployer.plan.prune import Scope, prunes


def compare(desired: Desired, live: Live, decider: Decider, prune: Scope | None = None) -> Plan:
    """Return what a deploy does, ordered by key. Nothing is deleted without a scope to `prune` in."""
    changes = [
        decider.change(resource, live.resources.get(key), live.unreadable.get(key, ""))
        for key, resource in sorted(desired.resources.items())
    ]
    if prune:
        changes += prunes(decider, desired.resources.keys(), live.resources, prune)
    return Plan(tuple(map(_describe, changes)), _digest(changes))


def _describe(change: Change) -> Change:
    """Return a change whose live side says what it calls, where it will be written."""
    if change.live is None or not change.writes:
        return change
    return replace(change, live=kind_of(change.key).describe(change.live))


def _digest(changes: Iterable[Change]) -> str:
    lines = []
    for change in changes:
        revision = change.live.revision if change.live else None
        before, after = (digest(each.body) if each else None for each in (change.live, change.desired))
        lines.append(
            f"{change.action} {change.key} {revision} {before} {after} {change.origin} {change.held} {change.reason}\n"
        )
    return digest("".join(lines))
