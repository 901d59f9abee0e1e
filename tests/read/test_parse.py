"""What is read out of a text, and what is said when it cannot be."""

from __future__ import annotations

import pytest

from deployer.model.problem import Severity, Span
from deployer.read.parse import parse


def data(text: str) -> object:
    document, problems = parse("flow.yaml", text)
    assert document
    assert problems == []
    return dict(document.data)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("yes", True),
        ("on", True),
        ("TRUE", True),
        ("010", 8),
        ("0x1F", 31),
        ("0b11", 3),
        ("1_000", 1000),
        ("-5", -5),
        ("~", None),
        ("0o10", "0o10"),
        ("12:30:00", "12:30:00"),
        ("2024-01-01", "2024-01-01"),
        ("!foo 5", "5"),
    ],
)
def test_scalars_are_read_as_kestra_reads_them(written: str, read: object) -> None:
    assert data(f"key: {written}") == {"key": read}


def test_a_merge_key_is_a_key_like_any_other() -> None:
    assert data("a: &a {x: 1}\nb:\n  <<: *a") == {"a": {"x": 1}, "b": {"<<": {"x": 1}}}


def test_the_text_is_kept_as_it_is() -> None:
    text = "\ufeffid: a\r\nnamespace: b  \r\n# the end\u2028"
    document, _ = parse("flow.yaml", text)
    assert document
    assert document.text == text


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("id: a\ntasks: [1", 3, "did not find expected ',' or ']'"),
        ("id: a\n\tx: 1", 2, "found a tab character"),
        ("id: a\nmessage: {{ x }}", 2, "unhashable key"),
        ("id: a\nmessage: b: c", 2, "mapping values are not allowed"),
        ("- a\n- b", 1, "a list, where `key: value` lines are expected"),
        ("hello", 1, "a single value"),
    ],
)
def test_a_syntax_error_says_where_it_is(text: str, line: int, words: str) -> None:
    document, [problem] = parse("flow.yaml", text)
    assert document is None
    assert problem.check == "yaml-syntax"
    assert problem.span
    assert problem.span.line == line
    assert words in problem.message


@pytest.mark.parametrize(
    ("text", "hint"),
    [("a: {{ x }}", "quote the expression"), ("a: b: c", "quote the value"), ("\ta: 1", "indent with spaces")],
)
def test_the_usual_mistakes_get_a_hint(text: str, hint: str) -> None:
    _, [problem] = parse("flow.yaml", text)
    assert hint in problem.hint


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n"])
def test_an_empty_file_is_called_empty(text: str) -> None:
    document, [problem] = parse("flow.yaml", text)
    assert document is None
    assert problem.check == "empty-file"


def test_a_key_given_twice_is_an_error_at_its_second_place() -> None:
    _, [problem] = parse("flow.yaml", "id: a\ntasks:\n  - type: x\n    type: y\n")
    assert (problem.check, problem.severity) == ("duplicate-key", Severity.ERROR)
    assert problem.span == Span(4, 5, 4, 9)
    assert "line 3" in problem.message


def test_a_second_document_is_a_warning_because_kestra_ignores_it() -> None:
    document, [problem] = parse("flow.yaml", "id: a\n---\nid: [")
    assert document
    assert document.data == {"id": "a"}
    assert (problem.check, problem.severity) == ("second-document", Severity.WARNING)
    assert problem.span == Span(2, 1, 2, 4)


@pytest.mark.parametrize("text", ["a: " + "[" * 200_000, "- " * 100_000, "a: " + "{b: " * 5_000, "? " * 20_000])
def test_bottomless_nesting_is_a_problem_not_a_crash(text: str) -> None:
    document, [problem] = parse("flow.yaml", text)
    assert document is None
    assert problem.check == "yaml-syntax"


def test_marks_know_where_values_stand_and_how_they_are_written() -> None:
    document, _ = parse("flow.yaml", "id: 010\nnamespace:\ntasks:\n  - id: first\n    message: hello\n")
    assert document
    assert document.data["id"] == 8
    assert document.marks.scalar(("id",)) == "010"
    assert document.marks.at(("id",)) == Span(1, 5, 1, 8)
    assert document.marks.at(("namespace",)) == Span(2, 1, 2, 10)
    assert document.marks.at(("tasks", 0, "id")) == Span(4, 9, 4, 14)
    assert document.marks.at(("tasks", 0)) == Span(4, 5, 5, 19)
    assert document.marks.at(("tasks", 1)) is None
    assert document.marks.at(("nope",)) is None
