"""What a test expects and what was there: every operator, states of tasks, outputs, lines of the log."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.model.smoke import Assertion, Checked, Expectation, TaskRun
from deployer.smoke.expect import Ended, Rendering, judge, templates

VALUE = "{{ outputs.fetch.code }}"


def asserted(actual: str, **checks: Any) -> list[Checked]:
    """Judge one assertion about an expression that was rendered so; what is said of the state is left out."""
    expected = Expectation(assertions=(Assertion(value=VALUE, checks=checks),))
    return judge(expected, Ended(state="SUCCESS", rendered={VALUE: Rendering(result=actual)}))[1:]


@pytest.mark.parametrize(
    ("actual", "operator", "expected", "holds"),
    [
        ("200", "equalTo", 200, True),
        ("200", "equalTo", "200", True),
        ("1", "equalTo", 1.0, False),  # texts are compared
        ("1.0E8", "equalTo", 1e8, True),  # as Java writes it
        ("true", "equalTo", True, True),
        ('{"b": [1], "a": 2}', "equalTo", {"a": 2, "b": [1]}, True),
        ("no JSON", "equalTo", {"a": 2}, False),
        ("[1]", "equalTo", [True], False),
        ("", "equalTo", None, True),
        ("200", "notEqualTo", 404, True),
        ("200", "notEqualTo", 200, False),
        ("hello", "contains", "ell", True),
        ("a1", "contains", 1, True),
        ("hello", "contains", "x", False),
        ("hello", "startsWith", "he", True),
        ("hello", "startsWith", "lo", False),
        ("hello", "endsWith", "lo", True),
        ("hello", "endsWith", "he", False),
        ("2", "in", [1, 2], True),
        ("2", "in", "[1, 2]", True),
        ("3", "in", [1, 2], False),
        ("3", "notIn", [1, 2], True),
        ("2", "notIn", [1, 2], False),
        ("2", "greaterThan", 1.5, True),
        ("2", "greaterThan", 2, False),
        ("2", "greaterThanOrEqualTo", 2, True),
        ("1", "greaterThanOrEqualTo", "2", False),
        ("-1e3", "lessThan", 0, True),
        ("0", "lessThan", 0, False),
        ("0", "lessThanOrEqualTo", 0, True),
        ("1", "lessThanOrEqualTo", 0, False),
        ("", "isNull", True, True),
        ("x", "isNull", True, False),
        ("x", "isNull", False, True),
        ("", "isNull", False, False),
        ("x", "isNotNull", True, True),
        ("", "isNotNull", True, False),
        ("", "isNotNull", "false", True),
    ],
)
def test_every_operator(actual: str, operator: str, expected: Any, holds: bool) -> None:
    [checked] = asserted(actual, **{operator: expected})
    assert checked.passed is holds
    assert checked.what == f"{VALUE} {operator}"
    assert checked.actual == actual


@pytest.mark.parametrize(
    ("operator", "expected", "message"),
    [
        ("greaterThan", 1, "'many' is not a number"),
        ("lessThan", "1_000", "'many' is not a number"),
        ("in", "a, b", "'a, b' is no list"),
        ("notIn", "{}", "'{}' is no list"),
    ],
)
def test_what_cannot_be_compared_fails_and_says_why(operator: str, expected: Any, message: str) -> None:
    [checked] = asserted("many", **{operator: expected})
    assert (checked.passed, checked.message) == (False, message)


def test_one_assertion_may_have_several_operators_and_says_what_it_is_for() -> None:
    assertion = Assertion(
        value=VALUE,
        checks={"greaterThan": 100, "lessThan": "{{ vars.most }}"},
        description="All rows are there.",
        error_message="{{ vars.why }}",
        task="fetch",
    )
    expected = Expectation(assertions=(assertion,))
    assert templates(expected) == [VALUE, "{{ vars.why }}", "{{ vars.most }}"]
    rendered = {VALUE: "300", "{{ vars.most }}": "200", "{{ vars.why }}": "too many rows"}
    ended = Ended(state="SUCCESS", rendered={text: Rendering(result=each) for text, each in rendered.items()})
    _, greater, less = judge(expected, ended)
    assert (greater.passed, greater.message) == (True, "")
    assert less == Checked(
        what=f"fetch: {VALUE} lessThan", expected="200", actual="300", passed=False, message="too many rows"
    )


def test_an_expression_that_cannot_be_rendered_fails() -> None:
    expected = Expectation(assertions=(Assertion(value=VALUE, checks={"isNull": True}),))
    trouble = Rendering(error="Unable to find `fetch`")
    [_, checked] = judge(expected, Ended(state="SUCCESS", rendered={VALUE: trouble}))
    assert (checked.passed, checked.message) == (False, "it cannot be rendered: Unable to find `fetch`")


def test_states_of_tasks_outputs_and_lines_of_the_log() -> None:
    expected = Expectation(
        state="WARNING",
        tasks={"each": "SUCCESS", "fetch": "FAILED", "publish": "NOT_RUN", "page": "SUCCESS"},
        outputs={"total": 3, "names": ["a"], "none": None, "gone": "x"},
        logs=("^done in [0-9]+ s$", "never"),
    )
    runs = [TaskRun(task=task, state=state) for task, state in
            (("each", "SUCCESS"), ("each", "FAILED"), ("fetch", "FAILED"))]  # fmt: skip
    ended = Ended(
        state="WARNING",
        runs=runs,
        outputs={"total": "3", "names": ["a"], "none": None},
        logs=("begun", "done in 5 s"),
    )
    found = {each.what: (each.passed, each.actual) for each in judge(expected, ended)}
    assert found == {
        "state": (True, "WARNING"),
        "state of the task each": (False, "SUCCESS, FAILED"),
        "state of the task fetch": (True, "FAILED"),
        "state of the task publish": (True, "NOT_RUN"),
        "state of the task page": (False, "NOT_RUN"),
        "output total": (True, "3"),
        "output names": (True, '["a"]'),
        "output none": (True, ""),
        "output gone": (False, ""),
        "log /^done in [0-9]+ s$/": (True, "done in 5 s"),
        "log /never/": (False, "none of 2 lines matches"),
    }


@pytest.mark.parametrize(("wanted", "found"), [(1, True), (False, 0), ([1], [True]), ({"a": 1}, {"a": True})])
def test_a_boolean_is_no_number(wanted: Any, found: Any) -> None:
    [_, checked] = judge(Expectation(outputs={"x": wanted}), Ended(state="SUCCESS", outputs={"x": found}))
    assert not checked.passed


def test_a_number_has_no_underscores() -> None:
    [checked] = asserted("1_000", greaterThan=999)
    assert (checked.passed, checked.message) == (False, "'1_000' is not a number")


NAME, OTHER = "{{ outputs.r.name }}", "{{ outputs.r.other }}"
RENDERED = {NAME: Rendering(result="x"), OTHER: Rendering(result="y")}


@pytest.mark.parametrize(
    ("operator", "expected", "holds"),
    [
        ("in", ["a", NAME], True),
        ("in", [OTHER], False),
        ("notIn", [NAME], False),
        ("notIn", [OTHER], True),
        ("equalTo", [NAME], False),
        ("notEqualTo", {"a": NAME}, True),
    ],
)
def test_what_it_is_compared_with_is_rendered_in_lists_and_mappings_too(
    operator: str, expected: Any, holds: bool
) -> None:
    expects = Expectation(assertions=(Assertion(value=NAME, checks={operator: expected}),))
    assert {NAME} <= {*templates(expects)} <= {NAME, OTHER}
    [found] = judge(expects, Ended(state="SUCCESS", rendered=RENDERED))[1:]
    assert found.passed is holds
    assert "{{" not in found.expected


def test_what_cannot_be_rendered_in_a_list_fails() -> None:
    expects = Expectation(assertions=(Assertion(value=NAME, checks={"notIn": ["a", OTHER]}),))
    rendered = {**RENDERED, OTHER: Rendering(error="no such task")}
    [found] = judge(expects, Ended(state="SUCCESS", rendered=rendered))[1:]
    assert (found.passed, found.message) == (False, "it cannot be rendered: no such task")


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("{{ secret('A') }}", "******"),
        ("{{ secret ('A') | base64encode }}", "KioqKioq"),
        ("{{ inputs.pw }}", '{"value":"r220","type":"io.kestra.datatype:aes_encrypted"}'),
    ],
)
@pytest.mark.parametrize("operator", ["equalTo", "notEqualTo", "isNotNull"])
def test_nothing_is_compared_with_a_secret_that_kestra_does_not_show(text: str, result: str, operator: str) -> None:
    for value, expected in ((text, "x"), ("x", text)):
        expects = Expectation(assertions=(Assertion(value=value, checks={operator: expected}),))
        [found] = judge(expects, Ended(state="SUCCESS", rendered={text: Rendering(result=result)}))[1:]
        assert not found.passed
        assert "nothing can be compared with one" in found.message
