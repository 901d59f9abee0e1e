"""What is written as YAML is read again as the same, by our reader, which reads as Kestra's does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.parsing.dump import dump
from deployer.parsing.parse import parse

TRAPS = [
    *(
        "yes",
        "010",
        "1_000",
        "0o10",
        "12:30:00",
        "2024-01-01",
        "~",
        "null",
        "",
        "*a",
        "&a",
        "!x",
        "- a",
        "a: b",
        "a #b",
    ),
    *("{{ x }}", '{{ "x" }}', "a\nb\n", "a\n", "\na", " a\nb", "a\tb", "\u202eab", "1e3", "0x1F", ".5", "+1", "1."),
    *("-", "?", "<<", "=", "a\r\nb", "#c", "'", '"', "y", "n", "NaN", ".inf", "!", "08", "0b1", "1:20.5", "---", "..."),
]
TEXTS = st.text() | st.sampled_from(TRAPS)
LEAVES = TEXTS | st.integers() | st.booleans() | st.none() | st.floats(allow_nan=False, allow_infinity=False)
DATA = st.recursive(LEAVES, lambda each: st.lists(each, max_size=3) | st.dictionaries(TEXTS, each, max_size=3))


def read(text: str) -> Any:
    document, problems = parse("x.yaml", text)
    assert document, problems
    assert problems == []
    return document.data


@given(DATA)
def test_it_is_read_as_it_was(value: Any) -> None:
    found = read(dump({"v": value}))["v"]
    assert (found, type(found)) == (value, type(value))


def test_the_same_value_twice_is_written_twice() -> None:
    value = {"a": [1]}
    assert read(dump({"one": value, "two": value})) == {"one": value, "two": value}


@pytest.mark.parametrize(
    "text", ["::error::no", "##[group]", "a\n::error::no\n", "a\n  ::error::no\n", "\x1b[31m", "\u202e"]
)
def test_no_line_is_a_command_and_no_character_hides(text: str) -> None:
    written = dump({"a": [text], "b": text})
    assert not any(line.lstrip().startswith(("::", "##")) for line in written.splitlines())
    assert written.replace("\n", "").isprintable()
    assert read(written) == {"a": [text], "b": text}
