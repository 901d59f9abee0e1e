"""How flows stand on the server, and nothing of what a deploy would do."""

from __future__ import annotations

from dataclasses import replace

from deployer.model.change import Action, Change, Plan, Standing

_TOLD = (Standing.STOPPED, Standing.DRAFT, Standing.UNREADABLE)


def only_drift(plan: Plan) -> Plan:
    """Return the plan with what is pending in our own files taken for nothing to do."""
    return replace(plan, changes=tuple(map(_as_it_stands, plan.changes)))


def _as_it_stands(change: Change) -> Change:
    if change.standing.drifts or change.deleted:
        return change
    told = change.live is not None and (change.standing in _TOLD or change.live.draft is not None)
    reason = (change.reason or change.held) if told else ""
    return replace(change, action=Action.KEEP, reason=reason, held="", takes=False)
