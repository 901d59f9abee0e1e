"""What plain YAML stands for, as Kestra's reader was asked (1.3 and 2.0, which agree)."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.read.parse import parse


def value(written: str) -> Any:
    document, _ = parse("flow.yaml", f"a: {written}\n")
    return document.data["a"] if document else "refused"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", ""), ("~", None), ("Null", None), ("nUll", "nUll"), ("!!null x", None), ("'~'", "~"), ("&a", ""),
        ("!foo", ""),
        ("yes", True), ("On", True), ("oFF", "oFF"), ("y", "y"), ("!!bool yes", True), ("!!bool maybe", "maybe"),
        ("010", 8), ("0x1F", 31), ("0b11", 3), ("-010", -8), ("1_000", 1000), ("1_", 1), ("_1", "_1"), ("0o10", "0o10"),
        ("09", "09"), ("0x", "0x"), ("0B1", "0B1"), ("+5", 5), ("12345678901234567890", 12345678901234567890),
        ("!!int 5.5", "5.5"), ("!!int 0x1F", 31), ("! 5", 5), ("!!str 5", "5"), ("!!foo 5", "5"), ("'5'", "5"),
        ("1e3", 1000.0), ("1.", 1.0), (".5", 0.5), ("-.5", -0.5), ("._5", 0.5), ("1_0.5_0", 10.5), ("09e1", 90.0),
        ("1e", "1e"), ("1.2.3", "1.2.3"), ("!!float 1", 1.0), ("!!float x", "refused"), (".nan", "refused"),
        ("-.inf", "refused"), ("190:20:30", "190:20:30"), ("190:20:30.15", "refused"), ("NaN", "NaN"),
        ("2024-01-01", "2024-01-01"), ("12:30:00", "12:30:00"), ("=", "="), ("*x", "x"), ("[*x, *y]", ["x", "y"]),
        ("x\ty", "x\ty"), ("1\t", 1), ("1\t# c", 1), ("\tx", "refused"), ("[1,\t2]", "refused"), ('"x"\t', "refused"),
        ('"\\x41"', "A"), ("{{ x }}", "refused"), ("[? b]", [{"b": ""}]),
        ("{b: , c}", {"b": "", "c": ""}),
    ],
)  # fmt: skip
def test_plain_yaml_is_what_kestra_makes_of_it(written: str, expected: Any) -> None:
    found = value(written)
    assert found == expected
    assert type(found) is type(expected)


def test_keys_are_texts_as_they_are_written() -> None:
    document, _ = parse("flow.yaml", "1: a\ntrue: b\n1.5: c\nnull: d\n~: e\n")
    assert document
    assert dict(document.data) == {"1": "a", "true": "b", "1.5": "c", "null": "d", "~": "e"}


def test_an_alias_is_no_key() -> None:
    document, [problem] = parse("flow.yaml", "*x : 1\n")
    assert document is None
    assert problem.check == "yaml-syntax"


def test_what_is_wrong_behind_the_first_document_does_not_count() -> None:
    document, problems = parse("flow.yaml", "a: 1\n...\nb: 2\n")
    assert document
    assert [problem.check for problem in problems if problem.stops] == []
