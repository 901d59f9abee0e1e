"""Each check against examples of its own: `cases/CHECK/good-*.yaml` and `bad-*.yaml`, or folders called so.

In a bad example, `# expect: CHECK words` is on the line that the problem is found at, and has words of its message or
hint. A first line `# kestra: 2.0` names another version than the usual one.

An example is read, then judged by the check whose folder it is in, and by those that its `# expect:` lines name. So a
new check breaks no example of another one, unless it finds an error in a good example: that is a flow Kestra takes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from deployer.check import CHECKS
from deployer.check.base import Check, FlowFile, Folder
from deployer.check.guarded import problems
from deployer.language.types import types_of
from deployer.model.document import Document
from deployer.model.problem import Problem
from deployer.model.version import DEFAULT
from deployer.parsing.parse import parse

CASES = sorted(Path(__file__).parent.glob("cases/*/*"))
EXPECTED = re.compile(r"# expect: ([\w-]+) (.+)")
VERSION = re.compile(r"# kestra: (\S+)")


def named(case: Path) -> str:
    return f"{case.parent.name}/{case.stem}"


def texts(case: Path) -> dict[str, str]:
    files = sorted(case.glob("*.yaml")) if case.is_dir() else [case]
    return {file.name: file.read_text(encoding="utf-8") for file in files}


def expected(case: Path) -> dict[tuple[str, int, str], str]:
    """Words that are expected, by file, line and check."""
    return {
        (name, number, match[1]): match[2]
        for name, text in texts(case).items()
        for number, line in enumerate(text.splitlines(), start=1)
        if (match := EXPECTED.search(line))
    }


def found(case: Path, checks: Sequence[Check]) -> list[Problem]:
    """What reading the example finds, and then these checks."""
    documents: list[Document] = []
    found: list[Problem] = []
    for name, text in texts(case).items():
        document, wrong = parse(name, text)
        documents += [document] if document else []
        found += wrong
    version = VERSION.match(next(iter(texts(case).values())))
    types = types_of(version[1] if version else DEFAULT.name)
    return [*found, *problems(checks, Folder([FlowFile(each, types) for each in documents], types))]


@pytest.mark.parametrize("case", CASES, ids=named)
def test_each_example_has_the_problems_that_it_says_and_no_others(case: Path) -> None:
    words = expected(case)
    names = {case.parent.name, *(check for _, _, check in words)}
    places = {
        (each.file, each.span.line if each.span else 0, each.check): each
        for each in found(case, [each for each in CHECKS if each.name in names])
    }
    assert set(places) == set(words)
    for place, said in words.items():
        assert said in f"{places[place].message}; {places[place].hint}"
    assert bool(words) is case.name.startswith("bad")


def test_no_check_finds_an_error_in_a_good_example_of_another() -> None:
    good = [case for case in CASES if case.name.startswith("good")]
    errors = {named(case): [each.message for each in found(case, CHECKS) if each.stops] for case in good}
    assert {name: messages for name, messages in errors.items() if messages} == {}


def test_every_check_has_a_bad_example() -> None:
    assert {each.name for each in CHECKS} - {case.parent.name for case in CASES if case.name.startswith("bad")} == set()


def test_the_examples_are_of_checks_that_there_are() -> None:
    assert {case.parent.name for case in CASES} <= {each.name for each in CHECKS}
