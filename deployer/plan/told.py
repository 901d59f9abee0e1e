"""What a plan says of the states of triggers that it writes over: backfills that are under way, and locks. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deployer.kinds import kind_of
from deployer.model.change import Change
from deployer.model.problem import Problem, Severity
from deployer.model.trigger import TriggerState

CHECK = "trigger-state"


def tell_states(changes: Iterable[Change]) -> Iterator[Problem]:
    """Yield what is under way in the triggers of what is written, and what becomes of it."""
    for change in changes:
        for state in change.live.states if change.live and change.writes else ():
            if state.backfill:
                yield _tell_backfill(change, state)
            elif state.execution:
                message = f"{state.path} waits for its execution {state.execution}, which goes on as the flow was"
                yield Problem(CHECK, message, change.origin, severity=Severity.NOTICE)


def _tell_backfill(change: Change, state: TriggerState) -> Problem:
    """Say what becomes of a backfill: 1.x forgets it with a change of its trigger, and takes its date for the last run.

    Asked of 1.3.31 and 2.0.0, with a backfill of four weeks, another task and another cron.
    """
    kind = kind_of(change.key)
    before = kind.part(state.trigger, kind.meaning(change.live.body)) if change.live else None
    after = kind.part(state.trigger, kind.meaning(change.desired.wanted)) if change.desired else None
    paused = "is paused" if state.paused else "is under way"
    what = f"a backfill of {state.path}, until {state.backfill}, {paused}"
    if after is None:
        return Problem(CHECK, f"{what}, and ends with its trigger", change.origin, severity=Severity.WARNING)
    if state.follows or before == after:
        return Problem(CHECK, f"{what}, and goes on with what is written", change.origin, severity=Severity.NOTICE)
    message = f"{what}: as its trigger changes, Kestra 1.x forgets it, and runs every date from where it was until now"
    hint = "deploy when it is done, or delete the backfill first"
    return Problem(CHECK, message, change.origin, severity=Severity.WARNING, hint=hint)
