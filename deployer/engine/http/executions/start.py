"""Starts executions: creates one with its inputs, or only validates the inputs. Not here: `webhook`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from deployer.engine.http.exchange.answers import json_text
from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.filters import parse_labels
from deployer.engine.http.exchange.media import JSON, MULTIPART
from deployer.engine.http.exchange.refusal import Refusal, system_label
from deployer.engine.http.exchange.route import LAST_1X, Route
from deployer.engine.http.executions.follow import await_end
from deployer.engine.http.executions.inputs import answer_verdict, input_parts, read_inputs
from deployer.engine.jvm.context import CORE
from deployer.engine.runtime.executions import parse_breakpoints


async def create(call: Call) -> Response:
    """Start an execution and answer it with its `url`; with `wait=true` once it has ended.

    404 for an unknown flow or revision, 409 for a disabled or unreadable flow, 415 unless the body is multipart, 422
    for wrong inputs or labels.
    """
    flow, execution = await run_in_threadpool(start, call)
    if call.flag("wait") and not execution.getState().isFailed():
        text = await await_end(call, execution, flow)
    else:
        text = await run_in_threadpool(json_text, call.kestra, execution)
    return Response(f'{text[:-1]},"url":{json.dumps(_url(execution))}}}', media_type=JSON)


def answer_started(call: Call, execution: Any) -> Response:
    """Return 200 with an execution that has just been started."""
    text = json_text(call.kestra, execution)
    return Response(f'{text[:-1]},"url":{json.dumps(_url(execution))}}}', media_type=JSON)


def validate(call: Call) -> Response:
    """Return every input with its value and its errors, and the checks of the flow that fail."""
    flow = _find_flow(call)
    execution = call.core("models.executions.Execution").newExecution(flow, _read_labels(call))
    reader = call.bean("runners.FlowInputOutput")
    found = reader.validateExecutionInputs(flow.getInputs(), flow, execution, input_parts(call)).block()
    return answer_verdict(call, flow, found, call.runtime.failed_checks)


def start(call: Call, mock: Callable[[Any, Any], Any] = lambda _, execution: execution) -> tuple[Any, Any]:
    """Build the execution as Kestra does, hand it to the executor, and return it with its flow.

    `mock` is given the flow and the execution before that, and returns the execution that is started.
    """
    flow = _find_flow(call)
    execution = call.core("models.executions.Execution").newExecution(
        flow, None, _read_labels(call), _read_schedule_date(call)
    )
    breakpoints = parse_breakpoints(call.kestra, call.query.get("breakpoints"))
    execution = execution.toBuilder().kind(_read_kind(call)).breakpoints(breakpoints).build()
    execution = _apply_checks(call, flow, execution.withInputs(read_inputs(call, flow, execution)))
    execution = mock(flow, execution)
    call.runtime.emit(execution)
    return flow, execution


def _find_flow(call: Call) -> Any:
    wanted = call.optional(call.java_integer("revision"))
    flows = call.bean("services.FlowService")
    return flows.getFlowIfExecutableOrThrow(call.tenant, call.path["namespace"], call.path["id"], wanted)


def _read_labels(call: Call) -> Any:
    """Return the requested labels and the origin; system labels are refused, with two exceptions."""
    label = call.core("models.Label")
    origin = [str(label.FROM)] if call.runtime.labels_origin else []
    allowed = (str(label.CORRELATION_ID), *origin)
    labels = call.java("java.util.ArrayList")()
    pairs = parse_labels(call, call.query.getlist("labels"))
    for key, value in ((str(entry.getKey()), str(entry.getValue())) for entry in pairs.entrySet()):
        if key.startswith(str(label.SYSTEM_PREFIX)) and key not in allowed:
            raise system_label(key, value)
        labels.add(label(key, value))
    for key in origin:
        if not pairs.containsKey(key):
            labels.add(label(key, "api"))
    return labels


def _apply_checks(call: Call, flow: Any, execution: Any) -> Any:
    """Return the execution, failed if a check of the flow says so; raises Refusal (422) for a check that blocks it."""
    failed = call.runtime.failed_checks(flow, execution.getInputs())
    if not failed:
        return execution
    behavior = str(call.core("models.flows.check.Check").resolveBehavior(failed))
    if behavior == "BLOCK_EXECUTION":
        message = "Flow execution blocked: one or more condition checks evaluated to false."
        message += "\nFailed checks: " + ", ".join(str(check.getMessage()) for check in failed)
        raise Refusal(422, message, reason="Illegal argument")
    if behavior == "FAIL_EXECUTION":
        return execution.withState(call.core("models.flows.State$Type").FAILED)
    return execution


def _read_schedule_date(call: Call) -> Any:
    date = call.query.get("scheduleDate")
    return call.optional(call.java("java.time.ZonedDateTime").parse(date) if date else None)


def _read_kind(call: Call) -> Any:
    """Return the requested kind; an unknown one counts as none."""
    try:
        return call.choice("kind", CORE + "models.executions.ExecutionKind")
    except Refusal:
        return None


def _url(execution: Any) -> str:
    tenant, namespace = execution.getTenantId(), execution.getNamespace()
    return f"/ui/{tenant}/executions/{namespace}/{execution.getFlowId()}/{execution.getId()}"


ROUTES = (
    Route("POST", "executions/{namespace}/{id}", create, consumes=(MULTIPART,)),
    Route("POST", "executions/trigger/{namespace}/{id}", create, consumes=(MULTIPART,), until=LAST_1X),
    Route("POST", "executions/{namespace}/{id}/validate", validate, consumes=(MULTIPART,)),
)
