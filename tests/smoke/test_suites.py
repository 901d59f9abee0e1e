"""What a smoke suite may say, and what is refused instead of being half honoured."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from deployer.model.problem import Problem
from deployer.model.resource import FLOW, Key
from deployer.model.smoke import Expectation, SmokeCase
from deployer.parsing.parse import parse
from deployer.read.suites import SCHEMA, suites, unknown_flows

ROOT = Path(__file__).parents[2]

HEAD = "id: s\nnamespace: company.team\nflowId: hello\n"
CASE = HEAD + "testCases:\n  - id: a\n"
OF_KESTRA = f"""{HEAD}tenantId: main
description: As Kestra's editor writes it.
testCases:
  - id: happy
    type: io.kestra.core.tests.flow.UnitTest
    description: All goes well.
    fixtures:
      inputs: {{who: ann, nothing: null}}
      files: {{data.csv: "a,b"}}
      trigger: {{id: hook, type: io.kestra.plugin.core.trigger.Webhook, variables: {{body: {{x: 7}}}}}}
      tasks:
        - {{id: fetch, description: No network., outputs: {{code: 200}}}}
        - {{id: each, value: 1, state: FAILED}}
    assertions:
      - {{value: "{{{{ outputs.fetch.code }}}}", taskId: fetch, equalTo: 200, errorMessage: wanted 200}}
      - {{value: true, isNotNull: true, in: [true, false], description: A constant.}}
"""


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


def test_a_suite_in_kestras_own_shape_is_taken_as_it_is() -> None:
    [case], problems = read(OF_KESTRA)
    assert problems == []
    assert case.inputs == {"who": "ann", "nothing": None}
    assert case.files == {"data.csv": "a,b"}
    assert case.trigger
    assert (case.trigger.id, case.trigger.variables) == ("hook", {"body": {"x": 7}})
    assert [(each.id, each.value, each.state, each.outputs) for each in case.tasks] == [
        ("fetch", None, "SUCCESS", {"code": 200}),
        ("each", "1", "FAILED", {}),
    ]
    code, constant = case.expects.assertions
    assert (code.value, code.task, code.error_message) == ("{{ outputs.fetch.code }}", "fetch", "wanted 200")
    assert code.checks == {"equalTo": 200}
    assert (constant.value, constant.checks) == ("true", {"isNotNull": True, "in": [True, False]})


def test_what_a_deploy_needs_besides() -> None:
    [case], problems = read(
        HEAD.replace("id: s", "id: s\nparallel: true\ntags: [slow]")
        + "testCases:\n  - id: a\n    tags: [nightly]\n    labels: {team: data, on: true}\n    retries: 2\n"
        + "    expectedTaskStates: {fetch: FAILED, publish: NOT_RUN}\n    expectedOutputs: {total: 3, none: null}\n"
        + "    expectedLogs: ['^done']\n"
    )
    assert problems == []
    assert (case.parallel, case.tags, case.retries) == (True, ("slow", "nightly"), 2)
    assert case.labels == {"team": "data", "on": "true"}
    assert case.expects == Expectation(
        tasks={"fetch": "FAILED", "publish": "NOT_RUN"}, outputs={"total": 3, "none": None}, logs=("^done",)
    )


def test_keys_without_a_value_count_as_left_out() -> None:
    [case], problems = read(CASE + "    fixtures:\n    assertions:\n    timeout:\n")
    assert problems == []
    assert case == SmokeCase("s", "a", Key(FLOW, "company.team", "hello"), "hello.smoke.yaml")


def test_a_file_with_several_mistakes_names_them_all() -> None:
    cases, problems = read(CASE + "    timeout: 5\n    retries: x\n    fixture: {}\n")
    assert cases == []
    assert [each.span.line for each in problems if each.span] == [8, 6, 7]
    assert problems[0].hint == "did you mean `testCases[0].fixtures`?"


def test_what_is_disabled_is_known_and_nothing_else_of_it_counts() -> None:
    cases, _ = read(HEAD + "disabled: true\ntestCases:\n  - {id: a, tags: [x]}\n")
    assert [(case.id, case.disabled, case.tags) for case in cases] == [("a", True, ("x",))]
    cases, _ = read(HEAD + "testCases:\n  - {id: a, disabled: true, fixtures: {inputs: {no: x}}}\n  - id: b\n")
    assert [(case.id, case.disabled, case.inputs) for case in cases] == [("a", True, {}), ("b", False, {})]
    assert [*unknown_flows(cases[:1], ())] == []
    assert read(HEAD + "deleted: true\ntestCases:\n  - id: a\n") == ([], [])


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("namespace: a\nflowId: b\ntestCases: [{id: c}]\n", 1, "`id` is missing"),
        (HEAD, 1, "`testCases` is missing"),
        (HEAD + "testCases: []\n", 4, "`testCases` must be a list of at least one test"),
        (HEAD + "testCases: [a]\n", 4, "`testCases[0]` must be a mapping"),
        (CASE + "    assertions:\n      - equalTo: 1\n", 7, "`testCases[0].assertions[0].value` is missing"),
        (CASE + "    assertions:\n      - value: a\n", 7, "`testCases[0].assertions[0]` asserts nothing"),
        (
            CASE + "    assertions:\n      - {value: a, equals: 1}\n",
            7,
            "unknown key `testCases[0].assertions[0].equals`",
        ),
        (CASE + "    assertions:\n      - {value: a, in: 1}\n", 7, "must be a list, or an expression that gives one"),
        (CASE + "    fixtures: {tasks: [{}]}\n", 6, "`testCases[0].fixtures.tasks[0].id` is missing"),
        (CASE + "    fixtures: {tasks: [{id: a, state: RUNNING}]}\n", 6, "must be one of `SUCCESS`"),
        (CASE + "    fixtures: {inputs: [1]}\n", 6, "`testCases[0].fixtures.inputs` must be a mapping"),
        (CASE + "    fixtures: {files: {a/b: x}}\n", 6, "must be a file name without a folder"),
        (CASE + "    fixtures: {trigger: {}}\n", 6, "`testCases[0].fixtures.trigger.id` is missing"),
        (CASE + "    expectedState: RUNNING\n", 6, "must be one of `SUCCESS`"),
        (CASE + "    expectedState: [FAILED]\n", 6, "must be one of `SUCCESS`"),
        (CASE + "    expectedTaskStates: {a: DONE}\n", 6, "must be one of `SUCCESS`"),
        (CASE + "    expectedLogs: ['(']\n", 6, "is no regular expression: missing )"),
        (CASE + "    timeout: 30s\n", 6, "`testCases[0].timeout` must be a duration"),
        (CASE + "    timeout: PT0S\n", 6, "`testCases[0].timeout` must be a duration"),
        (CASE + "    timeout: P\n", 6, "`testCases[0].timeout` must be a duration"),
        (CASE + "    retries: 11\n", 6, "must be a whole number from 0 to 10"),
        (CASE + "    disabled: maybe\n", 6, "`testCases[0].disabled` must be true or false"),
        (CASE + "  - id: a\n", 6, "`testCases[1].id` is 'a', as that of a test before it"),
        (CASE + "    testTimeout: PT1S\n", 6, "unknown key `testCases[0].testTimeout`"),
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


def test_editors_read_the_same_schema_and_it_describes_every_key() -> None:
    assert (ROOT / "docs/suite.schema.json").read_bytes() == SCHEMA.read_bytes()
    schema = json.loads(SCHEMA.read_bytes())
    Draft202012Validator.check_schema(schema)
    assert [name for name, each in keys(schema) if "description" not in each] == []


def keys(schema: Any) -> Iterator[tuple[str, Any]]:
    """Every key that a suite can have, with what it may hold."""
    for name, each in schema.get("properties", {}).items():
        yield name, each
    for each in schema.values() if isinstance(schema, dict) else ():
        for inner in each.values() if isinstance(each, dict) else ():
            if isinstance(inner, dict):
                yield from keys(inner)


def test_what_is_empty_on_purpose_stays() -> None:
    [case], problems = read(
        CASE + "    fixtures: {files: {empty.csv: ''}, inputs: {who: ''}}\n    assertions: [{value: '', equalTo: ''}]\n"
    )
    assert problems == []
    assert (case.files, case.inputs) == ({"empty.csv": ""}, {"who": ""})
    assert case.expects.assertions[0].checks == {"equalTo": ""}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("expectedTaskStates: {publish: }", "`testCases[0].expectedTaskStates.publish` must be one of"),
        ("fixtures: {files: {a.csv: null}}", "`testCases[0].fixtures.files.a.csv` must be a string"),
        ("labels: {system.correlationId: x}", "must not begin with `system.` or `kestra-deployer.`"),
        ("labels: {kestra-deployer.project: x}", "must not begin with `system.` or `kestra-deployer.`"),
    ],
)
def test_what_would_be_dropped_or_taken_for_ours_is_a_problem(line: str, words: str) -> None:
    cases, [problem] = read(f"{CASE}    {line}\n")
    assert cases == []
    assert words in problem.message
