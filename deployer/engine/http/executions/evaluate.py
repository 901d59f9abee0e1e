"""Evaluates an expression in the context of an execution or one of its task runs."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from deployer.engine.http.exchange.answers import as_object
from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.media import TEXT
from deployer.engine.http.exchange.refusal import not_found
from deployer.engine.http.exchange.route import Route
from deployer.engine.http.executions.actions import action_routes
from deployer.engine.http.executions.read import find_by_id
from deployer.engine.jvm.context import CORE

_FLOWS = "repositories.FlowRepositoryInterface"


def of_execution(call: Call) -> Response:
    """Return the `result` of the expression in the body, or its `error` and `stackTrace`."""
    execution = _find_execution(call)
    flow = call.bean(_FLOWS).findByExecution(execution)
    return _evaluate(call, call.bean("runners.RunContextFactory").of(flow, execution, False))


def of_task_run(call: Call) -> Response:
    """Return the same for a task run, with secrets masked."""
    execution = _find_execution(call)
    run = execution.findTaskRunByTaskRunId(call.path["taskRunId"])
    flow = call.bean(_FLOWS).findByExecution(execution)
    task = flow.findTaskByTaskId(run.getTaskId())
    renderer = call.bean("runners.SecureVariableRendererFactory").createOrGet()
    context = call.bean("runners.RunContextFactory").of(flow, task, execution, run, False, renderer)
    return _evaluate(call, context)


def _find_execution(call: Call) -> Any:
    identifier = call.path["executionId"]
    execution = find_by_id(call, identifier)
    if execution is None:
        raise not_found(f"Unable to find execution '{identifier}'")
    return execution


def _evaluate(call: Call, context: Any) -> Response:
    expression = call.text("expression")
    try:
        return as_object(call, result=context.render(expression))
    except call.java(CORE + "exceptions.IllegalVariableEvaluationException") as error:
        trace = call.java("org.apache.commons.lang3.exception.ExceptionUtils").getStackTrace(error)
        return as_object(call, error=error.getMessage(), stackTrace=trace)


ROUTES: tuple[Route, ...] = (
    *action_routes("POST", "eval", of_execution, consumes=TEXT),
    *action_routes("POST", "eval/{taskRunId}", of_task_run, consumes=TEXT),
)
