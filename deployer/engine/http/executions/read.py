"""Reads and searches executions."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from deployer.engine.http.exchange.answers import object_text, unwrap
from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.filters import read_filters
from deployer.engine.http.exchange.media import JSON
from deployer.engine.http.exchange.paging import pageable
from deployer.engine.http.exchange.route import Route
from deployer.engine.http.executions.representation import answer_execution, answer_page
from deployer.engine.jvm.context import CORE

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
REPOSITORY = "repositories.ExecutionRepositoryInterface"


def find_execution(call: Call) -> Any:
    """Return the execution of the path; raises Refusal (404)."""
    return unwrap(call.bean(REPOSITORY).findById(call.tenant, call.path["executionId"]))


def find_by_id(call: Call, identifier: str) -> Any:
    """Return an execution by its id, None if there is none."""
    return call.bean(REPOSITORY).findById(call.tenant, identifier).orElse(None)


def find_matching(call: Call) -> list[Any]:
    """Return every execution that matches the filters of the query, on all pages."""
    unpaged = call.java("io.micronaut.data.model.Pageable").UNPAGED
    return list(call.bean(REPOSITORY).find(unpaged, call.tenant, read_filters(call, *FLAT)))


def get(call: Call) -> Response:
    """Return one execution; 2.x stores its outputs elsewhere."""
    return answer_execution(call, find_execution(call))


def search(call: Call) -> Response:
    """Return a page of executions; those of kind TEST only if there is a filter for the kind."""
    executions = call.bean(REPOSITORY)
    requested = pageable(call, "searchExecutions", executions.sortMapping().apply)
    results = executions.find(requested, call.tenant, read_filters(call, *FLAT))
    return answer_page(call, results)


def of_flow(call: Call) -> Response:
    """Return a page of the executions of exactly one flow."""
    flow = (call.require("namespace"), call.require("flowId"))
    results = call.bean(REPOSITORY).findByFlowId(call.tenant, *flow, pageable(call, "searchExecutionsByFlowId"))
    return answer_page(call, results)


def latest(call: Call) -> Response:
    """Return the latest execution of each flow in the body (`[{"namespace": …, "id": …}]`), summarized."""
    wanted = call.json_list("flowFilters", CORE + "repositories.ExecutionRepositoryInterface$FlowFilter")
    texts = [_summarize(call, each) for each in call.bean(REPOSITORY).lastExecutions(call.tenant, wanted)]
    return Response(f"[{','.join(texts)}]", media_type=JSON)


def _summarize(call: Call, execution: Any) -> str:
    state = execution.getState()
    return object_text(
        call,
        id=execution.getId(),
        flowId=execution.getFlowId(),
        namespace=execution.getNamespace(),
        startDate=state.getStartDate(),
        status=state.getCurrent(),
    )


ROUTES = (
    Route("GET", "executions", of_flow),
    Route("GET", "executions/search", search),
    Route("POST", "executions/latest", latest),
    Route("GET", "executions/{executionId}", get),
)
