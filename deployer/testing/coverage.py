"""Which tasks and branches of a flow the executions of tests have reached. Pure.

A task is reached when it has run, or was mocked; SKIPPED is neither. A branch is a list of tasks that not every
execution runs: it is reached when one of its own tasks was, or was at least decided on. What is disabled does not
count, and neither does a branch without a task that does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from deployer.check.base import FlowFile
from deployer.language.leaves import truth
from deployer.language.parts import Part
from deployer.language.tasks import TASK, calls_flows, children, id_of, is_a
from deployer.model.coverage import Coverage, FlowCoverage, Kind, Target
from deployer.model.problem import Route
from deployer.model.resource import Key
from deployer.model.smoke import TaskRun

_ALWAYS = ("tasks", "task", "onPause", "listeners")
"""Where tasks are that run whenever what they are in does; all others are in branches."""
_SKIPPED = "SKIPPED"

Flows = Mapping[Key, FlowFile]
"""Every flow that was deployed, as the engine reads it."""


def late(flows: Flows) -> dict[Key, frozenset[str]]:
    """Return the tasks of each flow's `afterExecution`: they run when the execution has ended already."""
    return {
        key: frozenset(id_of(each) for each in _enabled(part.parts.get("afterExecution", ())))
        for key, flow in flows.items()
        if (part := flow.read.flow)
    }


def callers(flows: Flows) -> set[Key]:
    """Return the flows that start executions of others."""
    return {key for key, flow in flows.items() if (part := flow.read.flow) and calls_flows(part, flow.types)}


def cover(flows: Flows, runs: Mapping[Key, Iterable[TaskRun]]) -> Coverage:
    """Return what of these flows was reached by these task runs. A disabled flow is left out, as it cannot run."""
    found = (_of_flow(key, flows[key], runs.get(key, ())) for key in sorted(flows))
    return Coverage(tuple(each for each in found if each))


def _of_flow(key: Key, flow: FlowFile, runs: Iterable[TaskRun]) -> FlowCoverage | None:
    part = flow.read.flow
    if part is None or not _enabled([part]):
        return None
    decided: dict[str, bool] = {}
    for run in runs:
        decided[run.task] = decided.get(run.task, False) or run.state != _SKIPPED
    targets = sorted(_below(part, "", flow, decided), key=lambda target: target.line or 0)
    return FlowCoverage(key, flow.document.file, tuple(targets))


def _below(part: Part, name: str, flow: FlowFile, decided: Mapping[str, bool]) -> Iterator[Target]:
    """Yield the targets in a flow, or in a task that contains others; `name` is the task's, empty for the flow."""
    for route, group in groupby(children(part, flow.types), key=lambda child: _list_of(child, part)):
        tasks = _enabled(group)
        if route[0] not in _ALWAYS and any(is_a(each, TASK, flow.types) for each in tasks):
            path = ".".join(map(str, ((name,) if name else ()) + route))
            reached = any(id_of(each) in decided for each in tasks)
            yield Target(name=path, kind=Kind.BRANCH, line=_line(flow, (*part.route, *route)), reached=reached)
        for task in tasks:
            yield from _of_task(task, flow, decided)


def _of_task(task: Part, flow: FlowFile, decided: Mapping[str, bool]) -> Iterator[Target]:
    name = id_of(task)
    if is_a(task, TASK, flow.types):
        yield Target(name=name, line=_line(flow, (*task.route, "id")), reached=decided.get(name, False))
    yield from _below(task, name, flow, decided)


def _list_of(child: Part, parent: Part) -> Route:
    """Return where the list that a task is in is, from its parent: `("cases", "a")`."""
    inside = child.route[len(parent.route) :]
    return inside[:-1] if len(inside) > 1 else inside


def _enabled(parts: Iterable[Part]) -> list[Part]:
    return [each for each in parts if truth(each.value.get("disabled")) is not True]


def _line(flow: FlowFile, route: Route) -> int | None:
    marks = flow.document.marks
    span = marks.key(route) or marks.at(route)
    return span.line if span else None
