"""Changes the states of triggers in Kestra 2.x: by events to the scheduler, each with an operation to wait for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from deployer.engine.jvm.context import CORE, Kestra
from deployer.engine.runtime import broadcasts
from deployer.engine.runtime.executions import Change
from deployer.engine.runtime.operations import Operations
from deployer.engine.runtime.triggers import (
    Action,
    Delete,
    EndBackfill,
    Pause,
    Place,
    Switch,
    Unlock,
    find_definition,
    kill_evaluation,
    place_of,
)

_EVENTS = CORE + "scheduler.events."
_SHOWN = (
    *("namespace", "flowId", "triggerId", "updatedAt", "evaluatedAt", "nextEvaluationDate", "backfill", "stopAfter"),
    *("disabled", "locked", "workerId", "lastTriggeredDate", "executionId"),
)
"""The fields of a state that are answered; besides them, its `type` is called `kind`."""


class Triggers2x:
    """See `runtime.triggers.Triggers`; `queue` returns one of Kestra's queues by its kind and message."""

    sent = "java.util.Map"
    tenant_in_body = False
    bulk_status = 202

    def __init__(self, kestra: Kestra, queue: Callable[[str, str], Any], operations: Operations) -> None:
        self._kestra = kestra
        self._queue = queue
        self._operations = operations

    def matching(self, tenant: str, filters: Any) -> Any:
        """Ask the repository."""
        return self._repository.find(tenant, filters).collectList().block()

    def describe(self, state: Any) -> Any:
        """Return what is not the scheduler's own."""
        mapper = self._kestra.bean("com.fasterxml.jackson.databind.ObjectMapper")
        fields = mapper.convertValue(state, self._kestra.java("java.util.Map").class_)
        shown = self._kestra.java("java.util.LinkedHashMap")()
        for name in _SHOWN:
            if fields.get(name) is not None:
                shown.put(name, fields.get(name))
        shown.put("kind", fields.get("type"))
        return shown

    def pair(self, definition: Any, state: Any) -> Mapping[str, Any]:
        """Name them as 2.x does."""
        return {"trigger": definition, "state": self.describe(state)}

    def act(self, place: Place, action: Action) -> Any:
        """Send the event and wait; not found without a state or a flow that declares it, else a conflict."""
        name, event = self._event(self._id(place), action)
        match action:
            case Switch():
                self._require_declared(place)
            case Unlock():
                self._require_unlockable(place)
            case _:
                self._find(place)
        before = self._find_or_none(place)
        self._await(place, name, event)
        return before if isinstance(action, Delete) else self._find(place)

    def act_on_named(self, places: Iterable[Place], action: Action) -> dict[str, Any]:
        """Return the one operation that does it, and how many triggers it is for."""
        fit = (each for each in places if self._fits(each, self._find_or_none(each), action))
        return self._send_all(fit, action)

    def act_on_matching(self, tenant: str, filters: Any, action: Action) -> dict[str, Any]:
        """Return the operation likewise."""
        found = ((place_of(state), state) for state in self.matching(tenant, filters))
        return self._send_all((place for place, state in found if self._fits(place, state, action)), action)

    def restart(self, place: Place) -> Any:
        """Kill the evaluation, and send the event."""
        self._find(place)
        self._require_declared(place)
        # as what a worker is to do: the executor, which turns other requests into that, passes over triggers
        executed = self._kestra.java(CORE + "models.executions.ExecutionKilled$State").EXECUTED
        with broadcasts.KILL:
            killed = kill_evaluation(self._kestra, place).state(executed).build()
            self._queue("BroadcastQueueInterface", "models.executions.ExecutionKilled").emit(killed)
        self._await(place, "Restart", self._kestra.java(_EVENTS + "ResetTrigger")(self._id(place)))
        return self._find(place)

    def start_backfill(self, place: Place, backfill: Any) -> Any:
        """Send the event."""
        self._find(place)
        event = self._kestra.java(_EVENTS + "CreateBackfillTrigger")(self._id(place), backfill)
        self._await(place, "Create backfill", event)
        return self._find(place)

    def _event(self, identifier: Any, action: Action) -> tuple[str, Any]:
        """Return what an action is called in messages, and its event."""
        java, boolean = self._kestra.java, self._kestra.java("java.lang.Boolean").valueOf
        match action:
            case Switch(disabled, recover):
                missed = None if recover is None else boolean(recover)
                return "Set disabled", java(_EVENTS + "SetDisableTrigger")(identifier, boolean(disabled), missed)
            case Pause(paused):
                name = "Pause backfill" if paused else "Unpause backfill"
                return name, java(_EVENTS + "SetPauseBackfillTrigger")(identifier, paused)
            case EndBackfill():
                return "Delete backfill", java(_EVENTS + "DeleteBackfillTrigger")(identifier)
            case Unlock():
                return "Unlock", java(_EVENTS + "ResetTrigger")(identifier)
            case Delete():
                return "Delete", java(_EVENTS + "TriggerDeleted")(identifier)

    def _fits(self, place: Place, state: Any, action: Action) -> bool:
        """Whether one of many can be changed; others are passed over."""
        if isinstance(action, Switch):
            return find_definition(self._kestra, place)[1] is not None
        if isinstance(action, Unlock):
            declared = find_definition(self._kestra, place)[1] is not None
            return state is not None and bool(state.isLocked()) and not _is_realtime(state) and declared
        return state is not None

    def _send_all(self, places: Iterable[Place], action: Action) -> dict[str, Any]:
        operation = self._operations.new()
        changes = [self._change(place, self._event(self._id(place), action)[1]) for place in places]
        return {"operationId": operation, "totalItems": self._operations.start(changes, operation)}

    def _await(self, place: Place, name: str, event: Any) -> None:
        """Send an event and wait; ConflictException when it fails, a status of 504 when it takes too long."""
        error = self._operations.await_done(self._change(place, event), self._operations.new())
        if error is not None:
            raise self._conflict(f"{name} failed: {error}")

    def _change(self, place: Place, event: Any) -> Change:
        queue = self._kestra.bean(CORE + "scheduler.queue.TriggerEventQueue")
        uid = str(self._id(place).uid())
        return Change(str(place.tenant), uid, lambda operation: queue.send(event.withOperationId(operation)))

    def _require_declared(self, place: Place) -> None:
        flow, trigger = find_definition(self._kestra, place)
        if trigger is None:
            missing = "Flow not found for trigger" if flow is None else "Trigger not found"
            raise self._not_found(f"{missing}: {self._id(place)}")

    def _require_unlockable(self, place: Place) -> None:
        state = self._find(place)
        if not state.isLocked():
            raise self._conflict(f"trigger {self._id(place)} is already unlocked")
        if _is_realtime(state):
            raise self._conflict(f"trigger {self._id(place)} is a realtime trigger, reset it to kill and restart it")
        self._require_declared(place)

    def _find(self, place: Place) -> Any:
        state = self._find_or_none(place)
        if state is None:
            raise self._not_found(f"Trigger {self._id(place)} not found")
        return state

    def _find_or_none(self, place: Place) -> Any:
        return self._repository.findById(self._id(place)).orElse(None)

    def _id(self, place: Place) -> Any:
        kind = self._kestra.java(CORE + "models.triggers.TriggerId")
        return kind.of(place.tenant, place.namespace, place.flow, place.trigger)

    def _conflict(self, message: str) -> Any:
        return self._kestra.java(CORE + "exceptions.ConflictException")(message)

    def _not_found(self, message: str) -> Any:
        return self._kestra.java(CORE + "exceptions.NotFoundException")(message)

    @property
    def _repository(self) -> Any:
        return self._kestra.bean(CORE + "repositories.TriggerRepositoryInterface")


def _is_realtime(state: Any) -> bool:
    return str(state.getType()) == "REALTIME"
