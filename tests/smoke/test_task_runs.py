"""The task runs that a test sees: also of iterations, which are executions of their own in 2.0, and after the end."""

from __future__ import annotations

from dataclasses import replace

import pytest
from proxy import Proxy
from smoke.test_run import LOG, case, flow, result_of

from deployer.kestra.client import KestraClient
from deployer.model.smoke import Expectation, SmokeResult, Verdict

TASK = "io.kestra.plugin.core"
LOOP = (
    f"{{id: outer, type: {TASK}.flow.Loop, values: [a, b], tasks: ["
    f"{{id: is_a, type: {TASK}.flow.If, condition: \"{{{{ item.value == 'a' }}}}\", then: ["
    f"{{id: only_a, type: {TASK}.log.Log, message: a}}]}}, "
    f"{{id: inner, type: {TASK}.flow.Loop, values: [1, 2], tasks: ["
    f"{{id: each, type: {TASK}.log.Log, message: x}}]}}]}}"
)
FOR_EACH = (
    f"{{id: outer, type: {TASK}.flow.ForEach, values: [a, b], tasks: [{{id: each, type: {TASK}.log.Log, message: x}}]}}"
)
FAST = f"{{id: first, type: {TASK}.log.Log, message: a}}"
LATE = f"\nafterExecution:\n  - {{id: nap, type: {TASK}.flow.Sleep, duration: PT0.5S}}\n  - {LOG}"


def runs(result: SmokeResult) -> list[tuple[str, str, str]]:
    return [(run.task, run.value, run.state) for run in result.runs]


def searches(server: Proxy) -> int:
    return sum("/executions/search" in request for request in server.requests)


@pytest.mark.one_version("2.0")
def test_those_of_iterations_are_among_them_and_can_be_expected(client: KestraClient, server: Proxy) -> None:
    expects = Expectation(tasks={"only_a": "SUCCESS", "each": "SUCCESS", "inner": "SUCCESS", "outer": "SUCCESS"})
    looping = replace(case(flow(client, "loops", LOOP)), expects=expects, loops=True)
    result = result_of(looping, client)
    assert (result.verdict, result.message) == (Verdict.PASSED, "")
    inner = [("each", "1", "SUCCESS"), ("each", "2", "SUCCESS")]
    assert runs(result) == [
        ("outer", "", "SUCCESS"),
        *[("is_a", "a", "SUCCESS"), ("only_a", "a", "SUCCESS"), ("inner", "a", "SUCCESS"), *inner],
        *[("is_a", "b", "SUCCESS"), ("inner", "b", "SUCCESS"), *inner],
    ]
    assert searches(server) == 1


SAYS = (
    f"{{id: each, type: {TASK}.flow.Loop, values: [a, b], tasks: "
    f"[{{id: tell, type: {TASK}.log.Log, message: 'it is {{{{ item.value }}}}'}}]}}"
)


@pytest.mark.one_version("2.0")
def test_lines_that_iterations_log_are_found(client: KestraClient) -> None:
    expects = Expectation(logs=("it is a", "^it is b$"))
    result = result_of(replace(case(flow(client, "told", SAYS)), expects=expects, loops=True), client)
    assert (result.verdict, result.message) == (Verdict.PASSED, "")


@pytest.mark.one_version("2.0")
def test_the_log_of_the_iteration_that_failed_explains_the_failure(client: KestraClient) -> None:
    broken = SAYS.replace("log.Log, message: 'it is", "execution.Fail, errorMessage: 'broken at")
    result = result_of(replace(case(flow(client, "broken", broken)), loops=True), client)
    assert result.verdict is Verdict.FAILED
    assert result.message.startswith("ended FAILED, expected SUCCESS: broken at ")
    assert any("tell: broken at" in line for line in result.logs)


def test_without_a_loop_nothing_more_is_asked(client: KestraClient, server: Proxy) -> None:
    assert result_of(case(flow(client, "a", LOG)), client).verdict is Verdict.PASSED
    assert searches(server) == 0


@pytest.mark.one_version("1.3")
def test_those_of_iterations_are_the_executions_own_before_2_0(client: KestraClient, server: Proxy) -> None:
    key = flow(client, "loops", FOR_EACH)
    result = result_of(replace(case(key), expects=Expectation(tasks={"each": "SUCCESS"})), client)
    assert result.verdict is Verdict.PASSED
    assert runs(result) == [("outer", "", "SUCCESS"), ("each", "a", "SUCCESS"), ("each", "b", "SUCCESS")]
    assert searches(server) == 0


def test_what_runs_after_the_end_is_waited_for_where_it_is_expected(client: KestraClient) -> None:
    expects = Expectation(tasks={"nap": "SUCCESS", "say": "SUCCESS"})
    late = replace(case(flow(client, "late", FAST + LATE)), expects=expects, late=frozenset({"nap", "say"}))
    result = result_of(late, client)
    assert (result.verdict, result.message) == (Verdict.PASSED, "")
    assert runs(result) == [("first", "", "SUCCESS"), ("nap", "", "SUCCESS"), ("say", "", "SUCCESS")]
