"""What is read out of a text, and what is said when it cannot be."""

from __future__ import annotations

import pytest

from deployer.model.problem import Severity, Span
from deployer.parsing.parse import parse
from deployer.parsing.reader import differs


def data(text: str) -> object:
    document, problems = parse("flow.yaml", text)
    assert document
    assert problems == []
    return dict(document.data)


def test_a_merge_key_is_a_key_like_any_other() -> None:
    assert data("b:\n  <<: {x: 1}") == {"b": {"<<": {"x": 1}}}


def test_keys_are_texts_whatever_they_look_like() -> None:
    assert data("1: a\ntrue: b\n~: c\n") == {"1": "a", "true": "b", "~": "c"}


def test_an_alias_is_its_name_and_a_warning_says_so() -> None:
    document, [problem] = parse("flow.yaml", "a: &x [1]\nb: *x")
    assert document
    assert document.data == {"a": [1], "b": "x"}
    assert (problem.severity, problem.span) == (Severity.WARNING, Span(2, 4, 2, 6))


def test_a_bomb_of_aliases_and_an_alias_within_itself_are_small() -> None:
    bomb = "a: &a [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 50))
    document, _ = parse("flow.yaml", bomb + "self: &s [*s]")
    assert document
    assert (document.data["a49"], document.data["self"]) == (["a48", "a48"], ["s"])


def test_the_text_is_kept_as_it_is() -> None:
    text = "\ufeffid: a\r\nnamespace: b  \r\n# the end\u2028"
    document, _ = parse("flow.yaml", text)
    assert document
    assert document.text == text


@pytest.mark.parametrize(
    ("text", "line", "column", "words", "hint"),
    [
        ("id: a\ntasks: [1", 2, 8, "this list is not closed", "close it with `]`"),
        ("id: a\nm: {a: b\nc: d", 2, 4, "this mapping is not closed", "close it with `}`"),
        ("id: a\n\tx: 1", 2, 1, "a tab", "indent with spaces"),
        ("id: a\nx:\t1", 2, 3, "a tab", "replace the tab"),
        ("id: a\nmessage: {{ x }}", 2, 11, "a mapping", "quote the expression"),
        ("id: a\nmessage: {{ x }} there", 2, 11, "a mapping", "quote the expression"),
        ("id: a\n- {{ x }}: 1", 2, 3, "`{{` begins a mapping", "quote the expression"),
        ("id: a\nmessage: b: c", 2, 11, "a second `: ` in one line", "quote the whole value"),
        ("id: a\n  b: c", 2, 4, "the line above already has a value", "indentation"),
        ("id: a\ntasks:\n    - id: x\n  - id: y", 4, 3, "does not belong to any list or mapping", "indentation"),
        ("tasks:\n    id: x\n    t: a\n  - id: y", 4, 3, "does not belong", "write `- ` in front of line 2, where"),
        ("a: b\ntasks:\n  id: x\n\n  # c\n  - id: y", 6, 3, "does not belong", "write `- ` in front of line 3, where"),
        ("tasks:\n  - id: x\n  id: y", 3, 3, "does not belong", "an item of a list begins with `- `"),
        ("id: a\nm: 'x\nb: c", 2, 4, "this quote is never closed", "close it"),
        ('id: a\nm: "x" y', 2, 8, "after the closing quote", "quote the whole value"),
        ('id: a\nm: "\\d"', 2, 6, "unknown escape", "write the backslash twice"),
        ("id:a\nns: b", 1, 3, "no space after `:`", "with a space in between"),
        ("id: a\nns:b\ntasks: c", 2, 3, "no space after `:`", "with a space in between"),
        ("id:a", 1, 1, "a single value", "with a space in between"),
        ("id: a\ntasks:\n  -id: x\n   type: y", 3, 3, "no space after `-`", "write `- `"),
        ("id: a\nm: @x", 2, 4, "cannot begin with this", "quote the value"),
        ("id: a\nm: *.txt", 2, 4, "have a special meaning", "quote the value"),
        ("id: a\nm: |x\n  b", 2, 5, "block scalar", "one digit"),
        ("tasks: - a", 1, 8, "a list cannot begin here", "its own line"),
        ("id: a\nfoo\nbar: 1", 3, 1, "there is no `: `", "look for a missing"),
        ("id: a\nm: \x07", 2, 4, "control character U+0007", "remove it"),
        ("id: a\nm: \x00", 2, 4, "control character U+0000", "remove it"),
        ("? [a]\n: b", 1, 3, "a list cannot be a key", "quote it"),
        ("a: 1\n*a : b", 2, 1, "an alias cannot be a key", "quote it"),
        ("a: .inf", 1, 4, "`.inf` is not a number", "quote it"),
        ("%YAML 2.0\n---\na: 1", 1, 1, "incompatible", ""),
        ("# c\n- a\n- b", 2, 1, "a list, but must be a mapping of `key: value` lines", ""),
        ("hello", 1, 1, "a single value", ""),
    ],
)
def test_an_error_says_what_is_wrong_where_and_what_to_do(
    text: str, line: int, column: int, words: str, hint: str
) -> None:
    document, [problem] = parse("flow.yaml", text)
    assert document is None
    assert problem.check == "yaml-syntax"
    assert problem.span
    assert (problem.span.line, problem.span.column) == (line, column)
    assert words in problem.message
    assert hint in problem.hint
    assert problem.excerpt == text.splitlines()[line - 1]


def test_a_text_that_is_too_long_is_refused_and_one_of_three_mebi_characters_is_read() -> None:
    longest = 3 * 1024 * 1024
    assert parse("flow.yaml", "a: " + "x" * (longest - 3))[0]
    document, [problem] = parse("flow.yaml", "a: " + "x" * (longest - 2))
    assert document is None
    assert "has 3,145,729 characters" in problem.message


@pytest.mark.parametrize("text", ["a: [b?, c]", "a: |2#\n  b", "a: b\n\t", "a: !~!x y", "{a: b}\n\t", "{a: [b?]"])
def test_what_the_quick_reader_takes_and_kestra_does_not_is_refused(text: str) -> None:
    assert parse("flow.yaml", text)[0] is None


def test_a_byte_order_mark_counts_only_where_it_is_not_in_front() -> None:
    assert data("\ufeffa: 1") == {"a": 1}
    assert data("a: 1\n\ufeffb: 2") == {"a": 1, "\ufeffb": 2}


def test_what_python_reads_for_seconds_is_left_to_the_quick_reader() -> None:
    assert parse("flow.yaml", "a:\tb\nc: " + "x " * 200_000)[0]


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


def test_an_exclamation_mark_in_a_string_is_no_reason_to_read_slowly_and_a_tag_is() -> None:
    assert not differs('a: "{{ x != y }}"\nb: wait ! please\n')
    assert differs("a: !x{y} b\n")
    assert data('a: "{{ x != y }}"\nb: != c\n') == {"a": "{{ x != y }}", "b": "c"}


def test_a_tag_right_after_the_document_is_refused_as_the_exact_reader_does() -> None:
    document, [problem] = parse("flow.yaml", "{a: b}!=!=\n")
    assert document is None
    assert problem.severity is Severity.ERROR
