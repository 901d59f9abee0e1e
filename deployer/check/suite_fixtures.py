"""Checks what tests mock and expect against their flows: tasks, triggers and outputs that are not there.

Kestra ignores a fixture of a task that is not there, and runs the real one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from deployer.check.base import Finding, FlowFile, problem
from deployer.check.suite_scalars import of_expectations
from deployer.language.leaves import as_text, truth
from deployer.language.parts import Part
from deployer.language.tasks import FOR_EACH, LOOP, WORKING_DIRECTORY, has_loops, id_of, late_tasks, tasks
from deployer.language.types import Types, types_of
from deployer.language.words import did_you_mean
from deployer.model.document import Document
from deployer.model.flow import Flow
from deployer.model.problem import Problem, Route
from deployer.model.resource import Key
from deployer.model.smoke import SUITE, SmokeCase, TaskFixture


@dataclass(frozen=True, slots=True)
class _Flow:
    """What a flow has that tests can name, by id."""

    path: str
    tasks: Sequence[str] = ()
    triggers: Mapping[str, str] = field(default_factory=dict)  # with their types
    outputs: Sequence[str] = ()
    inside: Mapping[str, str] = field(default_factory=dict)  # task → the WorkingDirectory that it is in
    iterated: frozenset[str] = frozenset()  # tasks whose runs have the value of an iteration
    disabled: frozenset[str] = frozenset()
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)  # of the loop that a task is directly in
    loops: bool = False
    late: frozenset[str] = frozenset()


def fit(
    cases: Sequence[SmokeCase], suites: Sequence[Document], flows: Sequence[Flow], version: str
) -> tuple[list[SmokeCase], list[Problem]]:
    """Return the cases with what their flows say of them, and a problem for each name that the flow does not have.

    That is the types of triggers, and how its executions are read. `flows` are the flows without errors; a case of any
    other flow stays unchanged.
    """
    types = types_of(version)
    documents = {each.file: each for each in suites}
    wanted = {case.flow for case in cases}
    known: dict[Key, _Flow] = {
        flow.key: _flow(flow, FlowFile(flow.document, types).read.flow, types) for flow in flows if flow.key in wanted
    }
    made: list[SmokeCase] = []
    problems: list[Problem] = []
    for case in cases:
        flow = None if case.disabled else known.get(case.flow)
        made.append(replace(_with_type(case, flow), loops=flow.loops, late=flow.late) if flow else case)
        found = (*_findings(case, flow, types), *of_expectations(case, documents[case.file])) if flow else ()
        problems += (problem(SUITE, documents[case.file], finding) for finding in found)
    return made, problems


def _flow(flow: Flow, part: Part | None, types: Types) -> _Flow:
    if part is None:
        return _Flow(flow.key.path)
    found = [*tasks(part, types)]
    return _Flow(
        flow.key.path,
        [id_of(each) for each in found],
        {id_of(each): as_text(each.value.get("type", "")) for each in part.parts.get("triggers", ())},
        [id_of(each) for each in part.parts.get("outputs", ())],
        {
            id_of(each): id_of(outer)
            for outer in found
            if outer.cls == WORKING_DIRECTORY
            for each in outer.parts.get("tasks", ())
        },
        frozenset(_iterated(found, types)),
        frozenset(id_of(each) for each in found if truth(each.value.get("disabled")) is True),
        {id_of(each): values for loop in found if (values := _values(loop)) for each in loop.parts.get("tasks", ())},
        has_loops(part, types),
        frozenset(id_of(each) for each in late_tasks(part, types)),
    )


def _iterated(found: Sequence[Part], types: Types) -> Iterator[str]:
    """Yield the tasks that a fixture with a value can mean: 1.x gives it only to those directly in a loop."""
    for loop in found:
        if types.since("2.0") and loop.cls == LOOP:
            inner = [*tasks(Part(loop.cls, loop.route, loop.value, {"tasks": loop.parts.get("tasks", [])}), types)]
            yield from (id_of(each) for each in inner)
        elif loop.cls in FOR_EACH:
            yield from (id_of(each) for each in loop.parts.get("tasks", ()))


def _values(loop: Part) -> Sequence[str]:
    """Return the values of a loop's iterations where they are written down, empty elsewhere."""
    values = loop.value.get("values") if loop.cls in (*FOR_EACH, LOOP) else None
    if not isinstance(values, list) or any(isinstance(each, Mapping | list) or each is None for each in values):
        return ()
    found = [as_text(each) for each in values]
    return () if any("{{" in each or "{%" in each for each in found) else found


def _with_type(case: SmokeCase, flow: _Flow) -> SmokeCase:
    trigger = case.trigger
    if not trigger or trigger.type:
        return case
    return replace(case, trigger=replace(trigger, type=flow.triggers.get(trigger.id, "")))


def _findings(case: SmokeCase, flow: _Flow, types: Types) -> Iterator[Finding]:
    yield from _of_fixtures(case, flow, types)
    if case.trigger and case.trigger.id not in flow.triggers:
        route = case.trigger.route
        yield _missing("trigger", case.trigger.id, flow.triggers, flow, (*route, "id"))
    for name in case.expects.tasks:
        if name not in flow.tasks:
            yield _missing("task", name, flow.tasks, flow, (*case.route, "expectedTaskStates", name))
    for each in case.expects.assertions:
        if each.task and each.task not in flow.tasks:
            yield _missing("task", each.task, flow.tasks, flow, (*each.route, "taskId"))
    for name in case.expects.outputs:
        if name not in flow.outputs:
            yield _missing("output", name, flow.outputs, flow, (*case.route, "expectedOutputs", name))


def _of_fixtures(case: SmokeCase, flow: _Flow, types: Types) -> Iterator[Finding]:
    seen: set[tuple[str, str | None]] = set()
    states: dict[str, str] = {}
    for fixture in case.tasks:
        yield from _of_fixture(fixture, flow, types)
        if (fixture.id, fixture.value) in seen:
            of = f" for the value {fixture.value}" if fixture.value is not None else ""
            yield Finding(fixture.route, f"the task `{fixture.id}` is mocked twice{of}", "remove one of the two")
        seen.add((fixture.id, fixture.value))
        if types.since("2.0") and states.setdefault(fixture.id, fixture.state) != fixture.state:
            message = f"Kestra 2 cannot mock the iterations of `{fixture.id}` in different states"
            yield Finding((*fixture.route, "state"), message, "write a test for each state")


def _of_fixture(fixture: TaskFixture, flow: _Flow, types: Types) -> Iterator[Finding]:
    route = (*fixture.route, "id")
    if fixture.id not in flow.tasks:
        yield _missing("task", fixture.id, flow.tasks, flow, route)
    elif outer := flow.inside.get(fixture.id):
        message = f"Kestra runs `{fixture.id}` for real, mocked or not: it is inside the WorkingDirectory `{outer}`"
        yield Finding(route, message, f"mock `{outer}`, or leave the fixture out")
    elif fixture.id in flow.disabled:
        yield Finding(route, f"Kestra does not run `{fixture.id}`: it is disabled", "leave the fixture out")
    elif fixture.value is not None and (values := flow.values.get(fixture.id)) and fixture.value not in values:
        message = f"no iteration has the value `{fixture.value}`: `{fixture.id}` runs for {', '.join(values)}"
        yield Finding((*fixture.route, "value"), message, did_you_mean(fixture.value, values))
    elif fixture.value is not None and fixture.id not in flow.iterated:
        where = "in no loop" if types.since("2.0") else "directly in no loop"
        message = f"no run of `{fixture.id}` has the value of an iteration: it is {where}"
        yield Finding((*fixture.route, "value"), message, "leave out `value`")
    elif fixture.value is None and fixture.id in flow.iterated and not types.since("2.0"):
        message = f"this mocks no run of `{fixture.id}`: Kestra 1 mocks the iterations of a loop by their values only"
        yield Finding(route, message, "add `value`, and a fixture for each value")


def _missing(what: str, name: str, known: Sequence[str] | Mapping[str, str], flow: _Flow, route: Route) -> Finding:
    listed = f"its {what}s are {', '.join(f'`{each}`' for each in known)}" if known else f"it has no {what}s"
    message = f"the flow {flow.path} has no {what} `{name}`"
    return Finding(route, message, did_you_mean(name, [*known]) or listed, at_key=route[-1] == name)
