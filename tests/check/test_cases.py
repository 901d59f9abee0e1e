"""Each check against examples of its own: `cases/CHECK/good-*.yaml` and `bad-*.yaml`, or folders called so.

In a bad example, `# expect: CHECK words` stands on the line that the problem is found at, and says words of its message
or hint. A first line `# kestra: 2.0` names another version than the usual one.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deployer.check import CHECKS, check
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


def found(case: Path) -> list[Problem]:
    documents: list[Document] = []
    problems: list[Problem] = []
    for name, text in texts(case).items():
        document, wrong = parse(name, text)
        documents += [document] if document else []
        problems += wrong
    version = VERSION.match(next(iter(texts(case).values())))
    return check(documents, version[1] if version else DEFAULT.name, found=problems)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_each_example_has_the_problems_that_it_says_and_no_others(case: Path) -> None:
    expected = {
        (name, number, match[1]): match[2]
        for name, text in texts(case).items()
        for number, line in enumerate(text.splitlines(), start=1)
        if (match := EXPECTED.search(line))
    }
    problems = {(each.file, each.span.line if each.span else 0, each.check): each for each in found(case)}
    assert set(problems) == set(expected)
    for place, words in expected.items():
        assert words in f"{problems[place].message}; {problems[place].hint}"
    assert bool(expected) is case.name.startswith("bad")


def test_the_examples_are_of_checks_that_there_are() -> None:
    assert {case.parent.name for case in CASES} <= {each.name for each in CHECKS}
