"""Follows what an execution triggers: the states of the executions of all flows that depend on its flow.

It polls them, as Kestra's service that streams them is part of its unpublished web server.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import jpype
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from deployer.engine.http.exchange.answers import object_text
from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.events import Event
from deployer.engine.http.exchange.filters import query_filter
from deployer.engine.http.exchange.media import EVENTS
from deployer.engine.http.exchange.route import Route
from deployer.engine.http.executions.follow import await_execution
from deployer.engine.http.executions.read import REPOSITORY

_SECONDS_BETWEEN_LOOKS = 0.5


async def follow(call: Call) -> Response:
    """Stream `progress` and `end` of every execution of a dependent flow, and `end-all`; 500 for an unknown id."""
    execution = await await_execution(call)
    waited_for = await run_in_threadpool(_find_dependents, call, execution)
    return StreamingResponse(_stream(call, execution, waited_for), headers={"content-type": EVENTS})


async def _stream(call: Call, execution: Any, waited_for: set[tuple[str, str]]) -> AsyncIterator[bytes]:
    yield Event("start", object_text(call, executionId=execution.getId())).encode()
    last: dict[str, str] = {}
    while waited_for:
        for found in await run_in_threadpool(_find_same_run, call, execution):
            flow, identifier = (str(found.getNamespace()), str(found.getFlowId())), str(found.getId())
            state = str(found.getState().getCurrent())
            if flow not in waited_for or last.get(identifier) == state:
                continue
            last[identifier] = state
            over = found.getState().isTerminated()
            yield Event("end" if over else "progress", _event_data(call, found)).encode()
            if over:
                waited_for.discard(flow)
        if waited_for:
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
    yield Event("end-all", object_text(call, executionId=execution.getId())).encode()


def _find_dependents(call: Call, execution: Any) -> set[tuple[str, str]]:
    """Return namespace and id of the flows that depend on the execution's, with that flow itself if there are any."""
    place = (execution.getTenantId(), execution.getNamespace(), execution.getFlowId())
    options = (call.flag("destinationOnly"), call.flag("expandAll"))
    topologies = call.bean("services.FlowService").findDependencies(*place, *options)
    same = jpype.JProxy("java.util.function.Function", dict={"apply": lambda node: node})
    graph = call.bean("topologies.FlowTopologyService").graph(topologies, same)
    return {(str(node.getNamespace()), str(node.getId())) for node in graph.getNodes()}


def _find_same_run(call: Call, execution: Any) -> list[Any]:
    key = str(call.core("models.Label").CORRELATION_ID)
    value = next(str(label.value()) for label in execution.getLabels() if str(label.key()) == key)
    wanted = call.java("java.util.ArrayList")()
    wanted.add(query_filter(call, "labels", "EQUALS", call.kestra.from_json({key: value})))
    unpaged = call.java("io.micronaut.data.model.Pageable").UNPAGED
    return list(call.bean(REPOSITORY).find(unpaged, call.tenant, wanted))


def _event_data(call: Call, found: Any) -> str:
    return object_text(
        call,
        executionId=found.getId(),
        tenantId=found.getTenantId(),
        namespace=found.getNamespace(),
        flowId=found.getFlowId(),
        state=found.getState(),
    )


ROUTES = (Route("GET", "executions/{executionId}/follow-dependencies", follow, produces=(EVENTS,)),)
