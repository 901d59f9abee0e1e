"""The states of triggers: searched, those of one flow, and as a table."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from deployer.engine.http.exchange.answers import object_text, page_response
from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.media import CSV, JSON
from deployer.engine.http.exchange.paging import pageable
from deployer.engine.http.exchange.route import Route
from deployer.engine.http.exchange.tables import table_response
from deployer.engine.http.triggers.places import FLAT, read_filters_of

_REPOSITORY = "repositories.TriggerRepositoryInterface"
_FLOWS = "repositories.FlowRepositoryInterface"


def search(call: Call) -> Response:
    """Return a page of states, each with its trigger if the flow still declares it.

    The total counts states of deleted flows, and of flows without any trigger, too; the page leaves them out.
    """
    repository = call.bean(_REPOSITORY)
    paging = pageable(call, "searchTriggers", repository.sortMapping().apply)
    found = repository.find(paging, call.tenant, read_filters_of(call, *FLAT))
    results = ",".join(filter(None, (_pair(call, state) for state in found)))
    return Response(f'{{"results":[{results}],"total":{found.getTotal()}}}', media_type=JSON)


def of_flow(call: Call) -> Response:
    """Return a page of the states of the triggers of one flow."""
    repository = call.bean(_REPOSITORY)
    paging = pageable(call, "searchTriggersForFlow", repository.sortMapping().apply)
    place = (call.path["namespace"], call.path["flowId"], None)
    found = repository.find(paging, call.query.get("q"), call.tenant, *place)
    shown = call.java("java.util.ArrayList")()
    for state in found:
        shown.add(call.runtime.triggers.describe(state))
    return page_response(call, shown, found.getTotal())


def export_table(call: Call) -> Response:
    """Return all matching states as CSV."""
    found = call.runtime.triggers.matching(call.tenant, read_filters_of(call))
    return table_response(call, found, "triggers.csv")


def _pair(call: Call, state: Any) -> str:
    """Return one result as JSON, empty if the flow is gone or has no triggers."""
    flow = call.bean(_FLOWS).findById(call.tenant, state.getNamespace(), state.getFlowId()).orElse(None)
    if flow is None or flow.getTriggers() is None:
        return ""
    declared = (each for each in flow.getTriggers() if each.getId() == state.getTriggerId())
    return object_text(call, **call.runtime.triggers.pair(next(declared, None), state))


ROUTES = (
    Route("GET", "triggers/search", search),
    Route("GET", "triggers/export/by-query/csv", export_table, produces=(CSV,), since="1.2"),
    Route("GET", "triggers/{namespace}/{flowId}", of_flow),
)
