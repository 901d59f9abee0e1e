"""Changing many executions, named by their ids or found by a query; all of them, or, if one is not fit, none.

1.x answers when they are handed to the executor, with their number; 2.x with an operation that goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from deployer.engine.http.exchange.answers import json_text
from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.media import JSON
from deployer.engine.http.exchange.route import Route
from deployer.engine.http.executions.actions import STATE, ending
from deployer.engine.http.executions.read import by_id, matching
from deployer.engine.runtime.executions import Change

NOT_FOUND = "execution not found"
Unfit = Callable[[Call, Any], str | None]
"""Says why an execution cannot be changed; None when it can."""


@dataclass(frozen=True, slots=True)
class Bulk:
    """A change to many: at `executions/{path}/by-…`, called `name` in refusals."""

    path: str
    name: str
    unfit: Unfit
    prepare: Callable[[Call, Any], Change]
    method: str = "POST"
    check: Callable[[Call], object] = lambda _: None  # looks at the query before any execution is read

    def by_ids(self, call: Call) -> Response:
        """Change those whose ids the body lists."""
        self.check(call)
        return self.to_all(call, sent_ids(call))

    def by_query(self, call: Call) -> Response:
        """Change those that the filters of the query match."""
        self.check(call)
        return self.to_all(call, [str(execution.getId()) for execution in matching(call)])

    def to_all(self, call: Call, ids: Iterable[str]) -> Response:
        """Change all of them; 400 with every one that is not there or not fit, and then none is changed."""
        executions, refused = fit(call, ids, self.name, self.unfit)
        if refused:
            return refused
        runtime = call.runtime.executions
        answer = runtime.carry_out_all(self.prepare(call, execution) for execution in executions)
        text = json_text(call.kestra, call.kestra.from_json(answer))
        return Response(text, status_code=runtime.accepted, media_type=JSON)


def sent_ids(call: Call) -> list[str]:
    """Return the ids that the body lists."""
    return [str(each) for each in call.json_list("executionsId", "java.lang.String")]


def fit(call: Call, ids: Iterable[str], name: str, unfit: Unfit) -> tuple[list[Any], Response | None]:
    """Return the executions of these ids, and the refusal (400) of the whole when some are not there or not fit."""
    executions, invalids = [], call.java("java.util.ArrayList")()
    violation, text = call.core("models.validations.ManualConstraintViolation"), call.java("java.lang.String").class_
    for identifier in ids:
        execution = by_id(call, identifier)
        problem = NOT_FOUND if execution is None else unfit(call, execution)
        if problem:
            invalids.add(violation.of(problem, identifier, text, "execution", identifier))
        executions.append(execution)
    if invalids.isEmpty():
        return executions, None
    answer = f'{{"message":"invalid bulk {name}","invalids":{json_text(call.kestra, invalids)}}}'
    return [], Response(answer, status_code=400, media_type=JSON)


def _unless(fits: Callable[[Any], bool], problem: str) -> Unfit:
    return lambda _, execution: None if fits(execution.getState()) else problem


def _replayed(call: Call, execution: Any) -> Change:
    revision = None
    if call.flag("latestRevision"):
        place = (execution.getTenantId(), execution.getNamespace(), execution.getFlowId())
        revision = call.bean("repositories.FlowRepositoryInterface").findById(*place).orElseThrow().getRevision()
    return call.runtime.executions.replay(execution, None, revision, None)


def _unqueued(call: Call, execution: Any) -> Change:
    # the state is called `state` where ids are listed, `newState` where `state` is a filter
    state = call.choice("newState", STATE) or call.choice("state", STATE)
    return call.runtime.executions.unqueue(execution, state)


_BULKS = (
    Bulk(
        "restart",
        "restart",
        lambda call, execution: call.runtime.executions.restart_problem(execution),
        lambda call, execution: call.runtime.executions.restart(execution, None),
    ),
    Bulk("replay", "replay", lambda _, __: None, _replayed),
    Bulk(
        "pause",
        "pause",
        _unless(lambda state: state.isRunning(), "execution not in state RUNNING"),
        lambda call, execution: call.runtime.executions.pause(execution),
    ),
    Bulk(
        "resume",
        "resume",
        _unless(lambda state: state.isPaused(), "execution not in state PAUSED"),
        lambda call, execution: call.runtime.executions.resume(execution, None),
    ),
    Bulk(
        "change-status",
        "change executions state",
        lambda call, execution: call.runtime.executions.status_problem(execution),
        lambda call, execution: call.runtime.executions.change_status(execution, ending(call, "newStatus")),
        check=lambda call: ending(call, "newStatus"),
    ),
    Bulk(
        "unqueue",
        "unqueue",
        _unless(lambda state: str(state.getCurrent()) == "QUEUED", "execution not in state QUEUED"),
        _unqueued,
    ),
    Bulk(
        "force-run",
        "force run",
        _unless(lambda state: not state.isTerminated(), "execution in a terminated state"),
        lambda call, execution: call.runtime.executions.force_run(execution),
    ),
    Bulk(
        "kill",
        "kill",
        _unless(lambda state: not state.isTerminated(), "execution already finished"),
        lambda call, execution: call.runtime.executions.kill(execution, cascade=False),
        method="DELETE",
    ),
)


def _routes(bulk: Bulk) -> Iterator[Route]:
    yield Route(bulk.method, f"executions/{bulk.path}/by-ids", bulk.by_ids)
    yield Route(bulk.method, f"executions/{bulk.path}/by-query", bulk.by_query)


ROUTES = tuple(route for bulk in _BULKS for route in _routes(bulk))
