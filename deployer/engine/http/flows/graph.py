"""Graphs of the tasks of a flow, and of the dependencies between flows."""

from __future__ import annotations

from typing import Any

import jpype
from starlette.responses import Response

from deployer.engine.http.exchange.answers import as_json
from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.media import YAML
from deployer.engine.http.exchange.paging import split_values
from deployer.engine.http.exchange.refusal import Refusal, not_found
from deployer.engine.http.exchange.route import Route
from deployer.engine.http.flows.flow import REPOSITORY, read_revision


def of_flow(call: Call) -> Response:
    """Return the graph of a flow's tasks; 404 if there is no such flow, 409 if the engine cannot read it."""
    revision = read_revision(call)
    found = call.bean(REPOSITORY).findByIdWithSource(call.tenant, call.path["namespace"], call.path["id"], revision)
    if found.isEmpty():
        raise not_found(f"Unable to find flow {_uid(call, revision)}")
    flow = found.get()
    if isinstance(flow, call.core("models.flows.FlowWithException")):
        message = f"Unable to generate graph for flow {_uid(call, revision)} because of exception {flow.getException()}"
        raise Refusal(409, message, reason="Illegal state")
    return _graph(call, flow)


def of_source(call: Call) -> Response:
    """Return the graph of the flow in the body, which is not stored."""
    return _graph(call, call.runtime.read_flow(call.tenant, call.text("flow")))


def of_dependencies(call: Call) -> Response:
    """Return the flows that a flow starts and those that start it.

    `destinationOnly` omits the latter, `expandAll` adds the dependencies of all of them. The engine stores dependencies
    apart from flows, and updates them shortly after a flow changes.
    """
    flow = (call.tenant, call.path["namespace"], call.path["id"])
    found = call.bean("services.FlowService").findDependencies(
        *flow, call.flag("destinationOnly"), call.flag("expandAll")
    )
    same = call.java("java.util.function.Function").identity()
    return as_json(call, call.bean("topologies.FlowTopologyService").graph(found, same))


def of_namespace(call: Call) -> Response:
    """Return the flows of a namespace, with the flows that they start and that start them."""
    service = call.bean("topologies.FlowTopologyService")
    return as_json(call, service.namespaceGraph(call.tenant, call.path["namespace"]))


def _graph(call: Call, flow: Any) -> Response:
    subflows = call.java("java.util.ArrayList")(split_values(call, "subflows")) if "subflows" in call.query else None
    wanted = jpype.JObject(subflows, call.java("java.util.List"))
    return as_json(call, call.bean("services.GraphService").flowGraph(flow, wanted))


def _uid(call: Call, revision: Any) -> str:
    kind, flow = call.core("models.flows.FlowId"), (call.tenant, call.path["namespace"], call.path["id"])
    return str(kind.uidWithoutRevision(*flow) if revision.isEmpty() else kind.uid(*flow, revision))


ROUTES = (
    Route("POST", "flows/graph", of_source, consumes=(YAML,)),
    Route("GET", "flows/{namespace}/{id}/graph", of_flow),
    Route("GET", "flows/{namespace}/{id}/dependencies", of_dependencies),
    Route("GET", "namespaces/{namespace}/dependencies", of_namespace),
)
