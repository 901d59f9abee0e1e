"""Expressions are read as Kestra's engine reads them: it is asked of the lines of `expressions.txt`, and mistakes."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from deployer.engine.process.launch import RunningEngine
from deployer.language.expression import Expressions, Malformed, Named
from deployer.language.types import types_of
from deployer.model.version import Dialect

TEXTS = (Path(__file__).parent / "expressions.txt").read_text(encoding="utf-8").splitlines()
FLOW = """\
id: f
namespace: team.a
tasks:
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: hello
"""
REFUSALS = ("ParserException", "NumberFormatException", "ClassCastException", "For input string", "cannot be cast")
PIECES = [
    "{{",
    "}}",
    "{%",
    "%}",
    "}",
    "(",
    ")",
    "[",
    "]",
    "'",
    '"',
    "|",
    ".",
    ",",
    "?",
    "-",
    "#{",
    " not ",
    " is ",
    "\\",
    "5L",
]


def texts() -> list[str]:
    """The texts of the file, two of several lines, and small mistakes in them, made by a fixed seed."""
    chance = random.Random(11)  # noqa: S311  (no secret)
    mistakes = [mistaken(chance.choice(TEXTS), chance) for _ in range(400)]
    return [*TEXTS, "{% raw %}\n{{ a {% endraw %}", "{{\na\n}}", *filter(None, mistakes)]


def mistaken(text: str, chance: random.Random) -> str:
    parts = re.findall(r"\w+|\s+|.", text)
    at = chance.randrange(len(parts))
    parts[at : at + chance.randrange(2)] = chance.choice([[], [chance.choice(PIECES)], [parts[at], parts[at]]])
    return "".join(parts)


@pytest.fixture
def is_refused(engine: RunningEngine, tenant: str) -> Iterator[Callable[[str], bool]]:
    """Tells whether the engine cannot read an expression, asked to evaluate it within an execution."""
    with httpx.Client(base_url=f"{engine.url}/api/v1/{tenant}", timeout=60) as client:
        client.post("/flows", content=FLOW, headers={"content-type": "application/x-yaml"}).raise_for_status()
        started = client.post("/executions/team.a/f", files={"none": (None, "")}, params={"wait": True}).json()
        actions = "actions/" if engine.version.dialect is Dialect.V2 else ""

        def is_refused(text: str) -> bool:
            path, kind = f"/executions/{started['id']}/{actions}eval", {"content-type": "text/plain"}
            answer = client.post(path, content=text.encode(), headers=kind)
            said = str(answer.json().get("stackTrace", "")) if answer.status_code == 200 else answer.text
            return any(sign in said for sign in REFUSALS)

        yield is_refused


def test_what_the_engine_cannot_read_is_malformed_and_nothing_else_is(
    engine: RunningEngine, is_refused: Callable[[str], bool]
) -> None:
    expressions = Expressions(types_of(engine.version.name).words)
    different = [text for text in texts() if is_refused(text) is not malformed(expressions, text)]
    assert different == []


def malformed(expressions: Expressions, text: str) -> bool:
    try:
        expressions.read(text)
    except Malformed:
        return True
    return False


def test_what_is_named_is_told_without_the_macros_of_the_text() -> None:
    text = "{% macro m() %}{{ f() }}{% endmacro %}{{ m() | g(h(1)) is t }}"
    named = Expressions(types_of("1.3").words).read(text).named
    assert [(each.kind, each.name) for each in named] == [
        ("functions", "f"), ("filters", "g"), ("functions", "h"), ("tests", "t"),
    ]  # fmt: skip
    assert named[0] == Named("functions", "f", text.index("f()"))


def test_a_text_that_is_nested_without_end_is_not_judged() -> None:
    with pytest.raises(RecursionError):
        Expressions(types_of("1.3").words).read("{{ " + "(" * 5000 + ")" * 5000 + " }}")
