"""Asks the server whether flows will run: the states of their triggers, in one search, and what those wait for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from deployer.errors import KestraError, KestraNotFoundError
from deployer.kestra.client import KestraClient
from deployer.kinds.flow.stops import FLOW as WHOLE
from deployer.kinds.flow.switches import read_states
from deployer.kinds.flow.triggers import States, examine, examine_switches
from deployer.language.triggers import FLOW, Trigger, triggers
from deployer.language.types import types_of
from deployer.model.health import Condition, Examined, Subject, Symptom
from deployer.model.problem import Problem, Severity
from deployer.model.resource import Key, listed
from deployer.model.trigger import TriggerState
from deployer.model.version import nearest

CHECK = "health"
"""The name that problems of a look have."""


def health(client: KestraClient, subjects: Sequence[Subject], data: Mapping[Key, Mapping[str, Any]]) -> Examined:
    """Return what is wrong with flows, of which `data` has what each says that is live.

    One search for any number of flows, and only where one of them has a trigger with a state. Raises nothing: where the
    server does not show its triggers, a warning says so, and what has some is unknown.
    """
    types = types_of(nearest(client.server().version).name)
    declared = {key: triggers(flow, types) for key, flow in data.items()}
    on = {key for key, flow in data.items() if flow.get("disabled") is not True}
    asked = {key for key in on if any(each.stateful is not False and not each.disabled for each in declared[key])}
    found: dict[Key, list[Symptom]] = {subject.key: [*_examine_stops(subject)] for subject in subjects}
    problems = [*_examine_flow_triggers({key: declared[key] for key in on})]
    by_key = {subject.key: subject for subject in subjects}
    try:
        states = _read_states(client, asked, declared)
    except KestraError as error:
        problems.append(_report_unread(error))
        for key in asked:
            found[key].append(Symptom(Condition.UNKNOWN, _UNREAD))
    else:
        for key in asked:
            found[key] += examine(declared[key], states[key], by_key[key].kept)
            found[key] += examine_switches(by_key[key].off, states[key])
    return Examined({key: tuple(each) for key, each in found.items() if each}, tuple(problems))


_UNREAD = "the server does not show the states of triggers: look at Kestra's page of triggers"


def _report_unread(error: KestraError) -> Problem:
    message = f"whether triggers will start their flows is not known, as the server does not show their states: {error}"
    return Problem(CHECK, message, severity=Severity.WARNING, hint=error.hint)


def _examine_stops(subject: Subject) -> Iterator[Symptom]:
    for name in subject.stopped:
        what = "the flow" if name == WHOLE else f"the trigger `{name}`"
        reason = f"{what} was disabled on the server: enable it there, or write `disabled: true` into the file"
        yield Symptom(Condition.DEGRADED, reason)


def _examine_flow_triggers(declared: Mapping[Key, Sequence[Trigger]]) -> Iterator[Problem]:
    """Yield a notice where flows wait for others: Kestra has no request that tells whether it knows that."""
    if waiting := [key for key, each in declared.items() if any(t.cls == FLOW and not t.disabled for t in each)]:
        message = f"Kestra cannot be asked whether it knows a Flow trigger, so that is not judged: {listed(waiting)}"
        yield Problem(CHECK, message, severity=Severity.NOTICE)


def _read_states(
    client: KestraClient, asked: Collection[Key], declared: Mapping[Key, Sequence[Trigger]]
) -> dict[Key, States]:
    """Return what the server says of the triggers of each of these flows. Raises KestraError."""
    found = read_states(client, asked)
    lacking = any(each.stateful and not each.disabled for key in found if not found[key] for each in declared[key])
    any_ = not lacking or any(found.values()) or bool(client.search_triggers(pages=1, size=1))
    gone = _gone(client, [state for states in found.values() for state in states])
    now = datetime.now(UTC)
    return {key: States(of=states, now=now, gone=gone, any_=any_) for key, states in found.items()}


def _gone(client: KestraClient, states: Iterable[TriggerState]) -> dict[str, str]:
    """Return which executions that triggers wait for have ended, or are not there. Raises KestraError."""
    gone = {}
    for execution in {state.execution for state in states if state.locked and not state.disabled and state.execution}:
        try:
            found = client.execution(execution)
        except KestraNotFoundError:
            gone[execution] = "which is not there"
        else:
            if found.over and found.state != "RETRIED":  # its successor has the lock
                gone[execution] = f"which is over ({found.state})"
    return gone
