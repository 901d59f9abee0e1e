"""Puts the plan together: a change for each thing that is declared, and for each of ours that no longer is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from deployer.model.change import Change, Plan
from deployer.model.ledger import digest
from deployer.model.resource import Live, Resource
from deployer.plan.decide import Decider
from deployer.plan.prune import Scope, prunes
from deployer.plan.stops import Meaning
from deployer.resource.references import described


def plan(desired: Iterable[Resource], live: Live, decider: Decider, prune: Scope | None = None) -> Plan:
    """Return what is to be done, ordered by key. Nothing is deleted without a scope to `prune` in."""
    wanted = sorted(desired, key=lambda resource: resource.key)
    changes = [
        decider.change(resource, live.resources.get(resource.key), live.unreadable.get(resource.key, ""))
        for resource in wanted
    ]
    if prune:
        changes += prunes(decider, {resource.key for resource in wanted}, live.resources, prune)
    return Plan(tuple(_described(change, decider.meaning) for change in changes), _known_by(changes))


def _described(change: Change, meaning: Meaning) -> Change:
    """Return a change whose live side says what it calls and whether it has triggers, where it is to be written."""
    if change.live is None or not change.writes:
        return change
    return replace(change, live=described(change.live, meaning(change.live.body)))


def _known_by(changes: Iterable[Change]) -> str:
    lines = []
    for change in changes:
        revision = change.live.revision if change.live else None
        before, after = (digest(each.body) if each else None for each in (change.live, change.desired))
        lines.append(
            f"{change.action} {change.key} {revision} {before} {after} {change.origin} {change.held} {change.reason}\n"
        )
    return digest("".join(lines))
