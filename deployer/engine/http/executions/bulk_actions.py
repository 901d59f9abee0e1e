"""Changes many executions, listed by id or found by a query: all of them, or none if one of them is not fit.

1.x answers with their number when they are handed to the executor; 2.x with an operation that continues.
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
from deployer.engine.http.executions.actions import STATE, read_end_state
from deployer.engine.http.executions.read import find_by_id, find_matching
from deployer.engine.runtime.executions import Change

NOT_FOUND = "execution not found"
Unfit = Callable[[Call, Any], str | None]
"""Returns why an execution cannot be changed, None when it can."""


@dataclass(frozen=True, slots=True)
class Bulk:
    """A bulk change at `executions/{path}/by-…`, called `name` in refusals."""

    path: str
    name: str
    unfit: Unfit
    prepare: Callable[[Call, Any], Change]
    method: str = "POST"
    check: Callable[[Call], object] = lambda _: None  # checks the query before any execution is read

    def by_ids(self, call: Call) -> Response:
        """Change the executions whose ids the body lists."""
        self.check(call)
        return self.to_all(call, read_ids(call))

    def by_query(self, call: Call) -> Response:
        """Change the executions that match the filters of the query."""
        self.check(call)
        return self.to_all(call, [str(execution.getId()) for execution in find_matching(call)])

    def to_all(self, call: Call, ids: Iterable[str]) -> Response:
        """Change all of them; if any is missing or not fit, answer 400 with those, and change none."""
        executions, refused = find_all_fit(call, ids, self.name, self.unfit)
        if refused:
            return refused
        runtime = call.runtime.executions
        answer = runtime.carry_out_all(self.prepare(call, execution) for execution in executions)
        text = json_text(call.kestra, call.kestra.from_json(answer))
        return Response(text, status_code=runtime.bulk_status, media_type=JSON)


def read_ids(call: Call) -> list[str]:
    """Return the ids that the body lists."""
    return [str(each) for each in call.json_list("executionsId", "java.lang.String")]


def find_all_fit(call: Call, ids: Iterable[str], name: str, unfit: Unfit) -> tuple[list[Any], Response | None]:
    """Return the executions with these ids, and a refusal (400) of all if any is missing or not fit."""
    executions, invalids = [], call.java("java.util.ArrayList")()
    violation, text = call.core("models.validations.ManualConstraintViolation"), call.java("java.lang.String").class_
    for identifier in ids:
        execution = find_by_id(call, identifier)
        problem = NOT_FOUND if execution is None else unfit(call, execution)
        if problem:
            invalids.add(violation.of(problem, identifier, text, "execution", identifier))
        executions.append(execution)
    if invalids.isEmpty():
        return executions, None
    answer = f'{{"message":"invalid bulk {name}","invalids":{json_text(call.kestra, invalids)}}}'
    return [], Response(answer, status_code=400, media_type=JSON)


def _refuse_unless(fits: Callable[[Any], bool], problem: str) -> Unfit:
    return lambda _, execution: None if fits(execution.getState()) else problem


def _prepare_replay(call: Call, execution: Any) -> Change:
    revision = None
    if call.flag("latestRevision"):
        place = (execution.getTenantId(), execution.getNamespace(), execution.getFlowId())
        revision = call.bean("repositories.FlowRepositoryInterface").findById(*place).orElseThrow().getRevision()
    return call.runtime.executions.replay(execution, None, revision, None)


def _prepare_unqueue(call: Call, execution: Any) -> Change:
    # the parameter is `state` where ids are listed, `newState` where `state` is a filter
    state = call.choice("newState", STATE) or call.choice("state", STATE)
    return call.runtime.executions.unqueue(execution, state)


_BULKS = (
    Bulk(
        "restart",
        "restart",
        lambda call, execution: call.runtime.executions.restart_problem(execution),
        lambda call, execution: call.runtime.executions.restart(execution, None),
    ),
    Bulk("replay", "replay", lambda _, __: None, _prepare_replay),
    Bulk(
        "pause",
        "pause",
        _refuse_unless(lambda state: state.isRunning(), "execution not in state RUNNING"),
        lambda call, execution: call.runtime.executions.pause(execution),
    ),
    Bulk(
        "resume",
        "resume",
        _refuse_unless(lambda state: state.isPaused(), "execution not in state PAUSED"),
        lambda call, execution: call.runtime.executions.resume(execution, None),
    ),
    Bulk(
        "change-status",
        "change executions state",
        lambda call, execution: call.runtime.executions.status_problem(execution),
        lambda call, execution: call.runtime.executions.change_status(execution, read_end_state(call, "newStatus")),
        check=lambda call: read_end_state(call, "newStatus"),
    ),
    Bulk(
        "unqueue",
        "unqueue",
        _refuse_unless(lambda state: str(state.getCurrent()) == "QUEUED", "execution not in state QUEUED"),
        _prepare_unqueue,
    ),
    Bulk(
        "force-run",
        "force run",
        _refuse_unless(lambda state: not state.isTerminated(), "execution in a terminated state"),
        lambda call, execution: call.runtime.executions.force_run(execution),
    ),
    Bulk(
        "kill",
        "kill",
        _refuse_unless(lambda state: not state.isTerminated(), "execution already finished"),
        lambda call, execution: call.runtime.executions.kill(execution, cascade=False),
        method="DELETE",
    ),
)


def _routes(bulk: Bulk) -> Iterator[Route]:
    yield Route(bulk.method, f"executions/{bulk.path}/by-ids", bulk.by_ids)
    yield Route(bulk.method, f"executions/{bulk.path}/by-query", bulk.by_query)


ROUTES = tuple(route for bulk in _BULKS for route in _routes(bulk))
