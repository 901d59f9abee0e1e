"""Changes the states of triggers in Kestra 1.x: a row is locked, changed and handed to the queue of the scheduler."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import jpype

from deployer.engine.jvm.context import CORE, Kestra
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

_MODELS = CORE + "models.triggers."
_BAD_REQUEST = 400


class Triggers1x:
    """See `runtime.triggers.Triggers`; `queue` returns one of Kestra's queues by its name."""

    sent = _MODELS + "Trigger"
    tenant_in_body = True
    bulk_status = 200

    def __init__(self, kestra: Kestra, queue: Callable[[str], Any]) -> None:
        self._kestra = kestra
        self._queue = queue

    def matching(self, tenant: str, filters: Any) -> Any:
        """Ask the repository, whose method has another name since 1.2."""
        find = self._repository.findAsync if self._kestra.since("1.2") else self._repository.find
        return find(tenant, filters).collectList().block()

    def describe(self, state: Any) -> Any:
        """Return all of it."""
        return state

    def pair(self, definition: Any, state: Any) -> Mapping[str, Any]:
        """Name them as 1.x does."""
        return {"abstractTrigger": definition, "triggerContext": state}

    def act(self, place: Place, action: Action) -> Any:
        """Do it, unless the state does not allow it: an illegal state, or a bad request without a backfill."""
        match action:
            case Switch():
                return self._switch(place, disabled=action.disabled)
            case Pause():
                return self._change(place, lambda state: self._pause(state, paused=action.paused))
            case EndBackfill():
                return self._change(place, self._end_backfill)
            case Unlock():
                return self._unlock(place)
            case Delete():
                state = self._find(place)
                if state is not None:
                    self._repository.delete(state)
                return state

    def act_on_named(self, places: Iterable[Place], action: Action) -> dict[str, Any]:
        """Return the number of those that nothing speaks against; of deleted ones, of those that were there."""
        return {"count": sum(self._tried(place, action) for place in places)}

    def act_on_matching(self, tenant: str, filters: Any, action: Action) -> dict[str, Any]:
        """Return their number likewise."""
        return self.act_on_named([place_of(state) for state in self.matching(tenant, filters)], action)

    def restart(self, place: Place) -> Any:
        """Send a kill and the state without its evaluation; one can come before the other, as in Kestra."""
        state = self._find(place)
        if state is None:
            return None
        state = state.toBuilder().workerId(None).evaluateRunningDate(None).date(None).build()
        self._queue("executionKilledQueue").emit(kill_evaluation(self._kestra, place).build())
        return self._hand_over(state)

    def start_backfill(self, place: Place, backfill: Any) -> Any:
        """Set it, with the date of the first of its executions."""
        flow, trigger = self._find_changeable(place)
        context = self._kestra.bean(CORE + "runners.RunContextFactory").of(flow, trigger)
        conditions = self._kestra.bean(CORE + "services.ConditionService").conditionContext(context, flow, None)

        def begin(state: Any) -> Any:
            state = state.withBackfill(backfill)
            following = None
            if isinstance(trigger, self._kestra.java(_MODELS + "PollingTriggerInterface")):
                found = self._kestra.java("java.util.Optional").of(state)
                following = trigger.nextEvaluationDate(conditions, found)
            return self._hand_over(state.toBuilder().nextExecutionDate(following).build())

        try:
            return self._change(place, begin)
        except self._kestra.java("java.lang.Exception") as error:
            raise self._status("BAD_REQUEST", str(error.getMessage())) from None

    def _tried(self, place: Place, action: Action) -> bool:
        """Whether nothing spoke against it; in 1.x, a trigger without a state counts unless it was to be deleted."""
        try:
            if isinstance(action, Switch):
                self._switch_if_declared(place, disabled=action.disabled)
                return True
            return self.act(place, action) is not None or not isinstance(action, Delete)
        except self._kestra.java("java.lang.IllegalStateException"):
            return False
        except self._kestra.java("io.micronaut.http.exceptions.HttpStatusException") as error:
            if int(error.getStatus().getCode()) != _BAD_REQUEST:
                raise
            return False

    def _switch(self, place: Place, *, disabled: bool) -> Any:
        self._find_changeable(place)
        return self._change(place, lambda state: self._switched(state, disabled=disabled))

    def _switch_if_declared(self, place: Place, *, disabled: bool) -> None:
        """Switch one of many, unless its flow does not declare it or it is a realtime trigger."""
        _, trigger = find_definition(self._kestra, place)
        if trigger is not None and not self._is_realtime(trigger):
            self._change(place, lambda state: self._switched(state, disabled=disabled))

    def _switched(self, state: Any, *, disabled: bool) -> Any:
        if bool(state.getDisabled()) is disabled:
            return state
        changed = state.toBuilder().disabled(self._kestra.java("java.lang.Boolean").valueOf(disabled))
        return self._hand_over((changed.nextExecutionDate(None) if disabled else changed).build())

    def _pause(self, state: Any, *, paused: bool) -> Any:
        backfill = self._backfill(state).toBuilder().paused(self._kestra.java("java.lang.Boolean").valueOf(paused))
        return self._hand_over(state.toBuilder().backfill(backfill.build()).build())

    def _end_backfill(self, state: Any) -> Any:
        before = self._backfill(state).getPreviousNextExecutionDate()
        return self._hand_over(state.toBuilder().nextExecutionDate(before).backfill(None).build())

    def _backfill(self, state: Any) -> Any:
        if state.getBackfill() is None:
            raise self._status("BAD_REQUEST", "No backfill found")
        return state.getBackfill()

    def _unlock(self, place: Place) -> Any:
        state = self._find(place)
        if state is None:
            return None
        if state.getExecutionId() is None and state.getEvaluateRunningDate() is None:
            raise self._kestra.java("java.lang.IllegalStateException")("Trigger is not locked")
        return self._hand_over(state.unlock())

    def _find_changeable(self, place: Place) -> tuple[Any, Any]:
        """Return a flow and its trigger; a status of 404 without one, an illegal argument for a realtime trigger."""
        flow, trigger = find_definition(self._kestra, place)
        if flow is None:
            raise self._status("NOT_FOUND", f"Flow of trigger {place.trigger} not found")
        if trigger is None:
            raise self._status("NOT_FOUND", f"Flow {place.flow} has no trigger {place.trigger}")
        if self._is_realtime(trigger):
            message = "Realtime triggers can not be updated through the API, please edit the trigger from the flow."
            raise self._kestra.java("java.lang.IllegalArgumentException")(message)
        return flow, trigger

    def _is_realtime(self, trigger: Any) -> bool:
        return isinstance(trigger, self._kestra.java(_MODELS + "RealtimeTriggerInterface"))

    def _find(self, place: Place) -> Any:
        context = self._kestra.java(_MODELS + "TriggerContext").builder().tenantId(place.tenant)
        context = context.namespace(place.namespace).flowId(place.flow).triggerId(place.trigger)
        return self._repository.findLast(context.build()).orElse(None)

    def _change(self, place: Place, change: Callable[[Any], Any]) -> Any:
        """Return a state as changed while its row is locked, None if there is none."""
        trigger = self._kestra.java(_MODELS + "Trigger").builder().tenantId(place.tenant)
        trigger = trigger.namespace(place.namespace).flowId(place.flow).triggerId(place.trigger).build()
        function = jpype.JProxy("java.util.function.Function", dict={"apply": change})
        return self._repository.lock(trigger.uid(), function)

    def _hand_over(self, state: Any) -> Any:
        self._queue("triggerQueue").emit(state)
        return state

    def _status(self, name: str, message: str) -> Any:
        status = getattr(self._kestra.java("io.micronaut.http.HttpStatus"), name)
        return self._kestra.java("io.micronaut.http.exceptions.HttpStatusException")(status, message)

    @property
    def _repository(self) -> Any:
        return self._kestra.bean(CORE + "repositories.TriggerRepositoryInterface")
