"""What a plan says of the states of triggers that it writes over: backfills that are under way, and locks. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice

from deployer.kinds import kind_of
from deployer.language.cron_dates import Cron
from deployer.model.change import Change
from deployer.model.policy import Recover
from deployer.model.problem import Problem, Severity
from deployer.model.trigger import TriggerState, moment

CHECK = "trigger-state"
_MOST = 1000  # dates that are counted


def tell_states(changes: Iterable[Change], recover: Recover, now: datetime) -> Iterator[Problem]:
    """Yield what is under way in the triggers of what is written, with what becomes of it, and what is made up for."""
    for change in changes:
        if recover is Recover.DECLARED:
            yield from _tell_missed(change, now)
        for state in change.live.states if change.live and change.writes else ():
            if state.backfill:
                yield _tell_backfill(change, state)
            elif state.execution:
                message = f"{state.path} waits for its execution {state.execution}, which goes on as the flow was"
                yield Problem(CHECK, message, change.origin, severity=Severity.NOTICE)


def _tell_missed(change: Change, now: datetime) -> Iterator[Problem]:
    """Say how many dates the schedules missed that are enabled, where that is known and they make up for them."""
    kind = kind_of(change.key)
    meaning = kind.meaning(change.desired.wanted) if change.desired else None
    for state in change.live.states if change.live else ():
        trigger = kind.part(state.trigger, meaning) if state.trigger in change.enables else None
        cron = Cron.read(trigger) if isinstance(trigger, Mapping) else None
        said = trigger.get("recoverMissedSchedules", "ALL") if trigger else ""
        since = moment(state.last)
        if cron is None or since is None or said == "NONE":
            continue
        number = sum(1 for _ in islice(_dates(cron, since, now), _MOST))
        many = f"{_MOST:,} or more" if number == _MOST else f"{number:,}"
        runs = "runs for the last of them" if said == "LAST" else "runs for each of them"
        if number:
            message = f"{state.path} missed {many} of its dates since {state.last}, and {runs} when it is enabled"
            hint = "`--recover-missed-schedules none` makes up for nothing"
            yield Problem(CHECK, message, change.origin, severity=Severity.WARNING, hint=hint)


def _dates(cron: Cron, since: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the dates at which a cron was due after one moment, and not after another."""
    zone = cron.zone or UTC
    local, end = (each.astimezone(zone).replace(tzinfo=None) for each in (since, until))
    while (following := cron.after(local)) and following <= end:
        yield following
        local = following


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
