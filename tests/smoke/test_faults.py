"""What answers say that are lost, late or no answers of Kestra's: no execution is started twice, none is forgotten."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from faults.faults import after, half, reset_after
from proxy import Fault, Proxy, answers
from smoke.test_run import LOG, SLEEP, case, flow, result_of

from deployer.kestra.client import KestraClient
from deployer.model.resource import FLOW, Key
from deployer.model.smoke import SmokeResult, Verdict
from deployer.smoke.run import run

PAGE = answers(200, "<html><title>Signed out</title></html>", "text/html")
UNSOUND: dict[str, Fault] = {
    "500": answers(500),
    "401": answers(401),
    "a page": PAGE,
    "half": half,
    "empty JSON": answers(200, "{}"),
    "404": answers(404, '{"message": "no Route matched"}'),
}
LOST: dict[str, Fault] = {
    "lost": reset_after,
    "half": half,
    "a page": after(PAGE),
    "empty JSON": after(answers(200, "{}")),
    "408": after(answers(408)),
    "409": after(answers(409, '{"message": "conflict"}')),
    "500": after(answers(500)),
}


def starts(request: str) -> bool:
    return request.startswith("POST") and "/executions/company.team/a" in request


def polls(request: str) -> bool:
    return request.startswith("GET") and "/executions/" in request and "/search" not in request


def once(asks: Callable[[str], bool], fault: Fault) -> Callable[[int, str], Fault | None]:
    """Spoil the first of such requests."""
    left = [fault]
    return lambda _, request: left.pop() if asks(request) and left else None


def always(asks: Callable[[str], bool], fault: Fault) -> Callable[[int, str], Fault | None]:
    return lambda _, request: fault if asks(request) else None


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST.keys())
def test_a_start_that_was_carried_out_is_found_and_followed_whatever_was_answered(
    client: KestraClient, server: Proxy, fault: Fault
) -> None:
    test = case(flow(client, "a", LOG))
    with server.failing(once(starts, fault)):
        result = result_of(test, client)
    assert (result.verdict, result.state, result.message) == (Verdict.PASSED, "SUCCESS", "")
    assert sum(map(starts, server.requests)) == 1


def test_a_start_that_cannot_be_looked_for_says_that_nobody_knows(client: KestraClient, server: Proxy) -> None:
    test = case(flow(client, "a", LOG))
    with server.failing(always(lambda each: starts(each) or "/search" in each, answers(504))):
        result = result_of(test, client)
    assert (result.verdict, result.execution) == (Verdict.FAILED, None)
    assert result.message.startswith("it is unknown whether it was started: POST ")


@pytest.mark.one_version("2.0")
@pytest.mark.parametrize("fault", UNSOUND.values(), ids=UNSOUND.keys())
def test_one_answer_that_says_nothing_does_not_end_the_following(
    client: KestraClient, server: Proxy, fault: Fault
) -> None:
    test = case(flow(client, "a", LOG))
    with server.failing(once(lambda each: polls(each) and "/follow" not in each, fault)):
        result = result_of(test, client)
    assert (result.verdict, result.state, result.message) == (Verdict.PASSED, "SUCCESS", "")


@pytest.mark.usefixtures("short_grace")
def test_what_cannot_be_followed_any_more_is_killed_at_its_deadline(client: KestraClient, server: Proxy) -> None:
    test = case(flow(client, "a", SLEEP), seconds=2)
    with server.failing(always(polls, answers(500))):
        result = result_of(test, client)
    assert (result.verdict, result.left_running) == (Verdict.TIMED_OUT, True)
    assert result.message.startswith("still CREATED after 2 s, as last seen (GET ")
    assert "it is unknown whether the kill succeeded: GET " in result.message
    assert ended(client, result) == "KILLED"


def test_a_kill_that_fails_is_sent_again(client: KestraClient, server: Proxy) -> None:
    test = case(flow(client, "a", SLEEP), seconds=2)
    with server.failing(once(lambda each: "/kill" in each, answers(500))):
        result = result_of(test, client)
    assert (result.verdict, result.state, result.left_running) == (Verdict.TIMED_OUT, "KILLED", False)


def retried(client: KestraClient, task: str, interval: str = "PT1S") -> Key:
    """A flow whose first execution fails and is retried as new ones, which do something else."""
    client.create_flow(
        "id: a\nnamespace: company.team\n"
        f"retry: {{type: constant, interval: {interval}, maxAttempts: 2, behavior: CREATE_NEW_EXECUTION}}\n"
        "tasks:\n"
        "  - {id: first, type: io.kestra.plugin.core.execution.Fail, "
        'condition: "{{ execution.originalId == execution.id }}"}\n'
        f"  - {task}\n",
        namespace="company.team",
        id="a",
    )
    return Key(FLOW, "company.team", "a")


FAIL = "{id: then, type: io.kestra.plugin.core.execution.Fail, errorMessage: out of stock}"


@pytest.mark.parametrize(("task", "state"), [(LOG.replace("{{ inputs.who }}", "you"), "SUCCESS"), (FAIL, "FAILED")])
def test_the_state_of_what_is_retried_as_a_new_execution_is_that_of_the_last(
    client: KestraClient, task: str, state: str
) -> None:
    result = result_of(case(retried(client, task), state), client)
    assert (result.verdict, result.state, result.message) == (Verdict.PASSED, state, "")
    assert result.execution
    last = client.execution(result.execution)
    assert (last.state, client.execution(last.parent).state) == (state, "RETRIED")


def test_of_what_is_retried_as_a_new_execution_the_one_that_runs_is_killed(client: KestraClient) -> None:
    result = result_of(case(retried(client, SLEEP), seconds=6), client)
    assert (result.verdict, result.state, result.left_running) == (Verdict.TIMED_OUT, "KILLED", False)
    assert result.message == "still RUNNING after 6 s, killed"


def test_a_retry_that_begins_after_the_deadline_is_killed_as_it_begins(client: KestraClient) -> None:
    result = result_of(case(retried(client, SLEEP, "PT6S"), seconds=3), client)
    assert (result.verdict, result.state, result.left_running) == (Verdict.TIMED_OUT, "KILLED", False)
    assert result.message == "still RETRIED after 3 s, killed"


@pytest.mark.usefixtures("short_grace")
def test_a_retry_that_begins_much_later_is_named(client: KestraClient) -> None:
    result = result_of(case(retried(client, LOG, "PT1H"), seconds=3), client)
    assert (result.verdict, result.state, result.left_running) == (Verdict.TIMED_OUT, "RETRIED", True)
    assert result.message.endswith("its retry has not begun yet, and nothing can prevent it")


def ended(client: KestraClient, result: SmokeResult) -> str:
    """The state in which an execution is over."""
    assert result.execution
    deadline = time.monotonic() + 30
    while not (execution := client.execution(result.execution)).over and time.monotonic() < deadline:
        time.sleep(0.1)
    return execution.state


@pytest.mark.parametrize("kestra", ["1.0"], indirect=True)
def test_before_1_2_a_retry_as_a_new_execution_is_said_to_be_out_of_sight(client: KestraClient) -> None:
    result = result_of(case(retried(client, LOG), "FAILED"), client)
    assert (result.verdict, result.state) == (Verdict.FAILED, "RETRIED")
    assert result.message == "ended RETRIED; its retry cannot be followed before Kestra 1.2"


@pytest.mark.untraced
@pytest.mark.one_version("2.0")
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.thorough) for seed in (1, 2, 3))])
def test_fifty_runs_with_faults_leave_nothing_running_and_start_nothing_twice(
    client: KestraClient, server: Proxy, seed: int
) -> None:
    """Of every seventh request, whichever it is, the answer is lost, late, half, an error, or no answer of Kestra's."""
    chance = random.Random(seed)  # noqa: S311  (the same faults in every run)
    faults = [reset_after, half, answers(500), answers(404), PAGE, after(answers(500)), after(PAGE), None]
    quick, slow = flow(client, "a", LOG), flow(client, "slow", SLEEP)
    cases = [replace(case(quick, seconds=20), id=f"c{number}", parallel=True) for number in range(45)]
    cases += [replace(case(slow, seconds=1), id=f"s{number}", parallel=True) for number in range(5)]

    def spoil(_: int, request: str) -> Fault | None:
        return chance.choice(faults) if "/executions" in request and chance.random() < 1 / 7 else None

    with server.failing(spoil):
        results, interrupted = run(cases, {quick, slow}, client, workers=8)
    assert not interrupted
    assert len(results) == 50
    started = [request for request in server.requests if starts(request) or "/executions/company.team/slow" in request]
    assert len(started) == len(cases)
    time.sleep(1)
    for result in results:
        found = client.search_executions(labels={"kestra-deployer.case": f"suite.{result.case.id}"}, kinds=("TEST",))
        assert len(found) <= 1, result
        left = [each for each in found if not client.execution(each.id).over]
        assert not left or result.left_running, result
    passed = sum(result.verdict is Verdict.PASSED for result in results)
    assert passed > 35, [result.message for result in results if result.verdict is not Verdict.PASSED]
