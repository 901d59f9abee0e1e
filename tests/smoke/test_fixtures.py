"""What tests mock and expect is there in their flows, or it is said at its place."""

from __future__ import annotations

import pytest

from deployer.check.suite_fixtures import fit
from deployer.model.document import Document
from deployer.model.flow import Flow
from deployer.model.problem import Problem, Severity
from deployer.model.smoke import SmokeCase
from deployer.parsing.parse import parse
from deployer.read.suites import suites

FLOW = """id: a
namespace: b.c
tasks:
  - {id: fetch, type: io.kestra.plugin.gcp.bigquery.Query, sql: x}
  - id: dir
    type: io.kestra.plugin.core.flow.WorkingDirectory
    tasks:
      - {id: inner, type: io.kestra.plugin.core.log.Log, message: hi}
  - id: gate
    type: io.kestra.plugin.core.flow.If
    condition: "true"
    then:
      - {id: nested, type: io.kestra.plugin.core.log.Log, message: hi}
errors:
  - {id: page, type: io.kestra.plugin.pagerduty.Alert}
triggers:
  - {id: hook, type: io.kestra.plugin.core.trigger.Webhook, key: abcdefgh}
outputs:
  - {id: total, type: STRING, value: x}
"""
SUITE = "id: s\nnamespace: b.c\nflowId: a\ntestCases:\n  - id: one\n"


def document(name: str, text: str) -> Document:
    found, problems = parse(name, text)
    assert found
    assert problems == []
    return found


def fitted(lines: str, version: str = "1.3", flow: str = FLOW) -> tuple[SmokeCase, list[Problem]]:
    """The case with these lines, and what of it the flow does not have."""
    suite = document("a.smoke.yaml", SUITE + "".join(f"    {line}\n" for line in lines.splitlines()))
    cases, malformed = suites([suite])
    assert malformed == []
    [case], problems = fit(cases, [suite], [Flow(document("a.yaml", flow), "b.c", "a")], version)
    return case, problems


def test_tasks_wherever_they_are_triggers_and_outputs_that_are_there_are_no_problem() -> None:
    mocked = "[{id: fetch}, {id: nested}, {id: page}, {id: dir}]"
    case, problems = fitted(
        f"fixtures: {{tasks: {mocked}, trigger: {{id: hook}}}}\n"
        "expectedTaskStates: {inner: NOT_RUN}\nexpectedOutputs: {total: 1}"
    )
    assert problems == []
    assert case.trigger
    assert case.trigger.type == "io.kestra.plugin.core.trigger.Webhook"


@pytest.mark.parametrize(
    ("lines", "line", "message", "hint"),
    [
        ("fixtures: {tasks: [{id: fetsh}]}", 6, "the flow b.c/a has no task `fetsh`", "did you mean `fetch`?"),
        ("fixtures: {trigger: {id: x}}", 6, "the flow b.c/a has no trigger `x`", "its triggers are `hook`"),
        ("expectedTaskStates: {pager: FAILED}", 6, "the flow b.c/a has no task `pager`", "did you mean `page`?"),
        ("expectedOutputs: {sum: 1}", 6, "the flow b.c/a has no output `sum`", "its outputs are `total`"),
        (
            "fixtures:\n  tasks:\n    - id: inner",
            8,
            "Kestra runs `inner` for real, mocked or not: it is inside the WorkingDirectory `dir`",
            "mock `dir`, or leave the fixture out",
        ),
        (
            "fixtures:\n  tasks:\n    - {id: fetch}\n    - {id: fetch, state: SUCCESS}",
            9,
            "the task `fetch` is mocked twice",
            "remove one of the two",
        ),
    ],
)
def test_what_the_flow_does_not_have_is_a_problem_at_its_place(lines: str, line: int, message: str, hint: str) -> None:
    _, [problem] = fitted(lines)
    assert (problem.message, problem.hint) == (message, hint)
    assert problem.span
    assert problem.span.line == line


def looped(version: str) -> str:
    """A flow with a task in a loop, and one deeper in it."""
    kind = "Loop" if version == "2.0" else "ForEach"
    inner = "{id: deep, type: io.kestra.plugin.core.flow.Sequential, tasks: [{id: deeper, type: io.kestra.plugin.x.Y}]}"
    tasks = f"[{{id: fetch, type: io.kestra.plugin.x.Y}}, {inner}]"
    loop = f"{{id: each, type: io.kestra.plugin.core.flow.{kind}, values: [a, b], tasks: {tasks}}}"
    after = "  - {id: after, type: io.kestra.plugin.x.Y}\n"
    still = "  - {id: still, type: io.kestra.plugin.x.Y, disabled: true}\n"
    return f"id: a\nnamespace: b.c\ntasks:\n  - {loop}\n{after}{still}"


def test_2x_cannot_mock_iterations_in_different_states() -> None:
    lines = "fixtures:\n  tasks:\n    - {id: fetch, value: a}\n    - {id: fetch, value: b, state: FAILED}"
    assert fitted(lines, flow=looped("1.3"))[1] == []
    _, [problem] = fitted(lines, "2.0", looped("2.0"))
    assert problem.message == "Kestra 2 cannot mock the iterations of `fetch` in different states"
    assert problem.span
    assert problem.span.line == 9


@pytest.mark.parametrize(("version", "loop", "loops"), [("2.0", "Loop", True), ("1.3", "ForEach", False)])
def test_how_executions_of_the_flow_are_read_is_the_cases(version: str, loop: str, loops: bool) -> None:
    task = "{id: each, type: io.kestra.plugin.core.log.Log, message: hi}"
    flow = (
        FLOW
        + f"afterExecution:\n  - {{id: l, type: io.kestra.plugin.core.flow.{loop}, values: [1], tasks: [{task}]}}\n"
    )
    case, problems = fitted("", version, flow)
    assert problems == []
    assert (case.loops, case.late) == (loops, frozenset({"l", "each"}))


@pytest.mark.parametrize(
    ("version", "fixture", "message"),
    [
        ("1.3", "{id: after, value: a}", "no run of `after` has the value of an iteration: it is directly in no loop"),
        (
            "1.3",
            "{id: deeper, value: a}",
            "no run of `deeper` has the value of an iteration: it is directly in no loop",
        ),
        ("2.0", "{id: after, value: a}", "no run of `after` has the value of an iteration: it is in no loop"),
        (
            "1.3",
            "{id: fetch}",
            "this mocks no run of `fetch`: Kestra 1 mocks the iterations of a loop by their values only",
        ),
        (
            "1.3",
            "{id: fetch, value: c}",
            "no iteration has the value `c`: `fetch` runs for a, b",
        ),
        ("2.0", "{id: fetch, value: c}", "no iteration has the value `c`: `fetch` runs for a, b"),
        ("1.3", "{id: still}", "Kestra does not run `still`: it is disabled"),
        ("1.3", "{id: deeper}", None),
        ("2.0", "{id: deeper, value: a}", None),
        ("2.0", "{id: fetch}", None),
    ],
)
def test_a_fixture_that_would_mock_nothing_is_a_problem(version: str, fixture: str, message: str | None) -> None:
    _, problems = fitted(f"fixtures: {{tasks: [{fixture}]}}", version, looped(version))
    assert [each.message for each in problems] == ([message] if message else [])


def test_the_task_of_an_assertion_is_there() -> None:
    _, [problem] = fitted("assertions: [{value: a, equalTo: a, taskId: fetsh}]")
    assert (problem.message, problem.hint) == ("the flow b.c/a has no task `fetsh`", "did you mean `fetch`?")


def test_values_of_a_loop_that_are_not_written_down_may_be_any() -> None:
    for values in ("'{{ inputs.x }}'", "['{{ inputs.x }}']", "[{a: 1}]", "[null]"):
        flow = looped("1.3").replace("[a, b]", values)
        assert fitted("fixtures: {tasks: [{id: fetch, value: c}]}", flow=flow)[1] == []
    assert fitted("fixtures: {tasks: [{id: fetch, value: 1}]}", flow=looped("1.3").replace("[a, b]", "[1, 2]"))[1] == []


@pytest.mark.parametrize(
    ("lines", "line", "message"),
    [
        ("assertions: [{value: a, equalTo: 1.50}]", 6, "YAML reads `1.50` as 1.5"),
        ("assertions:\n  - value: a\n    notIn:\n      - no", 9, "YAML reads `no` as false"),
        ("assertions: [{value: a, contains: 007}]", 6, "YAML reads `007` as 7"),
        ("expectedOutputs: {total: 1.10}", 6, "YAML reads `1.10` as 1.1"),
    ],
)
def test_a_value_that_is_not_what_is_written_is_a_warning(lines: str, line: int, message: str) -> None:
    _, [problem] = fitted(lines)
    assert (problem.message, problem.severity) == (f"{message}, and that is what counts here", Severity.WARNING)
    assert problem.hint == "put it in quotes if you mean the text"
    assert problem.span
    assert problem.span.line == line


def test_a_value_that_is_what_is_written_is_no_warning() -> None:
    operators = 'equalTo: 200, notEqualTo: "1.50", contains: true, in: [1.5, "no"], greaterThan: 1.50'
    assert fitted(f"assertions: [{{value: a, {operators}}}]\nexpectedOutputs: {{total: -3}}")[1] == []
