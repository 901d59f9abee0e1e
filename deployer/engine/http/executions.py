"""Executions: create, read, search, kill. Following one is `follow`."""

from __future__ import annotations

import json
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from deployer.engine.http.answers import JSON, as_json, json_text, page, present
from deployer.engine.http.call import MULTIPART, Call
from deployer.engine.http.filters import filters, label_map
from deployer.engine.http.follow import ended
from deployer.engine.http.inputs import read_inputs
from deployer.engine.http.paging import pageable
from deployer.engine.http.refusal import Refusal
from deployer.engine.http.route import Route

FLAT = (
    "q",
    "scope",
    "namespace",
    "flowId",
    "startDate",
    "endDate",
    "timeRange",
    "state",
    "labels",
    "triggerExecutionId",
    "childFilter",
)
_REPOSITORY = "repositories.ExecutionRepositoryInterface"


async def create(call: Call) -> Response:
    """Start an execution and answer it with its `url`; with `wait=true` as soon as it is over.

    404 no such flow or revision, 409 a flow disabled or unreadable, 415 not multipart, 422 bad inputs or labels.
    """
    call.require(MULTIPART)
    flow, execution = await run_in_threadpool(_start, call)
    if call.flag("wait") and not execution.getState().isFailed():
        text = await ended(call, execution, flow)
    else:
        text = await run_in_threadpool(json_text, call.kestra, execution)
    return Response(f'{text[:-1]},"url":{json.dumps(_url(execution))}}}', media_type=JSON)


def get(call: Call) -> Response:
    """Return one execution; 2.x keeps its outputs elsewhere."""
    return as_json(call, present(call.bean(_REPOSITORY).findById(call.tenant, call.path["executionId"])))


def search(call: Call) -> Response:
    """Return a page of executions; those of kind TEST are there only if a kind filter asks for them."""
    executions = call.bean(_REPOSITORY)
    columns = executions.sortMapping()
    asked = pageable(call, "searchExecutions", columns.apply)
    found = executions.find(asked, call.tenant, filters(call, *FLAT))
    return page(call, found, found.getTotal())


def kill(call: Call) -> Response:
    """Ask for a kill: 202; 404; 409 when it is over and its subflows are not to be killed either."""
    execution = present(call.bean(_REPOSITORY).findById(call.tenant, call.path["executionId"]))
    cascade = call.flag("isOnKillCascade", default=True)
    if execution.getState().isTerminated() and not cascade:
        raise Refusal(409, "Execution is already finished, can't kill it", reason="Illegal state")
    call.runtime.kill(execution, cascade=cascade)
    return Response(status_code=202)


def _start(call: Call) -> tuple[Any, Any]:
    """Build the execution as Kestra does, hand it to the executor, return it with its flow."""
    flow = _flow(call)
    execution = call.core("models.executions.Execution").newExecution(flow, None, _labels(call), _scheduled(call))
    execution = execution.toBuilder().kind(_kind(call)).breakpoints(_breakpoints(call)).build()
    execution = _checked(call, flow, execution.withInputs(read_inputs(call, flow, execution)))
    call.runtime.emit(execution)
    return flow, execution


def _flow(call: Call) -> Any:
    revision = call.number("revision")
    wanted = call.optional(None if revision is None else call.java("java.lang.Integer").valueOf(revision))
    flows = call.bean("services.FlowService")
    return flows.getFlowIfExecutableOrThrow(call.tenant, call.path["namespace"], call.path["id"], wanted)


def _labels(call: Call) -> Any:
    """Return the labels asked for; Kestra's own are refused but for two, and where it came from is added."""
    label = call.core("models.Label")
    labels = call.java("java.util.ArrayList")()
    pairs = label_map(call, call.query.getlist("labels"))
    for key, value in ((str(entry.getKey()), str(entry.getValue())) for entry in pairs.entrySet()):
        if key.startswith(str(label.SYSTEM_PREFIX)) and key not in (str(label.CORRELATION_ID), str(label.FROM)):
            message = f"System labels can only be set by Kestra itself, offending label: {key}={value}"
            raise Refusal(422, message, reason="Illegal argument")
        labels.add(label(key, value))
    if not pairs.containsKey(label.FROM):
        labels.add(label(label.FROM, "api"))
    return labels


def _checked(call: Call, flow: Any, execution: Any) -> Any:
    """Return the execution, failed where a check of the flow says so; raises Refusal (422) on one that blocks."""
    failed = call.bean("services.FlowService").getFailedChecks(flow, execution.getInputs())
    behavior = str(call.core("models.flows.check.Check").resolveBehavior(failed))
    if behavior == "BLOCK_EXECUTION":
        message = "Flow execution blocked: one or more condition checks evaluated to false."
        message += "\nFailed checks: " + ", ".join(str(check.getMessage()) for check in failed)
        raise Refusal(422, message, reason="Illegal argument")
    if behavior == "FAIL_EXECUTION":
        return execution.withState(call.core("models.flows.State$Type").FAILED)
    return execution


def _scheduled(call: Call) -> Any:
    date = call.query.get("scheduleDate")
    return call.optional(call.java("java.time.ZonedDateTime").parse(date) if date else None)


def _kind(call: Call) -> Any:
    kind = call.query.get("kind")
    return call.core("models.executions.ExecutionKind").valueOf(kind) if kind else None


def _breakpoints(call: Call) -> Any:
    names = call.query.get("breakpoints")
    if not names:
        return None
    breakpoints = call.java("java.util.ArrayList")()
    for name in names.split(","):
        breakpoints.add(call.core("debug.Breakpoint").of(name))
    return breakpoints


def _url(execution: Any) -> str:
    tenant, namespace = execution.getTenantId(), execution.getNamespace()
    return f"/ui/{tenant}/executions/{namespace}/{execution.getFlowId()}/{execution.getId()}"


ROUTES = (
    Route("GET", "executions/search", search),
    Route("POST", "executions/{namespace}/{id}", create),
    Route("GET", "executions/{executionId}", get),
    Route("DELETE", "executions/{executionId}/kill", kill, until="1.3"),
    Route("DELETE", "executions/{executionId}/actions/kill", kill, since="2.0"),
)
