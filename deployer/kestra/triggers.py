"""The states of triggers: searched, those of one flow, switched off and on, unlocked, restarted, deleted."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from deployer.kestra.answers import Page, UnexpectedShapeError, mapping, text_of
from deployer.kestra.calls import Calls
from deployer.kestra.filters import prefix_filter
from deployer.kestra.operations import (
    DELETE_TRIGGER,
    DISABLED_TRIGGERS,
    RESTART_TRIGGER,
    SEARCH_TRIGGERS,
    TRIGGERS_OF_FLOW,
    UNLOCK_TRIGGER,
)
from deployer.kestra.paging import LARGEST_PAGE, read_page, read_pages
from deployer.model.trigger import TriggerState
from deployer.model.version import Dialect

_LONGEST = 2000  # characters of flows' names in an address; some proxies take 4,096 in all


class TriggerCalls(Calls):
    """The endpoints under `triggers`."""

    def search_triggers(
        self,
        namespaces: Collection[str] = (),
        *,
        flow_ids: Collection[str] = (),
        below: bool = False,
        pages: int | None = None,
        size: int = LARGEST_PAGE,
    ) -> list[TriggerState]:
        """Return the states of the triggers of these namespaces, or of the whole tenant if none is given.

        With `below`, those of the namespaces under them as well. `flow_ids` are the flows that are wanted: others may
        be among the states all the same. One request per `size`, of which `pages` are the most. States of deleted flows
        are missing: Kestra counts them, and shows them only to `search_triggers_for_flow`.

        Kestra reads the flow of each state that it shows, 8 ms each from H2 (1.3.31): so the flows are named, unless
        their names are too long for a request.
        """
        wanted = {**prefix_filter(namespaces), **_only(flow_ids), "size": size, "sort": _ORDER}

        def read(number: int) -> tuple[Page, tuple[TriggerState, ...]]:
            params = {**wanted, "page": number}
            return self._ask(SEARCH_TRIGGERS, lambda data: read_page(data, _searched), params=params)

        states, _ = read_pages(SEARCH_TRIGGERS, read, most=pages, size=size)
        found = {(each.namespace, each.flow, each.trigger): each for each in states}
        return [state for state in found.values() if not namespaces or _is_in(state.namespace, namespaces, below=below)]

    def search_triggers_for_flow(self, namespace: str, flow_id: str) -> list[TriggerState]:
        """Return the states of the triggers of one flow, whether or not the flow still declares them, or exists."""
        params = {"size": LARGEST_PAGE}
        _, states = self._ask(TRIGGERS_OF_FLOW, lambda data: read_page(data, _state), namespace, flow_id, params=params)
        return list(states)

    def disabled_triggers_by_ids(
        self, triggers: Collection[TriggerState], *, disabled: bool, recover_missed_schedules: bool | None = None
    ) -> None:
        """Switch these triggers off, or on. Kestra passes over one that its flow does not declare, and says nothing.

        `recover_missed_schedules` (2.x) says whether what was missed while it was off is run when it is on; 1.x goes by
        the trigger's own `recoverMissedSchedules`. 2.x answers before it is done.
        """
        v1 = self._connection.server().dialect is Dialect.V1
        body: dict[str, Any] = {"triggers": [self._named(each, v1=v1) for each in triggers], "disabled": disabled}
        if not v1 and recover_missed_schedules is not None:
            body["recoverMissedSchedules"] = recover_missed_schedules
        self._connection.tell(DISABLED_TRIGGERS, content=json.dumps(body).encode(), repeat=True)

    def unlock_trigger(self, namespace: str, flow_id: str, trigger_id: str) -> None:
        """Free a trigger that waits for its execution. Raises KestraRefusedError if it is not locked."""
        self._connection.tell(UNLOCK_TRIGGER, namespace, flow_id, trigger_id)

    def restart_trigger(self, namespace: str, flow_id: str, trigger_id: str) -> None:
        """Kill the evaluation of a trigger and begin anew."""
        self._connection.tell(RESTART_TRIGGER, namespace, flow_id, trigger_id)

    def delete_trigger(self, namespace: str, flow_id: str, trigger_id: str) -> None:
        """Delete a state (since 1.2). Raises KestraNotFoundError."""
        self._connection.tell(DELETE_TRIGGER, namespace, flow_id, trigger_id)

    def _named(self, state: TriggerState, *, v1: bool) -> dict[str, str]:
        named = {"namespace": state.namespace, "flowId": state.flow, "triggerId": state.trigger}
        return {**named, "tenantId": self._connection.tenant} if v1 else named


_ORDER = ["namespace:asc", "flowId:asc", "triggerId:asc"]


def _only(flow_ids: Collection[str]) -> dict[str, str]:
    """Return the filter for these flows, none where they would not fit into an address. 1.0 refuses `IN` (400)."""
    named = "|".join(sorted(flow_ids))
    return {"filters[flowId][REGEX]": named} if 0 < len(named) <= _LONGEST else {}


def _is_in(namespace: str, wanted: Collection[str], *, below: bool) -> bool:
    return namespace in wanted or (below and any(namespace.startswith(f"{each}.") for each in wanted))


def _searched(data: object) -> TriggerState:
    """Read a result of a search: a state, and the trigger as its flow declares it."""
    result = mapping(data, "a trigger")
    state = result.get("state") or result.get("triggerContext")
    trigger = result.get("trigger", result.get("abstractTrigger"))
    declared = isinstance(trigger, Mapping)
    return _state(state, type=text_of(trigger, "type") if isinstance(trigger, Mapping) else "", declared=declared)


def _state(data: object, *, type: str = "", declared: bool = True) -> TriggerState:
    state = mapping(data, "the state of a trigger")
    names = [state.get(name) for name in ("namespace", "flowId", "triggerId")]
    if not all(isinstance(name, str) for name in names) or not isinstance(state.get("disabled", False), bool | None):
        raise UnexpectedShapeError("the state of a trigger with its namespace, flow, id and `disabled`")
    backfill = state.get("backfill")
    backfill = backfill if isinstance(backfill, Mapping) else {}
    execution = text_of(state, "executionId")
    return TriggerState(
        *map(str, names),
        disabled=state.get("disabled") is True,
        next=text_of(state, "nextEvaluationDate") or text_of(state, "nextExecutionDate"),
        last=text_of(state, "lastTriggeredDate") or text_of(state, "date"),
        locked=state.get("locked") is True or bool(execution or text_of(state, "evaluateRunningDate")),
        execution=execution,
        backfill=text_of(backfill, "end") or ("now" if backfill else ""),
        paused=backfill.get("paused") is True,
        type=type,
        declared=declared,
        follows="locked" in state,  # a field of 2.x alone
    )
