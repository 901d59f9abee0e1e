"""What a smoke suite may say, and what is refused instead of being half honoured."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deployer.model.problem import Problem
from deployer.model.resource import FLOW, Key
from deployer.model.smoke import Expectation, SmokeCase
from deployer.parsing.parse import parse
from deployer.read.suites import suites, unknown_flows

HEAD = "id: s\nnamespace: company.team\nflowId: hello\n"


def read(text: str) -> tuple[list[SmokeCase], list[Problem]]:
    document, problems = parse("hello.smoke.yaml", text)
    assert document
    assert problems == []
    return suites([document])


def test_a_suite_gives_its_cases_with_inputs_state_and_timeout() -> None:
    cases, problems = read(
        HEAD
        + "testCases:\n"
        + "  - id: fails\n    fixtures:\n      inputs: {who: ann, n: 3}\n"
        + "    expectedState: FAILED\n    timeout: PT1M30S\n"
        + "  - id: plain\n"
    )
    assert problems == []
    assert cases[0] == SmokeCase(
        suite="s",
        id="fails",
        flow=Key(FLOW, "company.team", "hello"),
        file="hello.smoke.yaml",
        expects=Expectation(state="FAILED"),
        timeout=timedelta(seconds=90),
        inputs={"who": "ann", "n": 3},
    )
    assert (cases[1].expects.state, cases[1].timeout, cases[1].inputs) == ("SUCCESS", timedelta(minutes=1), {})


def test_what_is_disabled_is_not_run() -> None:
    assert read(HEAD + "disabled: true\ntestCases:\n  - id: a\n") == ([], [])
    cases, _ = read(HEAD + "testCases:\n  - id: a\n    disabled: true\n  - id: b\n")
    assert [case.id for case in cases] == ["b"]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("namespace: a\nflowId: b\ntestCases: [{id: c}]\n", 1, "`id` is missing"),
        (HEAD, 1, "`testCases` must be a list"),
        (HEAD + "testCases: []\n", 4, "`testCases` must be a list"),
        (HEAD + "testCases: [a]\n", 4, "a case must be a mapping"),
        (HEAD + "testCases:\n  - id: a\n    assertions: []\n", 6, "`assertions` is not supported"),
        (
            HEAD + "testCases:\n  - id: a\n    fixtures: {tasks: []}\n",
            6,
            "`tasks` is not supported",
        ),
        (HEAD + "testCases:\n  - id: a\n    fixtures: {inputs: [1]}\n", 6, "`inputs` must be a mapping"),
        (HEAD + "testCases:\n  - id: a\n    expectedState: RUNNING\n", 6, "cannot end as 'RUNNING'"),
        (HEAD + "testCases:\n  - id: a\n    expectedState: [FAILED]\n", 6, "cannot end as ['FAILED']"),
        (HEAD + "testCases:\n  - id: a\n    timeout: 30s\n", 6, "not a duration: '30s'"),
        (HEAD + "testCases:\n  - id: a\n    timeout: PT0S\n", 6, "not a duration"),
        (HEAD + "testCases:\n  - id: a\n    timeout: P\n", 6, "not a duration"),
        (HEAD + "testCases:\n  - id: a\n    disabled: maybe\n", 6, "`disabled` must be true or false"),
        (HEAD + "testCases:\n  - id: a\n  - id: a\n", 6, "two cases have the id 'a'"),
        (HEAD + "testCase:\n  - id: a\n", 5, "`testCase` is not supported"),
    ],
)
def test_a_malformed_suite_is_a_problem_at_its_place(text: str, line: int, words: str) -> None:
    cases, [problem] = read(text)
    assert cases == []
    assert words in problem.message
    assert problem.span
    assert problem.span.line == line


@pytest.mark.parametrize(
    ("written", "seconds"), [("PT30S", 30), ("PT1.5S", 1.5), ("PT2M", 120), ("P1DT1H", 90000), ("PT1H1M1S", 3661)]
)
def test_timeouts_are_iso_8601_durations(written: str, seconds: float) -> None:
    [case], _ = read(HEAD + f"testCases:\n  - id: a\n    timeout: {written}\n")
    assert case.timeout.total_seconds() == seconds


def test_a_suite_whose_flow_no_file_declares_is_named_once() -> None:
    cases, _ = read(HEAD + "testCases:\n  - id: a\n  - id: b\n")
    [problem] = unknown_flows(cases, {Key(FLOW, "company.team", "other")})
    assert "company.team/hello" in problem.message
    assert list(unknown_flows(cases, {Key(FLOW, "company.team", "hello")})) == []
