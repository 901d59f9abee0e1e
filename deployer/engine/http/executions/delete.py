"""Deletes executions, by default with their logs, metrics and files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from starlette.responses import Response

from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.media import JSON
from deployer.engine.http.exchange.route import Route
from deployer.engine.http.executions.bulk_actions import NOT_FOUND, find_all_fit, read_ids
from deployer.engine.http.executions.read import find_execution, find_matching

_PARTS = ("deleteLogs", "deleteMetrics", "deleteStorage")


def delete_one(call: Call) -> Response:
    """Delete an execution in any state: 204, or 404."""
    _delete(call, find_execution(call))
    return Response(status_code=204)


def delete_by_ids(call: Call) -> Response:
    """Delete the executions whose ids the body lists: 200 with their number, or 400 and none is deleted."""
    return _delete_all(call, read_ids(call))


def delete_by_query(call: Call) -> Response:
    """Delete the executions that match the filters of the query."""
    return _delete_all(call, [str(execution.getId()) for execution in find_matching(call)])


def _delete_all(call: Call, ids: Iterable[str]) -> Response:
    executions, refused = find_all_fit(call, ids, "delete", _find_obstacle)
    if refused:
        return refused
    for execution in executions:
        _delete(call, execution)
    return Response(f'{{"count":{len(executions)}}}', media_type=JSON)


def _find_obstacle(call: Call, execution: Any) -> str | None:
    deletable = execution.getState().isTerminated() or call.flag("includeNonTerminated")
    return None if deletable else NOT_FOUND


def _delete(call: Call, execution: Any) -> None:
    parts = [call.flag(name, default=True) for name in _PARTS]
    call.bean("services.ExecutionService").delete(execution, *parts)


ROUTES = (
    Route("DELETE", "executions/by-ids", delete_by_ids),
    Route("DELETE", "executions/by-query", delete_by_query),
    Route("DELETE", "executions/{executionId}", delete_one),
)
