"""Puts the plan together: a change for each thing that is declared, and for each of ours that no longer is."""

from __future__ import annotations

from collections.abc import Iterable

from deployer.model.change import Change, Plan
from deployer.model.ledger import digest
from deployer.model.resource import Live, Resource
from deployer.plan.decide import Decider
from deployer.plan.prune import Scope, prunes


def plan(desired: Iterable[Resource], live: Live, decider: Decider, prune: Scope | None = None) -> Plan:
    """Return what is to be done, ordered by key. Nothing is deleted without a scope to `prune` in."""
    wanted = sorted(desired, key=lambda resource: resource.key)
    changes = [
        decider.change(resource, live.resources.get(resource.key), live.unreadable.get(resource.key, ""))
        for resource in wanted
    ]
    if prune:
        changes += prunes(decider, {resource.key for resource in wanted}, live.resources, prune)
    return Plan(tuple(changes), _known_by(changes))


def _known_by(changes: Iterable[Change]) -> str:
    lines = []
    for change in changes:
        revision = change.live.revision if change.live else None
        before, after = (digest(each.body) if each else None for each in (change.live, change.desired))
        lines.append(
            f"{change.action} {change.key} {revision} {before} {after} {change.origin} {change.held} {change.reason}\n"
        )
    return digest("".join(lines))
