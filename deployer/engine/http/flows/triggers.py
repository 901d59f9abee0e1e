"""The state of triggers. There is none: it belongs to the scheduler, and this server schedules nothing."""

from __future__ import annotations

from starlette.responses import Response

from deployer.engine.http.exchange.answers import page_response
from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.filters import read_filters
from deployer.engine.http.exchange.paging import pageable
from deployer.engine.http.exchange.route import Route

FLAT = ("q", "namespace", "flowId", "timeRange")
_REPOSITORY = "repositories.TriggerRepositoryInterface"


def search(call: Call) -> Response:
    """Return an empty page of the triggers of all flows."""
    triggers = call.bean(_REPOSITORY)
    paging = pageable(call, "searchTriggers", triggers.sortMapping().apply)
    found = triggers.find(paging, call.tenant, read_filters(call, *FLAT))
    return page_response(call, found, found.getTotal())


def of_flow(call: Call) -> Response:
    """Return an empty page of the triggers of one flow."""
    triggers = call.bean(_REPOSITORY)
    paging = pageable(call, "searchTriggersForFlow", triggers.sortMapping().apply)
    place = (call.path["namespace"], call.path["flowId"], None)
    found = triggers.find(paging, call.query.get("q"), call.tenant, *place)
    return page_response(call, found, found.getTotal())


ROUTES = (
    Route("GET", "triggers/search", search),
    Route("GET", "triggers/{namespace}/{flowId}", of_flow),
)
