"""The states of triggers, which the scheduler keeps, and their changes, behind one protocol.

A state is a row of the scheduler's table: of a schedule, a polling or a realtime trigger, never of a webhook or a flow
trigger. 1.x changes the row and hands it to the scheduler; 2.x sends the scheduler an event, and waits until it has
been processed. So without a scheduler, nothing changes in 1.x, and 2.x answers with a timeout.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from deployer.engine.jvm.context import CORE, Kestra


@dataclass(frozen=True, slots=True)
class Place:
    """Where a trigger is; in 1.x, the tenant of a request's body may be missing."""

    tenant: str | None
    namespace: str
    flow: str
    trigger: str

    def within(self, tenant: str) -> Place:
        """Return it in another tenant."""
        return replace(self, tenant=tenant)


@dataclass(frozen=True, slots=True)
class Switch:
    """Turn a trigger off or on; when on, missed schedules are made up for as it says itself only with `recover`."""

    disabled: bool
    recover: bool | None = None  # 2.x alone


@dataclass(frozen=True, slots=True)
class Pause:
    """Pause the backfill of a trigger, or let it go on."""

    paused: bool


@dataclass(frozen=True, slots=True)
class Unlock:
    """Free a trigger that waits for its evaluation, or for the execution that it has started."""


@dataclass(frozen=True, slots=True)
class EndBackfill:
    """Remove the backfill of a trigger."""


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove the state of a trigger."""


Action = Switch | Pause | Unlock | EndBackfill | Delete
"""What can be done to one trigger or to many."""


class Triggers(Protocol):
    """States and changes. Every method blocks and raises what Kestra throws: not found, a conflict, a wrong state."""

    sent: str  # the class of the JSON that names a trigger in a request
    tenant_in_body: bool  # whether such JSON has to name the tenant too
    bulk_status: int  # HTTP status of a change of many

    def matching(self, tenant: str, filters: Any) -> Any:
        """Return the states of all triggers that match."""

    def describe(self, state: Any) -> Any:
        """Return a state as it is answered."""

    def pair(self, definition: Any, state: Any) -> Mapping[str, Any]:
        """Return the fields of a search's result: a trigger as its flow says it, and its state."""

    def act(self, place: Place, action: Action) -> Any:
        """Do something to one trigger and return its state, None if it has none (1.x)."""

    def act_on_named(self, places: Iterable[Place], action: Action) -> dict[str, Any]:
        """Do it to all of these that it can be done to, and return the answer, as the fields of a JSON object."""

    def act_on_matching(self, tenant: str, filters: Any, action: Action) -> dict[str, Any]:
        """Do it to all triggers that match and that it can be done to, and return the answer likewise."""

    def restart(self, place: Place) -> Any:
        """Kill the evaluation of a trigger and begin anew; return its state, None if it has none (1.x)."""

    def start_backfill(self, place: Place, backfill: Any) -> Any:
        """Run a schedule for a time that has passed; return its state, None if it has none (1.x)."""


def place_of(state: Any) -> Place:
    """Return where the trigger of a state is."""
    return Place(*map(str, (state.getTenantId(), state.getNamespace(), state.getFlowId(), state.getTriggerId())))


def find_definition(kestra: Kestra, place: Place) -> tuple[Any, Any]:
    """Return a flow and its trigger; None for what does not exist."""
    flows = kestra.bean(CORE + "repositories.FlowRepositoryInterface")
    flow = flows.findById(place.tenant, place.namespace, place.flow).orElse(None)
    triggers = (flow.getTriggers() if flow else None) or ()
    return flow, next((each for each in triggers if str(each.getId()) == place.trigger), None)


def kill_evaluation(kestra: Kestra, place: Place) -> Any:
    """Return the builder of a request to kill the evaluation of a trigger."""
    killed = kestra.java(CORE + "models.executions.ExecutionKilledTrigger").builder().tenantId(place.tenant)
    return killed.namespace(place.namespace).flowId(place.flow).triggerId(place.trigger)
