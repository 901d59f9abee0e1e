"""Triggers that were switched off on Kestra's page of triggers: a state of the scheduler's, and in no text.

Both lines keep such a switch as long as the trigger's id stays; on 2.x, `draft_before` sees to that. A trigger with
another id begins anew, so that the stop is written into the text instead (docs/triggers.md).
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from deployer.errors import KestraNotFoundError, KestraRefusedError
from deployer.kinds.flow.stops import are_alike, triggers_of
from deployer.model.change import Action, Change
from deployer.model.policy import Recover
from deployer.model.problem import Problem, Severity
from deployer.model.resource import FLOW, Key, Resource
from deployer.model.trigger import TriggerState

if TYPE_CHECKING:
    from deployer.kestra.client import KestraClient

CHECK = "trigger-state"
_KEY = "disabled"
_PAUSES = (0, 0.2, 1, 2)  # seconds before each look at what a deleted flow leaves behind
_LOOKS = (0, 0.1, 0.5, 1, 2, 3)  # seconds before each look whether a trigger is off
_DRAFT = "Saved by kestra-deployer right before a deploy, so that Kestra sees which triggers change. It never runs."


def read_states(client: KestraClient, keys: Collection[Key]) -> dict[Key, tuple[TriggerState, ...]]:
    """Return the states of the triggers of these flows, in one request for each 1,000. Raises KestraError."""
    found: dict[Key, tuple[TriggerState, ...]] = dict.fromkeys(keys, ())
    namespaces, names = {key.namespace for key in keys}, {key.name for key in keys}
    for state in client.search_triggers(sorted(namespaces), flow_ids=names) if keys else ():
        key = Key(FLOW, state.namespace, state.flow)
        if key in found:
            found[key] = (*found[key], state)
    return found


def switched_off(live: Resource, data: Any) -> tuple[str, ...]:
    """Return the triggers of a live flow, with this data, that are off and of which its text does not say so."""
    there = triggers_of(data)
    off = [state.trigger for state in live.states if state.disabled and state.trigger in there]
    return tuple(sorted(name for name in off if there[name].get(_KEY) is not True))


def stays_off(name: str, live: Resource, before: Any, after: Any) -> bool:
    """Whether a trigger that is switched off stays so when this data is written over that of a live flow."""
    return any(state.trigger == name for state in live.states) and all(
        name in triggers_of(each) for each in (before, after)
    )


def may_need_draft(live: Resource, off: Collection[str]) -> bool:
    """Whether 2.x may have to see a draft before a flow is written: there is one, or something is to stay off."""
    return live.draft is not None or any(state.follows and state.trigger in off for state in live.states)


def draft_before(live: Resource, before: Any, drafted: Any, after: Any, off: Collection[str]) -> str | None:
    """Return the draft that 2.x has to have seen before this data is written, None where it needs none.

    The scheduler of 2.x looks at what differs from the revision right before, whether or not that is a draft: only a
    trigger that differs gets a new date and is switched on, only one that is new gets a state at all. So a change that
    was saved as a draft first is missed, and what was switched off is switched on by a new cron. A draft with the
    triggers that run, and those that are to stay off as they will be, puts both right; no draft is ever checked or run.
    """
    if not may_need_draft(live, off):
        return None
    new = triggers_of(after)
    wanted = [new[name] if name in off and name in new else each for name, each in triggers_of(before).items()]
    if are_alike(wanted, [*triggers_of(drafted if live.draft is not None else before).values()]):
        return None
    return _draft(live.key, wanted)


def draft_of(key: Key, data: Any, names: Collection[str]) -> str:
    """Return a draft of a flow that has only these of its triggers."""
    return _draft(key, [each for name, each in triggers_of(data).items() if name in names])


def _draft(key: Key, triggers: Sequence[Mapping[str, Any]]) -> str:
    draft = {"id": key.name, "namespace": key.namespace, "description": _DRAFT, "triggers": triggers}
    return json.dumps(draft, default=str, indent=2)


def find_renamed(names: Collection[str], before: Any, after: Any) -> dict[str, str]:
    """Return the new triggers of a text that seem to be one of these under another id: the new name, and the old.

    One that says the same is; where none does, each new one of the same type is taken for it: rather too much stays off
    than something starts that was stopped. One that says itself whether it is disabled is not among them.
    """
    old, new = triggers_of(before), triggers_of(after)
    fresh = {name: each for name, each in new.items() if name not in old and _KEY not in each}
    found: dict[str, str] = {}
    for name in names:
        if name in new or name not in old:
            continue
        same = [each for each in fresh if are_alike(_anonymous(fresh[each]), _anonymous(old[name]))]
        alike = [each for each in fresh if fresh[each].get("type") == old[name].get("type")]
        found |= {each: name for each in same or alike if each not in found}
    return found


def _anonymous(trigger: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in trigger.items() if name not in ("id", _KEY)}


def forget(client: KestraClient, change: Change, recover: Recover) -> None:
    """Before the write, let 1.x forget what the triggers that a change enables missed, unless it is to be made up for.

    A state that is deleted is there again with the new text, on and with the right date. 1.0 and 1.1 cannot delete one,
    and without a new text it would not come back: there, only the date of the last run is forgotten.
    """
    for state in _wanted(change) if recover is Recover.NONE else ():
        if state.follows:
            continue
        place = (state.namespace, state.flow, state.trigger)
        if change.action is not Action.ENABLE:
            with suppress(KestraNotFoundError):
                client.delete_trigger(*place)
                continue
        client.restart_trigger(*place)


def enable(client: KestraClient, change: Change, recover: Recover) -> None:
    """After the write, switch on again what a change enables. Raises KestraError where the server refuses it."""
    names = {state.trigger for state in _wanted(change)}
    there = client.search_triggers_for_flow(change.key.namespace, change.key.name) if names else []
    if off := [state for state in there if state.trigger in names and state.disabled]:
        client.disabled_triggers_by_ids(off, disabled=False, recover_missed_schedules=recover is Recover.DECLARED)


def disable(client: KestraClient, key: Key, names: Collection[str]) -> None:
    """Switch triggers off, until they are. Raises KestraRefusedError where they stay on.

    2.0.0 answers before it is done, and loses a switch that comes while the schedule fires.
    """
    for pause in _LOOKS:
        time.sleep(pause)
        there = client.search_triggers_for_flow(key.namespace, key.name)
        on = [state for state in there if state.trigger in names and not state.disabled]
        if not on:
            return
        client.disabled_triggers_by_ids(on, disabled=True)
    message = f"{on[0].path} cannot be switched off: Kestra says that it does, and it is still on"
    raise KestraRefusedError(message, method="POST", url=client.url, hint="switch it off on Kestra's page of triggers")


def _wanted(change: Change) -> list[TriggerState]:
    """Return the states of what a change enables, as they were when it was planned."""
    return [state for state in change.live.states if state.trigger in change.enables] if change.live else []


def delete_left_behind(client: KestraClient, key: Key) -> Iterator[Problem]:
    """Delete the states that a deleted flow has left behind, and yield what became of them.

    Kestra deletes them with the flow, 5 to 35 ms after its answer; one that its scheduler has missed stays for good,
    and no search shows it. Raises KestraError where they cannot be read.
    """
    for state in _left_behind(client, key):
        try:
            client.delete_trigger(state.namespace, state.flow, state.trigger)
        except KestraNotFoundError:
            if state not in client.search_triggers_for_flow(key.namespace, key.name):
                continue
            message = f"{state.path} still has a state, though its flow was deleted"
            hint = "Kestra 1.0 and 1.1 cannot delete it: it starts nothing"
            yield Problem(CHECK, message, severity=Severity.WARNING, hint=hint)
        else:
            message = f"the state of {state.path}, which its deleted flow had left behind, was deleted"
            yield Problem(CHECK, message, severity=Severity.NOTICE)


def _left_behind(client: KestraClient, key: Key) -> list[TriggerState]:
    """Return the states that are there for so long that Kestra will not delete them any more."""
    for pause in _PAUSES:
        time.sleep(pause)
        if not (found := client.search_triggers_for_flow(key.namespace, key.name)):
            break
    return found
