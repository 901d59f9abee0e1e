"""Smoke tests against the real engine: triggered once, followed to the end, killed past their deadline."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from engine.processes import eventually
from proxy import Proxy
from pytest_httpserver import HTTPServer

from deployer.kestra.answers import Execution
from deployer.kestra.client import KestraClient
from deployer.model.resource import FLOW, Key
from deployer.model.smoke import Awaited, Expectation, SmokeCase, SmokeResult, TaskRun, UnderWay, Verdict
from deployer.settings import Settings
from deployer.smoke.follow import Follower, Seen
from deployer.smoke.run import _run_all, _without_secrets, run

NAMESPACE = "company.team"


def flow(client: KestraClient, name: str, *tasks: str) -> Key:
    lines = "".join(f"  - {task}\n" for task in tasks)
    inputs = "inputs: [{id: who, type: STRING, defaults: you}, {id: n, type: INT, defaults: 1}]\n"
    client.create_flow(f"id: {name}\nnamespace: {NAMESPACE}\n{inputs}tasks:\n{lines}", namespace=NAMESPACE, id=name)
    return Key(FLOW, NAMESPACE, name)


def case(key: Key, expected: str = "SUCCESS", seconds: float = 60, **inputs: object) -> SmokeCase:
    return SmokeCase(
        "suite",
        "case",
        key,
        "x.smoke.yaml",
        expects=Expectation(state=expected),
        timeout=timedelta(seconds=seconds),
        inputs=inputs,
    )


def result_of(case: SmokeCase, client: KestraClient) -> SmokeResult:
    [result], interrupted = run([case], {case.flow}, client)
    assert not interrupted
    return result


LOG = '{id: say, type: io.kestra.plugin.core.log.Log, message: "hello {{ inputs.who }}"}'
FAIL = "{id: fail, type: io.kestra.plugin.core.execution.Fail, errorMessage: out of stock}"
SLEEP = "{id: nap, type: io.kestra.plugin.core.flow.Sleep, duration: PT60S}"
PAUSE = "{id: hold, type: io.kestra.plugin.core.flow.Pause}"


def test_an_execution_that_ends_as_expected_passes(client: KestraClient, server: Proxy) -> None:
    result = result_of(case(flow(client, "a", LOG), who="Ada"), client)
    assert (result.verdict, result.state, result.message) == (Verdict.PASSED, "SUCCESS", "")
    assert result.execution
    execution = client.execution(result.execution)
    assert execution.inputs["who"] == "Ada"
    assert execution.kind == "TEST"
    assert sum("/executions/company.team/a" in request for request in server.requests) == 1


def test_another_end_fails_and_says_why(client: KestraClient) -> None:
    result = result_of(case(flow(client, "a", FAIL)), client)
    assert (result.verdict, result.state) == (Verdict.FAILED, "FAILED")
    assert result.message.startswith("ended FAILED, expected SUCCESS: ")
    assert "out of stock" in result.message


def test_an_expected_failure_passes(client: KestraClient) -> None:
    assert result_of(case(flow(client, "a", FAIL), "FAILED"), client).verdict is Verdict.PASSED


@pytest.mark.parametrize(("task", "state"), [(SLEEP, "RUNNING"), (PAUSE, "PAUSED")])
def test_past_its_deadline_an_execution_is_killed(client: KestraClient, task: str, state: str) -> None:
    result = result_of(case(flow(client, "a", task), seconds=2), client)
    assert (result.verdict, result.state) == (Verdict.TIMED_OUT, "KILLED")
    why = " (nothing resumes a paused execution here)" if state == "PAUSED" else ""
    assert result.message == f"still {state} after 2 s{why}, killed"
    assert result.execution
    assert client.execution(result.execution).state == "KILLED"


def test_inputs_that_the_flow_refuses_are_not_run(client: KestraClient) -> None:
    result = result_of(case(flow(client, "a", LOG), n="many"), client)
    assert (result.verdict, result.execution) == (Verdict.NOT_RUN, None)
    assert "could not be started" in result.message


def test_a_flow_that_was_not_deployed_is_not_run(client: KestraClient, server: Proxy) -> None:
    [result], _ = run([case(flow(client, "a", LOG))], set(), client)
    assert (result.verdict, result.message) == (Verdict.NOT_RUN, "its flow was not deployed")
    assert not any("/executions" in request for request in server.requests)


def test_results_come_in_the_order_of_the_cases(client: KestraClient) -> None:
    slow = flow(client, "slow", "{id: nap, type: io.kestra.plugin.core.flow.Sleep, duration: PT1S}")
    quick = flow(client, "quick", LOG)
    heard: list[object] = []
    results, _ = run([case(slow), case(quick), case(slow)], {slow, quick}, client, listen=heard.append)
    assert [result.case.flow for result in results] == [slow, quick, slow]
    ended = [each for each in heard if isinstance(each, SmokeResult)]
    assert heard[0] == Awaited(3)
    assert ended[0].case.flow == quick
    assert sorted(map(id, ended)) == sorted(map(id, results))
    assert {each.case.flow for each in heard if isinstance(each, UnderWay)} == {slow, quick}


def test_cases_of_one_flow_run_one_after_another(client: KestraClient, server: Proxy) -> None:
    key = flow(client, "a", LOG)
    results, _ = run([case(key), case(key)], {key}, client)
    first, second = (at for at, asked in enumerate(server.requests) if "POST" in asked and "/company.team/a" in asked)
    between = " ".join(server.requests[first:second])
    assert [f"/executions/{result.execution} " in f"{between} " for result in results].count(True) == 1


def test_a_trigger_whose_answer_is_an_error_is_never_sent_again(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/v1/configs").respond_with_json({"version": "1.3.31"})
    httpserver.expect_request("/api/v1/main/executions/company.team/a", "POST").respond_with_data("", status=503)
    httpserver.expect_request("/api/v1/main/executions/search").respond_with_json({"results": [], "total": 0})
    key = Key(FLOW, NAMESPACE, "a")
    with KestraClient(Settings(host=httpserver.url_for("")), sleep=lambda _: None) as client:
        result = result_of(case(key), client)
    assert result.verdict is Verdict.FAILED
    assert result.message.startswith("it is unknown whether it was started: POST ")
    assert sum(request.method == "POST" for request, _ in httpserver.log) == 1


@pytest.mark.one_version
def test_every_end_state_can_be_expected(client: KestraClient) -> None:
    """KILLED is what a mock ends as, see test_mocks: nobody else kills a test and lets it go on."""
    cancelled = "sla: [{id: never, type: EXECUTION_ASSERTION, assert: '{{ false }}', behavior: CANCEL}]\n"
    text = f"id: cancelled\nnamespace: {NAMESPACE}\n{cancelled}tasks:\n  - {LOG}\n".replace("{{ inputs.who }}", "you")
    client.create_flow(text, namespace=NAMESPACE, id="cancelled")
    warned = "{id: fail, type: io.kestra.plugin.core.execution.Fail, allowFailure: true}"
    ends = {
        "SUCCESS": flow(client, "well", LOG),
        "WARNING": flow(client, "warned", warned),
        "FAILED": flow(client, "failed", FAIL),
        "CANCELLED": Key(FLOW, NAMESPACE, "cancelled"),
    }
    cases = [case(key, state) for state, key in ends.items()]
    results, _ = run(cases, {*ends.values()}, client)
    assert [(each.verdict, each.state) for each in results] == [(Verdict.PASSED, state) for state in ends]


def test_a_test_of_a_disabled_flow_is_skipped(client: KestraClient) -> None:
    text = f"id: off\nnamespace: {NAMESPACE}\ndisabled: true\ntasks:\n  - {LOG}\n".replace("{{ inputs.who }}", "you")
    client.create_flow(text, namespace=NAMESPACE, id="off")
    result = result_of(case(Key(FLOW, NAMESPACE, "off")), client)
    assert (result.verdict, result.execution, result.message) == (Verdict.SKIPPED, None, "its flow is disabled")


def test_an_execution_of_ten_megabytes_is_followed_to_its_end(httpserver: HTTPServer) -> None:
    """An event of that size is not read; the answer to a GET is."""
    started = {"id": "X1", "namespace": NAMESPACE, "flowId": "a", "state": {"current": "CREATED"}}
    ended = started | {"state": {"current": "SUCCESS"}, "inputs": {"text": "x" * 10_000_000}}
    event = f"id: end\ndata: {json.dumps(ended)}\n\n"
    httpserver.expect_request("/api/v1/configs").respond_with_json({"version": "1.3.31"})
    httpserver.expect_request("/api/v1/main/executions/company.team/a").respond_with_json(started)
    httpserver.expect_request("/api/v1/main/executions/X1/follow").respond_with_data(
        event, content_type="text/event-stream"
    )
    httpserver.expect_request("/api/v1/main/executions/X1").respond_with_json(ended)
    with KestraClient(Settings(host=httpserver.url_for(""))) as client:
        result = result_of(case(Key(FLOW, NAMESPACE, "a")), client)
    assert (result.verdict, result.state, result.message) == (Verdict.PASSED, "SUCCESS", "")


def test_serial_cases_of_a_flow_run_alone_and_hold_up_no_other_flow() -> None:
    here, there = (Key(FLOW, NAMESPACE, name) for name in ("here", "there"))
    cases = [replace(case(here), id=f"serial{number}") for number in range(4)]
    cases += [replace(case(here), id=f"at-once{number}", parallel=True) for number in range(4)]
    cases += [replace(case(there), id="other")]
    running: list[str] = []
    beside: dict[str, set[str]] = {}

    def run_one(each: SmokeCase) -> SmokeResult:
        running.append(each.id)
        time.sleep(0.02)
        beside[each.id] = {*running}
        time.sleep(0.02)
        running.remove(each.id)
        return SmokeResult(each, Verdict.PASSED)

    results = _run_all(cases, run_one, workers=4)
    assert [each.case for each in results] == cases
    assert beside["serial0"] <= {"serial0", "other"}
    assert "serial0" in beside["other"]
    assert all(beside[f"serial{number}"] <= {f"serial{number}", "other"} for number in range(4))


@pytest.mark.one_version
def test_the_value_of_a_secret_input_is_not_shown(client: KestraClient) -> None:
    say = '{id: say, type: io.kestra.plugin.core.execution.Fail, errorMessage: "it is {{ inputs.pin }}"}'
    text = f"id: a\nnamespace: {NAMESPACE}\ninputs: [{{id: pin, type: STRING}}]\ntasks:\n  - {say}\n"
    client.create_flow(text, namespace=NAMESPACE, id="a")
    secret = replace(case(Key(FLOW, NAMESPACE, "a"), pin="Sesame-4711"), secrets=frozenset({"pin"}))
    result = result_of(secret, client)
    assert "it is ***" in result.message
    assert "Sesame" not in " ".join([result.message, *result.logs, *map(str, result.checked)])


def test_no_line_of_a_secret_of_several_lines_is_shown() -> None:
    key = "-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----"
    asked = replace(case(Key(FLOW, NAMESPACE, "a"), pin=key), secrets=frozenset({"pin"}))
    logs = tuple(f"INFO say: {line}" for line in key.splitlines())
    runs = (TaskRun(task="each", state="SUCCESS", value=key),)
    shown = _without_secrets(SmokeResult(asked, Verdict.FAILED, "MIIEvQIBADANBg", logs=logs, runs=runs))
    assert shown.logs == ("INFO say: ***",) * 4
    assert (shown.message, shown.runs[0].value) == ("***", "***")


@pytest.mark.one_version
def test_what_ends_by_itself_while_it_is_to_be_killed_was_not_killed(
    client: KestraClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill = Follower.kill

    def late(self: Follower, execution: Execution) -> Seen:
        assert eventually(lambda: client.execution(execution.id).over)
        return kill(self, client.execution(execution.id))

    monkeypatch.setattr(Follower, "kill", late)
    nap = "{id: nap, type: io.kestra.plugin.core.flow.Sleep, duration: PT2S}"
    result = result_of(case(flow(client, "naps", nap), seconds=1), client)
    assert result.verdict is Verdict.TIMED_OUT
    assert result.message == "still RUNNING after 1 s, and ended SUCCESS before it could be killed"
