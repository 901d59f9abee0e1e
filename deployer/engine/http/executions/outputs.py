"""Outputs of executions and of their task runs, which 2.x stores separately."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from deployer.engine.http.exchange.answers import as_json, unwrap
from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.route import Route


def of_execution(call: Call) -> Response:
    """Return the flow-level outputs by name; an empty object if there are none."""
    return as_json(call, call.bean("services.ExecutionOutputService").getOutputs(_find_execution(call)))


def of_task_run(call: Call) -> Response:
    """Return the outputs of one task run by name."""
    task_run = unwrap(_find_execution(call).findTaskRunByTaskRunIdIfPresent(call.path["taskRunId"]))
    return as_json(call, call.bean("services.TaskOutputService").getOutputs(task_run))


def task_runs(call: Call) -> Response:
    """Return which task runs have outputs, and whether they are stored inline."""
    execution = _find_execution(call)
    found = call.java("java.util.ArrayList")()
    for output in call.bean("repositories.TaskOutputRepositoryInterface").findByExecution(execution):
        # an iteration of LoopUntil removes the task runs of the previous one, but not their outputs
        run = execution.findTaskRunByTaskRunIdIfPresent(output.taskRunId()).orElse(None)
        if run is not None:
            found.add(_information(call, run, inline=output.value() is not None))
    return as_json(call, found)


def _find_execution(call: Call) -> Any:
    executions = call.bean("repositories.ExecutionRepositoryInterface")
    return unwrap(executions.findById(call.tenant, call.path["executionId"]))


def _information(call: Call, run: Any, *, inline: bool) -> Any:
    known = {"taskId": run.getTaskId(), "taskRunId": run.getId(), "value": run.getValue()}
    fields = call.java("java.util.LinkedHashMap")()
    for name, value in {**known, "iteration": run.getIteration()}.items():
        if value is not None:
            fields.put(name, value)
    fields.put("inline", inline)
    return fields


ROUTES = (
    Route("GET", "outputs/executions/{executionId}", of_execution, since="2.0"),
    Route("GET", "outputs/tasks/{executionId}", task_runs, since="2.0"),
    Route("GET", "outputs/tasks/{executionId}/{taskRunId}", of_task_run, since="2.0"),
)
