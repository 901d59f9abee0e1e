"""Mocked tasks and triggers on the real engine, in both lines of Kestra."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from deployer.kestra.client import KestraClient
from deployer.model.resource import FLOW, Key
from deployer.model.smoke import Expectation, SmokeCase, SmokeResult, TaskFixture, TriggerFixture, Verdict
from deployer.model.version import Dialect
from deployer.smoke.mocks import fixtures
from deployer.smoke.run import NO_MOCKS, run

NAMESPACE = "company.team"
CORE = "io.kestra.plugin.core."
REQUEST = f"{{id: fetch, type: {CORE}http.Request, uri: 'http://localhost:1/'}}"
Test = Callable[..., SmokeResult]


def returning(name: str, text: str) -> str:
    return f"{{id: {name}, type: {CORE}debug.Return, format: '{text}'}}"


def output(name: str, value: str) -> str:
    return f"outputs: [{{id: {name}, type: STRING, value: '{value}'}}]\n"


@pytest.fixture
def tested(client: KestraClient) -> Test:
    """Stores a flow with these tasks, and runs one test of it."""

    def tested(tasks: str, *mocked: TaskFixture, more: str = "", mocks: bool = True, **case: Any) -> SmokeResult:
        text = f"id: a\nnamespace: {NAMESPACE}\n{more}tasks:\n{tasks}"
        client.create_flow(text, namespace=NAMESPACE, id="a")
        key = Key(FLOW, NAMESPACE, "a")
        [result], _ = run([SmokeCase("s", "c", key, "a.smoke.yaml", tasks=mocked, **case)], {key}, client, mocks=mocks)
        return result

    return tested


def is_1x(client: KestraClient) -> bool:
    return client.server().dialect is Dialect.V1


def loop(client: KestraClient, *tasks: str) -> str:
    """A loop over the values a, b and c, as each line of Kestra has it."""
    kind = "ForEach" if is_1x(client) else "Loop"
    return f"  - id: each\n    type: {CORE}flow.{kind}\n    values: [a, b, c]\n    tasks:\n" + "".join(
        f"      - {task}\n" for task in tasks
    )


def test_a_mocked_task_does_not_run_and_its_outputs_are_used(tested: Test) -> None:
    result = tested(
        f"  - {REQUEST}\n  - {returning('sum', '{{ outputs.fetch.code + 1 }} {{ outputs.fetch.body.name }}')}\n",
        TaskFixture(id="fetch", outputs={"code": 200, "body": {"name": "{{ inputs.who | upper }}"}}),
        more=f"inputs: [{{id: who, type: STRING}}]\n{output('sum', '{{ outputs.sum.value }}')}",
        inputs={"who": "ann"},
        expects=Expectation(outputs={"sum": "201 ANN"}, tasks={"fetch": "SUCCESS"}),
    )
    assert (result.verdict, result.message) == (Verdict.PASSED, "")


@pytest.mark.parametrize(("state", "ends"), [("FAILED", "FAILED"), ("WARNING", "WARNING"), ("KILLED", "KILLED")])
def test_a_mock_may_end_in_another_state(tested: Test, state: str, ends: str) -> None:
    result = tested(
        f"  - {REQUEST}\nerrors:\n  - {returning('page', 'x')}\n",
        TaskFixture(id="fetch", state=state),
        expects=Expectation(state=ends, tasks={"fetch": state, "page": "SUCCESS" if ends == "FAILED" else "NOT_RUN"}),
    )
    assert (result.verdict, result.message) == (Verdict.PASSED, "")


def test_the_iterations_of_a_loop_are_mocked_by_their_values(client: KestraClient, tested: Test) -> None:
    of, value = ("outputs.fetch[taskrun.value]", "taskrun.value") if is_1x(client) else ("outputs.fetch", "item.value")
    say = f"{{id: say, type: {CORE}log.Log, message: 'got {{{{ {of}.x }}}} for {{{{ {value} }}}}'}}"
    result = tested(
        loop(client, REQUEST, say),
        TaskFixture(id="fetch", value="a", outputs={"x": 1}),
        TaskFixture(id="fetch", value="b", outputs={"x": "two"}),
        TaskFixture(id="fetch", value="c", outputs={"x": "{{ 1 + 2 }}"}),
        timeout=timedelta(seconds=30),
    )
    assert (result.verdict, result.message) == (Verdict.PASSED, "")
    kinds = ("TEST",) if is_1x(client) else ("LOOP",)
    executions = client.search_executions(namespace=NAMESPACE, kinds=kinds)
    logs = [entry.message for each in executions for entry in client.list_logs_from_execution(each.id)]
    said = sorted(message for message in logs if message.startswith("got"))
    assert said == ["got 1 for a", "got 3 for c", "got two for b"]


def test_a_branch_is_taken_by_what_a_mock_gives(tested: Test) -> None:
    tasks = f"  - {REQUEST}\n  - id: choose\n    type: {CORE}flow.Switch\n    value: '{{{{ outputs.fetch.kind }}}}'\n"
    result = tested(
        f"{tasks}    cases:\n      a: [{returning('one', 'x')}]\n      b: [{returning('two', 'x')}]\n",
        TaskFixture(id="fetch", outputs={"kind": "b"}),
        expects=Expectation(tasks={"one": "NOT_RUN", "two": "SUCCESS"}),
    )
    assert (result.verdict, result.message) == (Verdict.PASSED, "")


def test_a_whole_subflow_is_mocked(tested: Test) -> None:
    call = f"{{id: call, type: {CORE}flow.Subflow, namespace: {NAMESPACE}, flowId: none, wait: true}}"
    result = tested(
        f"  - {call}\n  - {returning('use', '{{ outputs.call.outputs.total }}')}\n",
        TaskFixture(id="call", outputs={"outputs": {"total": 7}}),
        more=output("total", "{{ outputs.use.value }}"),
        expects=Expectation(outputs={"total": 7}),
    )
    assert (result.verdict, result.message) == (Verdict.PASSED, "")


def test_a_trigger_and_files_are_mocked(tested: Test) -> None:
    result = tested(
        f"  - {returning('use', '{{ trigger.body.x }} {{ read(files.data) }}')}\n",
        more=output("used", "{{ outputs.use.value }}"),
        trigger=TriggerFixture(id="hook", type=f"{CORE}trigger.Webhook", variables={"body": {"x": 7}}),
        files={"data": "content"},
        expects=Expectation(outputs={"used": "7 content"}),
    )
    assert (result.verdict, result.message) == (Verdict.PASSED, "")


def test_a_template_of_a_mock_that_fails_ends_at_the_latest_at_the_deadline(client: KestraClient, tested: Test) -> None:
    """2.0.0 tries again and again; 1.x lets the task fail."""
    result = tested(
        f"  - {REQUEST}\n",
        TaskFixture(id="fetch", outputs={"x": "{{ outputs.nothing.there }}"}),
        timeout=timedelta(seconds=3),
    )
    assert result.verdict is (Verdict.FAILED if is_1x(client) else Verdict.TIMED_OUT)
    assert not result.left_running
    assert any("nothing" in line for line in result.logs)


def test_where_nothing_can_be_mocked_the_test_is_skipped_and_nothing_runs(client: KestraClient, tested: Test) -> None:
    result = tested(f"  - {REQUEST}\n", TaskFixture(id="fetch"), mocks=False)
    assert (result.verdict, result.message, result.execution) == (Verdict.SKIPPED, NO_MOCKS, None)
    assert client.search_executions(namespace=NAMESPACE, kinds=("TEST",)) == []


@pytest.mark.one_version
def test_thirty_tests_of_one_flow_run_at_once(client: KestraClient) -> None:
    key = Key(FLOW, NAMESPACE, "a")
    text = f"id: a\nnamespace: {NAMESPACE}\n{output('code', '{{ outputs.fetch.code }}')}tasks:\n  - {REQUEST}\n"
    client.create_flow(text, namespace=NAMESPACE, id="a")
    cases = [
        SmokeCase(
            *("s", f"c{number}", key, "a.smoke.yaml"),
            tasks=(TaskFixture(id="fetch", outputs={"code": number}),),
            expects=Expectation(outputs={"code": number}),
            parallel=True,
        )
        for number in range(30)
    ]
    results, _ = run(cases, {key}, client, workers=30, mocks=True)
    assert [(each.case.id, each.verdict, each.message) for each in results] == [
        (f"c{number}", Verdict.PASSED, "") for number in range(30)
    ]


def case(*tasks: TaskFixture) -> SmokeCase:
    return SmokeCase("s", "c", Key(FLOW, NAMESPACE, "a"), "a.smoke.yaml", tasks=tasks)


def test_2x_gets_one_fixture_whose_outputs_choose_by_the_value_of_the_iteration() -> None:
    mocked = case(
        TaskFixture(id="fetch", value='say "a"', outputs={"x": 1, "y": "y"}),
        TaskFixture(id="fetch", value="b", outputs={"x": {"z": "{{ vars.v }}"}}),
        TaskFixture(id="fetch", outputs={"x": "other"}),
        TaskFixture(id="plain", outputs={"n": 5}),
    )
    told = fixtures(mocked, Dialect.V2)
    assert told
    first, second = told["tasks"]
    assert second == {"id": "plain", "state": "SUCCESS", "outputs": {"n": 5}}
    a, b = '{% if item.value == "say \\"a\\"" %}1', '{% elseif item.value == "b" %}{"z":"{{ vars.v }}"}'
    assert first["outputs"]["x"] == f"{a}{b}{{% else %}}other{{% endif %}}"
    told_1x = fixtures(mocked, Dialect.V1)
    assert told_1x
    assert [each.get("value") for each in told_1x["tasks"]] == ['say "a"', "b", None, None]


def test_nothing_is_sent_where_nothing_is_mocked() -> None:
    assert fixtures(case(), Dialect.V2) is None
