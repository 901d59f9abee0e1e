"""Whether a trigger will start its flow, judged by its state on the server. Pure; what is asked is in `health`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from deployer.language.cron_dates import Cron, judge
from deployer.language.triggers import SCHEDULE, Trigger
from deployer.model.health import Condition, Symptom
from deployer.model.trigger import TriggerState, moment

_OVERDUE = timedelta(minutes=5)
"""How long a date may have passed: the server's clock need not be ours, and an evaluation takes its time."""
NO_SCHEDULER = "no trigger of this server has a state: is its scheduler running?"


@dataclass(frozen=True, slots=True, kw_only=True)
class States:
    """What the server says of the triggers of one flow.

    `gone` has the executions that triggers wait for and that are over or not there, with what became of each. `any_` is
    whether any trigger of the server has a state. `now` is the time on this machine.
    """

    of: Sequence[TriggerState]
    now: datetime
    gone: Mapping[str, str]
    any_: bool = True


def examine(triggers: Sequence[Trigger], states: States, kept: Collection[str]) -> Iterator[Symptom]:
    """Yield what is wrong with the triggers of a flow that is on, and what else is worth saying of them.

    `kept` names the triggers that the ledger records as disabled.
    """
    by_id = {state.trigger: state for state in states.of}
    for trigger in triggers:
        state = by_id.get(trigger.id)
        if trigger.disabled or trigger.stateful is False:
            continue
        if state:
            yield from _examine_state(trigger, state, states, kept=trigger.id in kept)
        elif trigger.stateful is None:
            yield _unknown(trigger)
        else:
            yield _lacking(trigger, states)
    for name in sorted(by_id.keys() - {trigger.id for trigger in triggers}):
        message = f"the server has a state of a trigger `{name}`, which the flow does not declare: it starts nothing"
        yield Symptom(Condition.HEALTHY, f"{message}, and you can delete it on Kestra's page of triggers")


def examine_switches(off: Collection[str], states: States) -> Iterator[Symptom]:
    """Yield what this run was to leave switched off, and is on."""
    for state in states.of:
        if state.trigger in off and not state.disabled:
            reason = f"the trigger `{state.trigger}` was switched off, and is on after the deploy"
            yield Symptom(Condition.DEGRADED, f"{reason}: switch it off on Kestra's page of triggers")


def _unknown(trigger: Trigger) -> Symptom:
    reason = (
        f"the server has no state of the trigger `{trigger.id}`, and whether triggers of the type `{trigger.type}` "
        "have one is not known: look at the executions of the flow"
    )
    return Symptom(Condition.UNKNOWN, reason)


def _lacking(trigger: Trigger, states: States) -> Symptom:
    if not states.any_:
        return Symptom(Condition.DEGRADED, NO_SCHEDULER)
    reason = f"the trigger `{trigger.id}` has no state on the server, so nothing evaluates it"
    return Symptom(Condition.DEGRADED, f"{reason}. {_AGAIN}", unseen=True)


def _examine_state(trigger: Trigger, state: TriggerState, states: States, *, kept: bool) -> Iterator[Symptom]:
    if state.backfill:
        until = f" until {state.backfill}" if state.backfill != "now" else ""
        paused = "is paused: continue or delete it" if state.paused else "is under way"
        yield Symptom(Condition.HEALTHY, f"a backfill of the trigger `{trigger.id}`{until} {paused}")
    if state.disabled:
        if not kept:
            yield _off(trigger)
    elif state.locked:
        if gone := states.gone.get(state.execution):
            reason = f"the trigger `{trigger.id}` waits for the execution {state.execution}, {gone}: unlock it"
            yield Symptom(Condition.DEGRADED, f"{reason} on Kestra's page of triggers")
    elif not state.backfill:
        yield from _examine_date(trigger, state, states.now)


def _off(trigger: Trigger) -> Symptom:
    reason = f"the trigger `{trigger.id}` is switched off on the server"
    if trigger.data.get("stopAfter"):
        reason += ", by someone or by its `stopAfter`"
    on = "switch it on on Kestra's page of triggers, or write `disabled: true` into the flow"
    return Symptom(Condition.DEGRADED, f"{reason}: {on}")


def _examine_date(trigger: Trigger, state: TriggerState, now: datetime) -> Iterator[Symptom]:
    """Yield what is wrong with the next date of a trigger that is on and waits for nothing."""
    if not state.next:
        if trigger.cls == SCHEDULE and trigger.dated:
            reason = f"the trigger `{trigger.id}` has no next date, so it does not run"
            yield Symptom(Condition.DEGRADED, f"{reason}. {_AGAIN}")
        return
    following = moment(state.next)
    if following is None:
        return
    if following + _OVERDUE < now:
        reason = f"the trigger `{trigger.id}` was due at {format_date(following)} and was not evaluated since"
        yield Symptom(Condition.DEGRADED, f"{reason}: is the server's scheduler running?")
        return
    cron = Cron.read(trigger.data) if trigger.dated else None
    if cron is None or following <= now:
        return
    judged = judge(cron, following, now)
    next_ = f"its next date is {format_date(following)}"
    if not judged.due:
        reason = f"the trigger `{trigger.id}` does not follow its cron `{trigger.data['cron']}`: {next_}"
        yield Symptom(Condition.DEGRADED, f"{reason}, at which that is not due. {_AGAIN}")
    elif judged.left_out:
        reason = f"the run of {format_date(judged.left_out)} is left out: the trigger `{trigger.id}` is on, and {next_}"
        yield Symptom(Condition.DEGRADED, f"{reason}. {_AGAIN}")


_AGAIN = "Deploy the flow without the trigger, and then with it again"
"""What gives a trigger a new state in every version."""


def format_date(date: datetime) -> str:
    """Return a date as sentences name it, in UTC: `2026-11-30T03:00Z`, with seconds where there are some."""
    utc = date.astimezone(UTC).replace(tzinfo=None)
    return f"{utc.isoformat(timespec='seconds' if utc.second else 'minutes')}Z"
