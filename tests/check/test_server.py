"""Where in a flow the place is that a constraint of Kestra's names."""

from __future__ import annotations

import pytest

from deployer.check.verdict import place
from deployer.kestra.answers import Verdict
from deployer.model.problem import Route
from deployer.model.resource import FLOW, Key, Resource
from deployer.model.sent import Sent
from deployer.validation import problems


def wanted(text: str) -> Resource:
    return Resource(Key(FLOW, "company.team", "a"), text, origin="a.yaml")


DATA = {"tasks": [{"id": "a", "message": "x"}, {"id": "b", "tasks": [{"id": "c"}]}], "inputs": [{"id": "i"}]}


@pytest.mark.parametrize(
    ("constraint", "route"),
    [
        ("tasks[0].message: must not be null", ("tasks", 0, "message")),
        ("tasks[1].tasks[0].id: must match", ("tasks", 1, "tasks", 0, "id")),
        ("tasks[b].tasks[c]: Cyclic dependency", ("tasks", 1, "tasks", 0)),
        ("Validation error: inputs[0].type: must not be null", ("inputs", 0)),
        ("tasks[9].id: must not be null", ("tasks",)),
        ("c.message: must not be null", ("tasks", 1, "tasks", 0)),
        ("nothing.of[it]: is here", ()),
        ("Invalid type: io.kestra.plugin.absent.Absent", ()),
    ],
)
def test_a_place_is_found_as_far_as_it_is_there(constraint: str, route: Route) -> None:
    assert place(constraint, DATA) == route


SYNTAX = """Validation error: Illegal Flow source: YAML parsing error: while scanning for the next token
found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation)
 in 'reader', line 4, column 1:

 at [Source: (StringReader); line: 3, column: 15] (at line 3)"""
"""What 1.3.31 and 2.0.0 said of a tab (asked of the engines)."""


@pytest.mark.parametrize(("lines", "line"), [((), 3), ((1, 1, 2, 3), 2)], ids=["the file's text", "a line more"])
def test_a_line_that_the_servers_reader_names_is_shown_in_the_file(lines: tuple[int, ...], line: int) -> None:
    text = "id: a\nnamespace: company.team\ndescription: x\n"
    resource = wanted(text).with_stops(Sent("", lines))
    [problem] = problems(resource, Verdict(0, constraints=SYNTAX))
    assert problem.span
    assert (problem.file, problem.span.line, problem.span.column) == ("a.yaml", line, 15)
    assert problem.excerpt == text.splitlines()[line - 1]
    assert "found character" in problem.message


LOG = "io.kestra.plugin.core.log.Log"
TEXT = f"""\
id: a
namespace: company.team
labels: 3
tasks:
  - id: say
    type: {LOG}
    massage: x
  - id: all
    type: io.kestra.plugin.core.flow.Sequential
    tasks:
      - id: say
        type: io.kestra.plugin.scripts.python.Script
triggers:
  - id: t
    type: NOPE
"""
NO_PROPERTY = (
    'Validation error: Unrecognized field "{}" (class {}), not marked as ignorable '
    '(3 known properties: "message", "level", "labels")'
)
LABELS = (
    "Validation error: Illegal flowwithsource source: YAML parsing error: Unable to deserialize value as it's neither "
    'an object neither an array (through reference chain: io.kestra.core.models.flows.FlowWithSource["labels"])'
)
INSTALL = (
    "install io.kestra.plugin:plugin-script-python:VERSION there; "
    "with an embedded engine, use --plugins io.kestra.plugin:plugin-script-python:VERSION"
)


@pytest.mark.parametrize(
    ("constraint", "at", "message", "hint"),
    [
        (
            "Validation error: Invalid type: io.kestra.plugin.scripts.python.Script",
            (12, 15),
            "this server has no plugin that provides `io.kestra.plugin.scripts.python.Script`",
            INSTALL,
        ),
        ("Validation error: Invalid type: NOPE", (15, 11), "this server has no type `NOPE`", "check the spelling"),
        (
            NO_PROPERTY.format("massage", LOG),
            (7, 5),
            f"`massage` is not a property of `{LOG}`",
            "did you mean `message`?",
        ),
        (
            NO_PROPERTY.format("labels", "io.kestra.core.models.flows.FlowWithSource"),
            (3, 1),
            "`labels` is not a property of a flow",
            "did you mean `labels`?",
        ),
        ("Validation error:  Invalid Flow: Duplicate task id with name [say]", (11, 13), "Duplicate task id", ""),
        (
            LABELS,
            (3, 9),
            "neither an object",
            "",
        ),
    ],
)
def test_a_constraint_is_shown_at_the_place_that_it_names_with_what_to_do(
    constraint: str, at: tuple[int, int], message: str, hint: str
) -> None:
    [problem] = problems(wanted(TEXT), Verdict(0, constraints=constraint))
    assert problem.span
    assert ((problem.span.line, problem.span.column), message in problem.message) == (at, True)
    assert problem.hint.startswith(hint)


def test_a_type_that_stands_at_several_places_is_shown_at_each() -> None:
    found = [*problems(wanted(TEXT), Verdict(0, constraints=f"Invalid type: {LOG}"))]
    assert [problem.span and problem.span.line for problem in found] == [6]
    twice = wanted(TEXT.replace("NOPE", LOG))
    assert len([*problems(twice, Verdict(0, constraints=f"Invalid type: {LOG}"))]) == 2


def test_a_problem_of_a_text_that_steps_made_is_shown_in_the_file() -> None:
    """One step writes two lines in front, another a stop: lines lead back through both."""
    mapped = wanted(TEXT).rewrite(Sent("# by\n# steps\n" + TEXT, (1, 1, *range(1, len(TEXT.splitlines()) + 1))))
    lines = tuple(range(1, len(TEXT.splitlines()) + 3))
    stopped = mapped.with_stops(Sent("disabled: true\n" + str(mapped.body), (1, *lines)))
    [problem] = problems(stopped, Verdict(0, constraints=f"Invalid type: {LOG}"))
    assert problem.span
    assert problem.span.line == 6
    assert stopped.wanted == mapped.body
    assert [stopped.sent.line(number) for number in (1, 2, 3, 4, 9)] == [1, 1, 1, 1, 6]


def test_what_the_server_calls_deprecated_is_shown_at_its_place() -> None:
    [problem] = problems(wanted(TEXT), Verdict(0, deprecation_paths=("tasks[0].type",)))
    assert (problem.message, problem.span and problem.span.line, problem.stops) == (
        "`tasks[0].type` is deprecated",
        6,
        False,
    )
