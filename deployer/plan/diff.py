"""Decides, without asking anybody, what has to be done: from what the files want and what the server has."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from deployer.model.change import Action, Change, Plan
from deployer.model.resource import Live, Resource

DRAFT = "the live text is a draft, not what runs"
UNREADABLE = "the server cannot read what it has stored"


def plan(desired: Iterable[Resource], live: Live) -> Plan:
    """Return one change for each desired resource, ordered by key."""
    changes = tuple(_change(resource, live) for resource in sorted(desired, key=lambda resource: resource.key))
    return Plan(changes, _digest(changes))


def _change(desired: Resource, live: Live) -> Change:
    """Compare texts: a changed comment is a change. A draft with the same text does not run yet, so it is written.

    A stored flow that the server cannot read does not run either: another text heals it, the same would not.
    """
    key, now = desired.key, live.resources.get(desired.key)
    if broken := live.unreadable.get(key):
        if now is None or now.body == desired.body:
            return Change(Action.UPDATE, key, desired, now, held=f"{UNREADABLE}: {broken}")
        return Change(Action.UPDATE, key, desired, now, reason=UNREADABLE)
    if now is None:
        return Change(Action.CREATE, key, desired)
    if now.draft:
        return Change(Action.UPDATE, key, desired, now, reason=DRAFT)
    return Change(Action.KEEP if now.body == desired.body else Action.UPDATE, key, desired, now)


def _digest(changes: Iterable[Change]) -> str:
    digest = hashlib.sha256()
    for change in changes:
        revision = change.live.revision if change.live else None
        body = hashlib.sha256(change.desired.body.encode()).hexdigest()
        digest.update(f"{change.action} {change.key} {revision} {body} {change.held}\n".encode())
    return digest.hexdigest()
