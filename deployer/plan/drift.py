"""Reduces a plan to drift: how the server differs from the last deploy, whatever a deploy would do."""

from __future__ import annotations

from dataclasses import replace

from deployer.model.change import Action, Change, Plan, Standing

_REPORTED = (Standing.DISABLED, Standing.DRAFT, Standing.UNREADABLE)


def only_drift(plan: Plan) -> Plan:
    """Return the plan with changes of our own files taken as nothing to do."""
    return replace(plan, changes=tuple(map(_only_drift, plan.changes)))


def _only_drift(change: Change) -> Change:
    if change.standing.drifts or change.deleted:
        return change
    reported = change.live is not None and (change.standing in _REPORTED or change.live.draft is not None)
    reason = (change.reason or change.held) if reported else ""
    return replace(change, action=Action.KEEP, reason=reason, held="", takes=False)
