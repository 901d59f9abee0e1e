"""Comments that silence: what they cover, and what is said of those that cover nothing."""

from __future__ import annotations

import pytest

from deployer.check import check
from deployer.model.problem import Problem
from deployer.parsing.parse import parse

HEAD = "id: hello\nnamespace: company.team\n"
SIGN = "# kestra-deployer: ignore"
TASK = "  - id: a\n    type: io.kestra.plugin.core.log.Log\n    message: hello\n"


def found(text: str) -> list[Problem]:
    document, problems = parse("a.yaml", text)
    assert document
    return check([document], "1.3", found=problems)


def names(text: str) -> list[str]:
    return [problem.check for problem in found(text)]


def test_a_comment_behind_a_line_silences_that_line_only() -> None:
    text = HEAD + f"tasks:\n{TASK}    one: 1  {SIGN}[unknown-property] of another plugin\n    two: 2\n"
    [problem] = found(text)
    assert (problem.check, problem.span and problem.span.line) == ("unknown-property", 8)


def test_a_comment_above_a_task_silences_the_whole_task_and_no_other() -> None:
    other = TASK.replace("id: a", "id: b")
    text = HEAD + f"tasks:\n  {SIGN}[unknown-property] why\n\n{TASK}    one: 1\n    two: 2\n{other}    three: 3\n"
    [problem] = found(text)
    assert "`three`" in problem.message


def test_a_comment_above_a_property_silences_it() -> None:
    assert names(HEAD + f"{SIGN}[unknown-property]\nextra:\n  a: 1\ntasks:\n{TASK}") == []


def test_a_comment_names_several_checks() -> None:
    text = (
        HEAD + f"tasks:\n  {SIGN}[invalid-value, unknown-property] legacy\n{TASK.replace('id: a', 'id: a b')}    x: 1\n"
    )
    assert names(text) == []


def test_another_checks_problem_is_not_silenced() -> None:
    assert names(HEAD + f"tasks:\n{TASK}    one: 1  {SIGN}[wrong-type]\n") == ["unknown-property", "unused-ignore"]


@pytest.mark.parametrize("style", ["|", ">-"])
def test_what_stands_in_a_text_is_no_comment(style: str) -> None:
    text = HEAD + f"description: {style}\n  {SIGN}[unknown-property]\nextra: 1\ntasks:\n{TASK}"
    assert names(text) == ["unknown-property"]


def test_a_comment_that_silences_nothing_is_named_at_its_place() -> None:
    [problem] = found(HEAD + f"tasks:\n{TASK}    {SIGN}[unknown-property]\n")
    assert (problem.check, problem.severity, problem.span and problem.span.line) == ("unused-ignore", "warning", 7)


def test_a_comment_with_a_check_that_does_not_exist_says_so() -> None:
    [problem] = found(HEAD + f"tasks:\n{TASK}    {SIGN}[unknown-propery]\n")
    assert "there is no check `unknown-propery`" in problem.message
