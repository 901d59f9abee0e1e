"""Where in a flow the place is that a constraint of Kestra's names."""

from __future__ import annotations

import pytest

from deployer.check.server import place, problems
from deployer.kestra.answers import Verdict
from deployer.model.problem import Route
from deployer.model.sent import Sent
from deployer.read.parse import parse

FLOW = {"tasks": [{"id": "a", "message": "x"}, {"id": "b", "tasks": [{"id": "c"}]}], "inputs": [{"id": "i"}]}


@pytest.mark.parametrize(
    ("constraint", "route"),
    [
        ("tasks[0].message: must not be null", ("tasks", 0, "message")),
        ("tasks[1].tasks[0].id: must match", ("tasks", 1, "tasks", 0, "id")),
        ("tasks[b].tasks[c]: Cyclic dependency", ("tasks", 1, "tasks", 0)),
        ("Validation error: inputs[0].type: must not be null", ("inputs", 0)),
        ("tasks[9].id: must not be null", ("tasks",)),
        ("nothing.of[it]: is here", ()),
        ("Invalid type: io.kestra.plugin.absent.Absent", ()),
    ],
)
def test_a_place_is_found_as_far_as_it_is_there(constraint: str, route: Route) -> None:
    assert place(constraint, FLOW) == route


SYNTAX = """Validation error: Illegal Flow source: YAML parsing error: while scanning for the next token
found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation)
 in 'reader', line 4, column 1:

 at [Source: (StringReader); line: 3, column: 15] (at line 3)"""
"""What 1.3.31 and 2.0.0 said of a tab (asked of the engines)."""


@pytest.mark.parametrize(("lines", "line"), [((), 3), ((1, 1, 2, 3), 2)], ids=["the file's text", "a line more"])
def test_a_line_that_the_servers_reader_names_is_shown_in_the_file(lines: tuple[int, ...], line: int) -> None:
    document, _ = parse("a.yaml", "id: a\nnamespace: company.team\ndescription: x\n")
    assert document
    [problem] = problems(document, Sent("", lines), Verdict(0, constraints=SYNTAX))
    assert problem.span
    assert (problem.file, problem.span.line, problem.span.column) == ("a.yaml", line, 15)
    assert problem.excerpt == document.text.splitlines()[line - 1]
    assert "found character" in problem.message
