"""Whatever fails on one file is a problem of that file: all others are judged."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deployer import check
from deployer.check.base import Check, Finding, FlowFile, Folder
from deployer.check.guarded import problems
from deployer.language.types import types_of
from deployer.model.document import Document
from deployer.model.problem import Problem
from deployer.model.version import NAMES
from deployer.parsing.parse import parse

FLOW = """\
id: hello
namespace: company.team
tasks:
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: hello
"""
SEQUENTIAL = "io.kestra.plugin.core.flow.Sequential"


def document(name: str, text: str = FLOW) -> Document:
    read, _ = parse(name, text)
    assert read
    return read


def nested(levels: int) -> str:
    inner = "{id: say, type: io.kestra.plugin.core.log.Log, message: hello}"
    for level in range(levels):
        inner = f"{{id: level{level}, type: {SEQUENTIAL}, tasks: [{inner}]}}"
    return f"id: deep\nnamespace: company.team\ntasks: [{inner}]\n"


def throws_at(file: str) -> Check:
    def run(folder: Folder) -> Iterator[tuple[Document, Finding]]:
        for flow in folder.flows:
            if flow.document.file == file:
                raise KeyError("io.kestra.unheard.Of")
            yield flow.document, Finding(("id",), "seen")

    return Check("odd", None, together=run)


def found(one: Check, *files: str) -> list[Problem]:
    types = types_of("1.3")
    return [*problems([one], Folder([FlowFile(document(file), types) for file in files], types))]


def test_a_check_that_throws_is_a_problem_that_names_it() -> None:
    all_found = found(throws_at("b.yaml"), "a.yaml", "b.yaml", "c.yaml")
    assert sorted((each.file, each.check) for each in all_found) == [
        ("a.yaml", "odd"),
        ("b.yaml", "odd"),
        ("c.yaml", "odd"),
    ]
    [thrown] = [each for each in all_found if each.file == "b.yaml"]
    assert thrown.message == "the check `odd` fails on this file: KeyError: 'io.kestra.unheard.Of'"
    assert thrown.stops
    assert "report it" in thrown.hint


def test_a_check_that_throws_at_files_together_is_a_problem_of_none_of_them() -> None:
    def run(folder: Folder) -> Iterator[tuple[Document, Finding]]:
        if len(folder.flows) > 1:
            raise ValueError("two are too many")
        yield from ()

    [thrown] = found(Check("odd", None, together=run), "a.yaml", "b.yaml")
    assert (thrown.file, thrown.stops) == (None, True)
    assert "two are too many" in thrown.message


def test_a_flow_of_which_another_names_one_that_a_check_throws_at_is_not_called_absent() -> None:
    def run(folder: Folder) -> Iterator[tuple[Document, Finding]]:
        for flow in folder.flows:
            if flow.document.file == "b.yaml":
                raise ValueError("odd")
            if folder.whole:
                yield flow.document, Finding(("id",), "b.yaml is not there")

    assert [each.file for each in found(Check("odd", None, together=run), "a.yaml", "b.yaml")] == ["b.yaml"]


@pytest.mark.parametrize("version", NAMES)
def test_what_is_nested_too_deeply_to_be_read_is_a_problem_of_its_file(version: str) -> None:
    files = [document("deep.yaml", nested(450)), document("typo.yaml", FLOW.replace("message", "massage"))]
    assert [(each.file, each.check) for each in check.check(files, version) if each.stops] == [
        ("deep.yaml", "unread-flow"),
        ("typo.yaml", "unknown-property"),
    ]


def test_a_pattern_that_is_nested_too_deeply_is_a_problem_of_its_file() -> None:
    pattern = "(" * 500 + "x" + ")" * 500
    inputs = f"inputs:\n  - id: name\n    type: STRING\n    validator: {pattern}\n"
    typo = FLOW.replace("message", "massage").replace("id: hello", "id: typo")
    files = [document("pattern.yaml", FLOW + inputs), document("typo.yaml", typo)]
    assert [(each.file, each.check) for each in check.check(files) if each.stops] == [
        ("pattern.yaml", "regex"),
        ("typo.yaml", "unknown-property"),
    ]


def test_what_cannot_be_read_can_be_let_pass_by_name() -> None:
    assert check.check([document("deep.yaml", nested(450))], levels={"unread-flow": "off"}) == []


def test_tasks_are_judged_however_deep_people_nest_them() -> None:
    assert check.check([document("deep.yaml", nested(100))]) == []
    wrong = nested(100).replace("message: hello", "massage: hello")
    assert [each.check for each in check.check([document("deep.yaml", wrong)])] == ["unknown-property"]
