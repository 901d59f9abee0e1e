"""Many flows in one request: delete, disable or enable them. Storing many flows is in `imports`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from starlette.responses import Response

from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.filters import read_filters
from deployer.engine.http.exchange.media import JSON
from deployer.engine.http.exchange.route import Route
from deployer.engine.http.flows.flow import REPOSITORY
from deployer.engine.http.flows.search import FLAT

Flows = Callable[[Call], Iterable[Any]]
"""Returns the flows (FlowWithSource) that a request is about."""


def find_named_flows(call: Call) -> Iterator[Any]:
    """Yield the flows that the body names by `id` and `namespace`; the engine throws an exception for a missing one.

    One by one: as in Kestra, the flows named before the missing one are changed.
    """
    flows = call.bean(REPOSITORY)
    for each in call.json_list("ids", "java.util.Map"):
        yield flows.findByIdWithSource(call.tenant, each.get("namespace"), each.get("id")).orElseThrow()


def find_matching_flows(call: Call) -> Any:
    """Return the flows that match the filters of the query, all flows without filters."""
    unpaged = call.java("io.micronaut.data.model.Pageable").UNPAGED
    return call.bean(REPOSITORY).findWithSource(unpaged, call.tenant, read_filters(call, *FLAT))


def delete(call: Call, *, flows: Flows) -> Response:
    """Delete flows and answer their number."""
    number = 0
    for flow in flows(call):
        call.runtime.delete_flow(flow)
        number += 1
    return _count(number)


def disable(call: Call, *, flows: Flows, disabled: bool) -> Response:
    """Set `disabled` in the sources of flows that differ, as a new revision of each, and answer their number."""
    switch, number = call.java("java.lang.Boolean").valueOf(disabled), 0
    for flow in flows(call):
        if bool(flow.isDisabled()) is disabled:
            continue
        text = str(call.core("services.FlowService").injectDisabled(flow.getSource(), switch))
        call.runtime.replace_flow(call.runtime.parse_flow(call.tenant, text), flow)
        number += 1
    return _count(number)


def _count(number: int) -> Response:
    return Response(f'{{"count":{number}}}', media_type=JSON)


ROUTES = (
    Route("DELETE", "flows/delete/by-query", partial(delete, flows=find_matching_flows)),
    Route("DELETE", "flows/delete/by-ids", partial(delete, flows=find_named_flows)),
    Route("POST", "flows/disable/by-query", partial(disable, flows=find_matching_flows, disabled=True)),
    Route("POST", "flows/disable/by-ids", partial(disable, flows=find_named_flows, disabled=True)),
    Route("POST", "flows/enable/by-query", partial(disable, flows=find_matching_flows, disabled=False)),
    Route("POST", "flows/enable/by-ids", partial(disable, flows=find_named_flows, disabled=False)),
)
