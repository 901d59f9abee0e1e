"""Logs: those of an execution, oldest first, as entries or as text; search and deletion. `follow` streams them.

The logs of an execution are filtered by parameters in 1.x, by filters in 2.x.
"""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from deployer.engine.http.exchange.answers import as_json, file_response, json_text, page_response
from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.filters import query_filter, read_filters
from deployer.engine.http.exchange.media import JSON, TEXT
from deployer.engine.http.exchange.paging import pageable
from deployer.engine.http.exchange.route import LAST_1X, Route

FLAT = ("q", "namespace", "flowId", "triggerId", "minLevel", "startDate", "endDate")
_EVERY_ENTRY = 2**31 - 1  # a page of this size has all entries
_LEVEL = "org.slf4j.event.Level"


def find_by_parameters(call: Call) -> Any:
    """Return the logs by `minLevel`, `taskId`, `taskRunId`, `attempt` (1.x) as a Java list; none for an unknown id."""
    service = call.bean("services.ExecutionLogService")
    return service.getExecutionLogs(call.tenant, call.path["executionId"], *_parameters(call))


def find_by_filters(call: Call) -> Any:
    """Return the logs that match `filters[...]` (2.x; `filters[level][GREATER_THAN_OR_EQUAL_TO]=WARN`) likewise."""
    wanted = read_filters(call)
    wanted.add(query_filter(call, "executionId", "EQUALS", call.path["executionId"]))
    return call.runtime.logs.find(_all_in_order(call), call.tenant, wanted).getContent()


def of_execution_1x(call: Call) -> Response:
    """Return the entries by parameters."""
    return as_json(call, find_by_parameters(call))


def of_execution_2x(call: Call) -> Response:
    """Return the entries by filters."""
    return as_json(call, find_by_filters(call))


def search_1x(call: Call) -> Response:
    """Return a page of entries."""
    found = call.runtime.logs.find(pageable(call, "searchLogs"), call.tenant, read_filters(call, *FLAT))
    return page_response(call, found, found.getTotal())


def search_2x(call: Call) -> Response:
    """Return a page of entries, with the type of paging: by offset, as the engine's own store has no cursors."""
    found = call.runtime.logs.find(pageable(call, "searchLogs"), call.tenant, read_filters(call, *FLAT))
    results = json_text(call.kestra, found.getContent())
    return Response(f'{{"results":{results},"total":{found.getTotalSize()},"type":"OFFSET"}}', media_type=JSON)


def download_1x(call: Call) -> Response:
    """Return the entries by parameters as text, one per line; 404 for an unknown execution."""
    service = call.bean("services.ExecutionLogService")
    stream = service.getExecutionLogsAsStream(call.tenant, call.path["executionId"], *_parameters(call))
    return _answer_text(call, bytes(stream.readAllBytes()))


def download_2x(call: Call) -> Response:
    """Return the entries by filters likewise."""
    pretty = call.core("models.executions.LogEntry").toPrettyString
    return _answer_text(call, "\n".join(str(pretty(entry)) for entry in find_by_filters(call)).encode())


def delete_of_execution(call: Call) -> Response:
    """Delete the entries of an execution, by parameters in 1.x and 2.x: 200 in any case."""
    _, run, _, attempt, _ = _parameters(call)
    wanted = (call.query.get("taskId"), run, call.choice("minLevel", _LEVEL), attempt)
    call.runtime.logs.deleteByQuery(call.tenant, call.path["executionId"], *wanted)
    return Response(status_code=200)


def delete_of_flow(call: Call) -> Response:
    """Delete the entries of a flow, or of one of its triggers: 200 in any case."""
    place = (call.path["namespace"], call.path["flowId"], call.query.get("triggerId"))
    call.runtime.logs.deleteByQuery(call.tenant, *place)
    return Response(status_code=200)


def _parameters(call: Call) -> tuple[Any, Any, Any, Any, bool]:
    task = call.query.get("taskId")
    tasks = call.java("java.util.List").of(task) if task else None
    level = call.choice("minLevel", _LEVEL)
    return level, call.query.get("taskRunId"), tasks, call.java_integer("attempt"), True


def _all_in_order(call: Call) -> Any:
    order = call.java("io.micronaut.data.model.Sort$Order").asc("timestamp")
    sort = call.java("io.micronaut.data.model.Sort").of(call.java("java.util.List").of(order))
    return call.java("io.micronaut.data.model.Pageable").from_(1, _EVERY_ENTRY, sort)


def _answer_text(call: Call, text: bytes) -> Response:
    identifier = call.path["executionId"]
    execution = call.bean("services.ExecutionService").getExecution(call.tenant, identifier, False)
    return file_response(text, TEXT, f"{identifier}.log", cached=bool(execution.getState().isTerminated()))


ROUTES = (
    Route("GET", "logs/search", search_1x, until=LAST_1X),
    Route("GET", "logs/search", search_2x, since="2.0"),
    Route("GET", "logs/{executionId}", of_execution_1x, until=LAST_1X),
    Route("GET", "logs/{executionId}", of_execution_2x, since="2.0"),
    Route("GET", "logs/{executionId}/download", download_1x, produces=(TEXT,), until=LAST_1X),
    Route("GET", "logs/{executionId}/download", download_2x, produces=(TEXT,), since="2.0"),
    Route("DELETE", "logs/{executionId}", delete_of_execution),
    Route("DELETE", "logs/{namespace}/{flowId}", delete_of_flow),
)
