"""Drafts of Kestra 2.0: a newer text that is stored and does not run. What runs is what counts as live."""

from __future__ import annotations

from dataclasses import replace

from deployer.model.change import Action, Change
from deployer.model.resource import Resource


def is_only_a_draft(live: Resource) -> bool:
    """Whether nothing was ever published, so that nothing runs."""
    return live.draft is not None and not live.body


def refine(change: Change) -> Change:
    """Return a change that says that a draft is there, and publishes it where that is what would be written."""
    live, desired = change.live, change.desired
    if live is None or live.draft is None or desired is None:
        return change
    shown = f"a draft is there (revision {live.revision}), which does not run"
    change = replace(change, reason=f"{change.reason}; {shown}" if change.reason else shown)
    is_draft = change.action is Action.UPDATE and live.draft == desired.body
    return replace(change, action=Action.PUBLISH) if is_draft or not live.body else change
