"""The flow of an execution: summarized, as a graph; and which flows and namespaces can be executed."""

from __future__ import annotations

from starlette.responses import Response

from deployer.engine.http.exchange.answers import as_json, unwrap
from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.paging import split_values
from deployer.engine.http.exchange.refusal import not_found
from deployer.engine.http.exchange.route import Route
from deployer.engine.http.executions.read import find_by_id, find_execution

_FLOWS = "repositories.FlowRepositoryInterface"
_SUMMARY = "models.flows.FlowForExecution"


def of_execution(call: Call) -> Response:
    """Return the flow of an execution, in its revision, without what only its author needs."""
    identifier = call.path["executionId"]
    execution = find_by_id(call, identifier)
    if execution is None:
        raise not_found(f"Execution {identifier} not found when fetching flow")
    return as_json(call, call.core(_SUMMARY).of(call.bean(_FLOWS).findByExecutionWithoutAcl(execution)))


def of_path(call: Call) -> Response:
    """Return a flow, in any revision, in the same form."""
    place = (call.tenant, call.path["namespace"], call.path["flowId"], call.optional(call.java_integer("revision")))
    return as_json(call, call.core(_SUMMARY).of(call.bean(_FLOWS).findByIdWithoutAcl(*place).orElseThrow()))


def namespaces(call: Call) -> Response:
    """Return the namespaces with flows."""
    return as_json(call, call.bean(_FLOWS).findDistinctNamespaceExecutable(call.tenant))


def of_namespace(call: Call) -> Response:
    """Return the flows of exactly one namespace, summarized."""
    return as_json(call, call.bean(_FLOWS).findByNamespaceExecutable(call.tenant, call.path["namespace"]))


def graph(call: Call) -> Response:
    """Return the flow of an execution as a graph with its task runs; `subflows` names those to include."""
    execution = find_execution(call)
    place = (execution.getTenantId(), execution.getNamespace(), execution.getFlowId())
    revision = call.optional(execution.getFlowRevision())
    flow = unwrap(call.bean(_FLOWS).findByIdWithSourceWithoutAcl(*place, revision))
    subflows = call.kestra.from_json(split_values(call, "subflows") or None)
    return as_json(call, call.bean("services.GraphService").flowGraph(flow, subflows, execution).forExecution())


ROUTES = (
    Route("GET", "executions/{executionId}/flow", of_execution),
    Route("GET", "executions/{executionId}/graph", graph),
    Route("GET", "executions/flows/{namespace}/{flowId}", of_path),
    Route("GET", "executions/namespaces", namespaces),
    Route("GET", "executions/namespaces/{namespace}/flows", of_namespace),
)
