"""A test that reaches a task that only stands for another one fails, whatever it expects."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from deployer.model.resource import FLOW, Key, Resource
from deployer.model.smoke import SmokeCase, SmokeResult, TaskFixture, TaskRun, Verdict
from deployer.parsing.parse import parse
from deployer.testing.absent import Absent
from deployer.testing.reached import called, not_run, reached, report, without_excuse

PARENT, CHILD, GRANDCHILD = (Key(FLOW, "a.b", name) for name in ("parent", "child", "grandchild"))
TASK = Absent("fetch", "io.kestra.plugin.gcp.X", ("tasks", 0))
TRIGGER = Absent("fetch", "io.kestra.plugin.gcp.T", ("triggers", 0))


def result(runs: Sequence[TaskRun], *mocked: TaskFixture) -> SmokeResult:
    case = SmokeCase("s", "c", PARENT, "a.smoke.yaml", tasks=mocked)
    return SmokeResult(case, Verdict.PASSED, execution="E", runs=tuple(runs))


@pytest.mark.parametrize(
    ("run", "mocked", "on_1x", "on_2x"),
    [
        (TaskRun(task="fetch", state="FAILED"), [], True, True),
        (TaskRun(task="fetch", state="SKIPPED"), [], False, False),
        (TaskRun(task="other", state="FAILED"), [], False, False),
        (TaskRun(task="fetch", state="FAILED"), [TaskFixture(id="fetch")], False, False),
        (TaskRun(task="fetch", state="FAILED", value="b"), [TaskFixture(id="fetch", value="a")], True, False),
        (TaskRun(task="fetch", state="FAILED", value="a"), [TaskFixture(id="fetch", value="a")], False, False),
        (TaskRun(task="fetch", state="FAILED", value="a"), [TaskFixture(id="fetch")], True, False),
    ],
)
def test_what_is_mocked_is_not_reached(run: TaskRun, mocked: list[TaskFixture], on_1x: bool, on_2x: bool) -> None:
    absent = {PARENT: [TASK, TRIGGER]}
    for by_value, is_reached in ((True, on_1x), (False, on_2x)):
        found = reached(result([run], *mocked), absent, {}, by_value=by_value)
        assert found == ([(PARENT, TASK)] if is_reached else [])


def test_no_fixture_reaches_a_called_flow() -> None:
    ran = {CHILD: [TaskRun(task="fetch", state="FAILED")]}
    test = result([TaskRun(task="fetch", state="SUCCESS")], TaskFixture(id="fetch"))
    found = reached(test, {CHILD: [TASK]}, ran, by_value=False)
    assert found == [(CHILD, TASK)]
    failed = without_excuse(test, found)
    assert (failed.verdict, failed.message) == (
        Verdict.FAILED,
        "reached `fetch` of a.b/child, a io.kestra.plugin.gcp.X, which this engine does not have",
    )
    text = "id: child\nnamespace: a.b\ntasks:\n  - id: fetch\n    type: io.kestra.plugin.gcp.X\n"
    document, _ = parse("child.yaml", text)
    assert document
    [problem] = report([(failed, found)], {CHILD: document})
    assert (problem.file, problem.span and problem.span.line) == ("child.yaml", 5)
    assert problem.hint.startswith("mock the task that calls this flow, or add --plugins io.kestra.plugin:plugin-gcp")


def test_a_test_that_reaches_nothing_of_it_keeps_its_verdict() -> None:
    test = result([TaskRun(task="fetch", state="SUCCESS")], TaskFixture(id="fetch"))
    assert without_excuse(test, []) is test


def test_flows_are_called_directly_and_through_others() -> None:
    resources = {
        PARENT: Resource(PARENT, "", needs=frozenset({CHILD})),
        CHILD: Resource(CHILD, "", needs=frozenset({GRANDCHILD, PARENT})),
        GRANDCHILD: Resource(GRANDCHILD, ""),
    }
    assert called(PARENT, resources) == {CHILD, GRANDCHILD}
    assert called(GRANDCHILD, resources) == set()


def test_what_only_stood_for_a_task_has_not_run() -> None:
    runs = [TaskRun(task="fetch", state="FAILED"), TaskRun(task="other", state="FAILED")]
    assert [run.state for run in not_run(runs, [TASK])] == ["SKIPPED", "FAILED"]
    assert [run.state for run in not_run(runs, [TRIGGER])] == ["FAILED", "FAILED"]
