"""Logs of an execution, oldest first. 1.x narrows them by parameters, 2.x by filters."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from deployer.engine.http.answers import as_json
from deployer.engine.http.call import Call
from deployer.engine.http.filters import filters, query_filter
from deployer.engine.http.refusal import not_converted
from deployer.engine.http.route import Route

_EVERY_ENTRY = 2**31 - 1  # a page of this size holds all


def by_parameters(call: Call) -> Response:
    """Return the logs by `minLevel`, `taskId`, `taskRunId` and `attempt` (1.x); none for an unknown id."""
    task, attempt = call.query.get("taskId"), call.number("attempt")
    tasks = None
    if task:
        tasks = call.java("java.util.ArrayList")()
        tasks.add(task)
    number = None if attempt is None else call.java("java.lang.Integer").valueOf(attempt)
    service = call.bean("services.ExecutionLogService")
    wanted = (_level(call), call.query.get("taskRunId"), tasks, number, True)
    return as_json(call, service.getExecutionLogs(call.tenant, call.path["executionId"], *wanted))


def by_filters(call: Call) -> Response:
    """Return the logs that match `filters[...]` (2.x; `filters[level][GREATER_THAN_OR_EQUAL_TO]=WARN`)."""
    wanted = filters(call)
    wanted.add(query_filter(call, "executionId", "EQUALS", call.path["executionId"]))
    store = call.bean("repositories.LogDataStoreInterface")
    return as_json(call, store.find(_all_in_order(call), call.tenant, wanted).getContent())


def _all_in_order(call: Call) -> Any:
    order = call.java("io.micronaut.data.model.Sort$Order").asc("timestamp")
    sort = call.java("io.micronaut.data.model.Sort").of(call.java("java.util.List").of(order))
    return call.java("io.micronaut.data.model.Pageable").from_(1, _EVERY_ENTRY, sort)


def _level(call: Call) -> object:
    name = call.query.get("minLevel")
    if not name:
        return None
    try:
        return call.java("org.slf4j.event.Level").valueOf(name)
    except call.java("java.lang.IllegalArgumentException") as error:
        raise not_converted("minLevel", name, str(error.getMessage())) from None


ROUTES = (
    Route("GET", "logs/{executionId}", by_parameters, until="1.3"),
    Route("GET", "logs/{executionId}", by_filters, since="2.0"),
)
