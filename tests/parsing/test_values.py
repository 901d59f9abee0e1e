"""What plain YAML stands for; `test_values_real.py` asks whether every version of Kestra agrees."""

from __future__ import annotations

import math

import pytest
from parsing.scalars import READ, REFUSED, TOO_LARGE

from deployer.parsing.parse import parse


@pytest.mark.parametrize(("written", "expected"), [*READ, (TOO_LARGE, math.inf)])
def test_plain_yaml_is_what_kestra_makes_of_it(written: str, expected: object) -> None:
    document, _ = parse("flow.yaml", f"a: {written}\n")
    assert document
    found = document.data["a"]
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize("written", REFUSED)
def test_what_kestra_refuses_is_an_error(written: str) -> None:
    document, [problem] = parse("flow.yaml", f"a: {written}\n")
    assert document is None
    assert (problem.check, problem.span and problem.span.line) == ("yaml-syntax", 1)


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
