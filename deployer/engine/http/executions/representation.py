"""The JSON of executions: 1.x answers all fields, 2.x selected fields, and in lists no task runs.

The classes that 2.x serializes are in its web server, not in the engine. Their fields are those of Kestra's source at
2.0.0, including the tenant, which the engine hides in an execution.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from starlette.responses import Response

from deployer.engine.http.exchange.answers import json_text, object_text
from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.media import JSON

_FIRST = ("tenantId", "id", "namespace", "flowId", "flowRevision")
_DATA = ("inputs", "outputs", "labels")
_ORIGIN = ("state", "parentId", "originalId", "trigger")
_IN_A_LIST = (*_FIRST, *_DATA, *_ORIGIN, "scheduleDate", "kind", "loopRun")
_AFTER_TASK_RUNS = (
    *_DATA,
    "variables",
    *_ORIGIN,
    "metadata",
    "scheduleDate",
    "traceParent",
    "fixtures",
    "kind",
    "breakpoints",
    "loopRun",
)
_TASK_RUN = (
    "id",
    "taskId",
    "parentTaskRunId",
    "value",
    "attempts",
    "state",
    "iteration",
    "dynamic",
    "forceExecution",
)


def answer_execution(call: Call, execution: Any) -> Response:
    """Return 200 with one execution."""
    if not call.runtime.selects_fields:
        return Response(json_text(call.kestra, execution), media_type=JSON)
    runs = [_select_fields(call, run, _TASK_RUN) for run in execution.getTaskRunList() or ()]
    head, tail = _select_fields(call, execution, _FIRST), _select_fields(call, execution, _AFTER_TASK_RUNS)
    return Response(f'{head[:-1]},"taskRunList":[{",".join(runs)}],{tail[1:]}', media_type=JSON)


def answer_page(call: Call, executions: Any) -> Response:
    """Return 200 with a page of executions (a Java list with a total) and the total of all pages."""
    fields = _IN_A_LIST if call.runtime.selects_fields else ()
    texts = (_select_fields(call, each, fields) if fields else json_text(call.kestra, each) for each in executions)
    return Response(f'{{"results":[{",".join(texts)}],"total":{executions.getTotal()}}}', media_type=JSON)


def _select_fields(call: Call, bean: Any, fields: Iterable[str]) -> str:
    """Return the JSON of these fields of a Java object, without those that are null."""
    return object_text(call, **{field: getattr(bean, f"get{field[0].upper()}{field[1:]}")() for field in fields})
