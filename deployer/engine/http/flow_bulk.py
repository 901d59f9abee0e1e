"""Many flows in one request: delete, disable, enable them. Texts of many flows are `flow_import`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from starlette.responses import Response

from deployer.engine.http.answers import JSON
from deployer.engine.http.call import Call
from deployer.engine.http.filters import filters
from deployer.engine.http.flow_search import FLAT
from deployer.engine.http.flows import REPOSITORY
from deployer.engine.http.route import Route

Flows = Callable[[Call], Any]
"""Returns the Java list of FlowWithSource that a request is about."""


def named_flows(call: Call) -> Any:
    """Return the flows that the body names by `id` and `namespace`; the engine throws when one is not there."""
    named, flows = call.java("java.util.ArrayList")(), call.bean(REPOSITORY)
    for each in call.json_list("ids", "java.util.Map"):
        named.add(flows.findByIdWithSource(call.tenant, each.get("namespace"), each.get("id")).orElseThrow())
    return named


def matching_flows(call: Call) -> Any:
    """Return the flows that the query's filters match, all of them where it has none."""
    unpaged = call.java("io.micronaut.data.model.Pageable").UNPAGED
    return call.bean(REPOSITORY).findWithSource(unpaged, call.tenant, filters(call, *FLAT))


def delete(call: Call, *, flows: Flows) -> Response:
    """Delete flows, and tell how many they were."""
    found = flows(call)
    for flow in found:
        call.runtime.delete_flow(flow)
    return _count(len(found))


def disable(call: Call, *, flows: Flows, disabled: bool) -> Response:
    """Write `disabled` into the texts of flows that are not so yet, a new revision of each, and tell how many."""
    found = [flow for flow in flows(call) if bool(flow.isDisabled()) is not disabled]
    switch = call.java("java.lang.Boolean").valueOf(disabled)
    for flow in found:
        text = str(call.core("services.FlowService").injectDisabled(flow.getSource(), switch))
        call.runtime.replace_flow(call.runtime.parse_flow(call.tenant, text), flow)
    return _count(len(found))


def _count(number: int) -> Response:
    return Response(f'{{"count":{number}}}', media_type=JSON)


ROUTES = (
    Route("DELETE", "flows/delete/by-query", partial(delete, flows=matching_flows)),
    Route("DELETE", "flows/delete/by-ids", partial(delete, flows=named_flows)),
    Route("POST", "flows/disable/by-query", partial(disable, flows=matching_flows, disabled=True)),
    Route("POST", "flows/disable/by-ids", partial(disable, flows=named_flows, disabled=True)),
    Route("POST", "flows/enable/by-query", partial(disable, flows=matching_flows, disabled=False)),
    Route("POST", "flows/enable/by-ids", partial(disable, flows=named_flows, disabled=False)),
)
