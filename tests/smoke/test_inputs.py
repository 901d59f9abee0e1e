"""The inputs of smoke tests against those of their flows: what does not fit is said before anything is deployed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from cli.conftest import api, deployer, project, server
from cli.project import Ended, Project

from deployer.check.suite_inputs import prepare
from deployer.engine.process.launch import RunningEngine
from deployer.kestra.bodies import inputs as parts_of
from deployer.model.document import Document
from deployer.model.flow import Flow
from deployer.model.problem import Problem
from deployer.model.smoke import SmokeCase
from deployer.model.version import Dialect
from deployer.parsing.parse import parse
from deployer.read.suite_files import with_files
from deployer.read.suites import suites

__all__ = ["api", "deployer", "project", "server"]

Run = Callable[..., Ended]

FLOW = "id: a\nnamespace: b.c\ninputs:\n{}tasks: [{{id: t, type: io.kestra.plugin.core.log.Log, message: hi}}]\n"
SUITE = "id: s\nnamespace: b.c\nflowId: a\ntestCases:\n  - id: one\n    fixtures:\n      {}\n"


def document(name: str, text: str) -> Document:
    found, problems = parse(name, text)
    assert found
    assert problems == []
    return found


def fitted(
    inputs: str, fixtures: str, version: str = "1.3", root: Path = Path()
) -> tuple[list[SmokeCase], list[Problem]]:
    """The cases of a suite with these fixtures, of a flow with these inputs, and what is wrong with them."""
    suite = document(str(root / "tests/a.smoke.yaml"), SUITE.format(fixtures))
    flow = document("a.yaml", FLOW.format("".join(f"  - {line}\n" for line in inputs.splitlines())))
    cases, malformed = suites([suite])
    assert malformed == []
    made, unfit = prepare(cases, [suite], [Flow(flow, "b.c", "a")], version)
    found, missing = with_files(made, [suite], root)
    return found, [*unfit, *missing]


def test_inputs_that_fit_are_no_problem() -> None:
    [case], problems = fitted("{id: who, type: STRING}\n{id: n, type: INT, defaults: 1}", "inputs: {who: Ada, n: 3}")
    assert problems == []
    assert case.inputs == {"who": "Ada", "n": 3}


@pytest.mark.parametrize(
    ("inputs", "fixtures", "line", "words"),
    [
        ("{id: who, type: STRING}", "inputs: {who: a, whoo: b}", 7, "the flow b.c/a has no input `whoo`"),
        ("{id: who, type: STRING}", "inputs:\n        who: a\n        whoo: b", 9, "has no input `whoo`"),
        ("{id: who, type: STRING}", "inputs: {}", 7, "the flow b.c/a needs a value for its input `who`"),
        ("{id: who, type: STRING}", "files: {}", 7, "needs a value for its input `who`"),
        ("{id: n, type: INT}", "inputs:\n        n: many", 8, "the value of the input `n` is not an integer"),
        ("{id: n, type: INT}", "inputs: {n: ''}", 7, "needs a value for its input `n`"),
        ("{id: n, type: INT, max: 3}", "inputs: {n: 4}", 7, "out of bounds: `max` is 3"),
        ("{id: s, type: STRING, validator: '[a-z]+'}", "inputs: {s: A}", 7, "not a match of [a-z]+"),
        ("{id: a.b, type: INT}", "inputs: {a: {b: x}}", 7, "the value of the input `a.b` is not an integer"),
        ("{id: a.b, type: INT}", "inputs: {a: {b: 1, c: 2}}", 7, "has no input `a.c`"),
        ("{id: a.b, type: INT}", "inputs: {a: {b: 1}, a.b: 2}", 7, "the input `a.b` is set twice"),
        ("{id: f, type: FILE}", "inputs: {f: absent.csv}", 7, "there is no file absent.csv beside the suite"),
        ("{id: f, type: FILE}", "inputs: {f: ../../out.csv}", 7, "is outside the project's root"),
        ("{id: f, type: FILE}", "inputs: {f: /etc/passwd}", 7, "is outside the project's root"),
        ("{id: f, type: FILE}", "inputs: {f: .}", 7, ". is not a file"),
        ("{id: f, type: FILE}", "inputs: {f: [a]}", 7, "needs the path of a file"),
        ("{id: f, type: FILE}", "inputs: {f: 'https://a.b/c'}", 7, "Kestra accepts no file from https:"),
        ("{id: f, type: FILE}", "inputs: {f: \"{{ files['x'] }}\"}", 7, "`x` is not under `files`"),
        (
            "{id: f, type: FILE}",
            "inputs: {f: '{{ inputs.x }}'}",
            7,
            "only expressions here are `files[…]` and `fileURI(…)`",
        ),
        ("{id: f, type: FILE}", "inputs: {}", 7, "needs a value for its input `f`"),
    ],
)
def test_what_does_not_fit_is_a_problem_at_its_place(
    tmp_path: Path, inputs: str, fixtures: str, line: int, words: str
) -> None:
    (tmp_path / "tests").mkdir()
    _, problems = fitted(inputs, fixtures, root=tmp_path)
    assert [problem.check for problem in problems] == ["smoke-suite"]
    assert words in problems[0].message
    assert problems[0].span
    assert problems[0].span.line == line


@pytest.mark.parametrize(
    "input_",
    [
        "{id: v, type: INT, required: false}",
        "{id: v, type: INT, defaults: 1}",
        "{id: v, type: SELECT, values: [a], autoSelectFirst: true}",
        "{id: w, type: BOOL, defaults: true}\n{id: v, type: INT, dependsOn: {inputs: [w], condition: 'x'}}",
        "{id: f, type: FORM, dependsOn: {inputs: [w]}, inputs: [{id: v, type: INT}]}\n{id: w, type: INT, defaults: 1}",
    ],
)
def test_what_may_be_left_out_is_not_missed(input_: str) -> None:
    assert fitted(input_, "inputs: {}")[1] == []


@pytest.mark.parametrize(
    ("input_", "value"),
    [
        ("{id: v, type: INT}", "'{{ 1 + 1 }}'"),
        ("{id: v, type: SELECT, expression: '{{ kv(\"x\") }}'}", "whatever"),
        ("{id: v, type: SELECT, values: [a], allowCustomValue: true}", "b"),
        ("{id: v, type: YAML}", "'a: ['"),
        ("{id: v, type: MULTISELECT, itemType: INT, values: ['1']}", "['2']"),
    ],
)
def test_of_what_only_a_running_kestra_knows_nothing_is_said(input_: str, value: str) -> None:
    assert fitted(input_, f"inputs: {{v: {value}}}")[1] == []


def test_a_secret_is_not_shown() -> None:
    _, [problem] = fitted("{id: v, type: SECRET, validator: '[a-z]+'}", "inputs: {v: 'Pass word'}")
    assert "Pass" not in problem.message + problem.excerpt


@pytest.mark.parametrize("fixtures", ["inputs: {address: {city: Bonn}}", "inputs: {address.city: Bonn}"])
def test_a_nested_input_is_given_either_way(fixtures: str) -> None:
    [case], problems = fitted("{id: address.city, type: STRING}", fixtures)
    assert problems == []
    assert case.inputs == {"address.city": "Bonn"}


def test_a_mapping_for_an_input_that_takes_one_stays_whole() -> None:
    [case], problems = fitted("{id: address, type: JSON}", "inputs: {address: {city: Bonn}}")
    assert problems == []
    assert case.inputs == {"address": {"city": "Bonn"}}


VALUES: dict[str, list[Any]] = {
    "STRING": ["a", 1, True, [1], {"a": 1}, "", " "],
    "INT": [1, "1", "+1", "1.0", 1.5, "a", True, " 1", 2**31, -(2**31), [1], "1_0", "٣", ""],
    "FLOAT": [1, 1.5, "a", "1e3", "NaN", "1f", " 1.5 ", "0x1p3", "Infinity", True, "1.", "inf", "+.5", ""],
    "BOOL": [True, "true", "TRUE", "false", ""],
    "BOOLEAN": [True, "true", "TRUE", "false"],
    "DATETIME": [
        "2024-01-01T00:00:00Z", "2024-01-01T00:00:00", "2024-01-01", "2024-01-01T00:00:00+02:00", "2024-01-01T00:00Z",
        "2024-01-01T00:00:00.123Z", "2024-01-01T00:00:00.1234567890Z", "x", "2024-01-01T00:00:00z",
        "2024-01-01T24:00:00Z", "2024-01-01T00:00:00+02", "2024-02-30T00:00:00Z", 1704067200,
    ],
    "DATE": ["2024-01-01", "2024-1-1", "2024-01-01T00:00:00Z", "x", "2024-02-30", "20240101", "+12024-01-01"],
    "TIME": ["10:00", "10:00:00", "10", "1:00", "25:00", "10:00:00.5", "10:00Z", "24:00"],
    "DURATION": ["PT1S", "P1D", "1s", "pt1s", "-PT1S", 60, "P1Y", "PT", "PT1.5S", "P1DT", "60"],
    "JSON": [{"a": 1}, '{"a":1}', "{a:1}", [1], "1", "x", True, "null", '{"a":1} x', '"x"', "NaN", "'a'", "[1,]"],
    "YAML": ["a: 1", {"a": 1}, "x", [1], "a: 1\nb: 2", "{a}"],
    "URI": ["https://a.b", "a", "nsfile:///x", "mailto:a@b.c", "https://a b", "//x", "a:b", "https://x.y/?q=1#z"],
    "EMAIL": ["a@b.c", "a", "a@b", ""],
    "SECRET": ["a", 1],
    "SELECT": ["a", "b", "z", 1],
    "ENUM": ["a", "z"],
    "MULTISELECT": [["a"], ["a", "b"], ["z"], "a", '["a"]', [], "a,b", ["a", "a"], [1]],
    "ARRAY": [[1], ["1"], ["a"], "1", "[1]", [], [[1]], "1,2", {"a": 1}, [1.5], [None]],
}  # fmt: skip
MORE = {"SELECT": ", values: [a, b]", "ENUM": ", values: [a, b]", "MULTISELECT": ", values: [a, b]"}
MORE["ARRAY"] = ", itemType: INT"
ONLY_1X = ("BOOLEAN", "ENUM")


@pytest.mark.every_version
@pytest.mark.parametrize("kind", VALUES)
def test_a_value_is_wrong_where_the_engine_says_so(api: httpx.Client, engine: RunningEngine, kind: str) -> None:
    version = engine.version
    if version.dialect is Dialect.V2 and kind in ONLY_1X:
        return
    line = f"{{id: v, type: {kind}{MORE.get(kind, '')}}}"
    created = api.post("/flows", content=FLOW.format(f"  - {line}\n"), headers={"Content-Type": "application/x-yaml"})
    assert created.is_success
    ours, theirs = {}, {}
    for value in VALUES[kind]:
        answer = api.post("/executions/b.c/a/validate", files=parts_of({"v": value}))
        [found] = answer.json()["inputs"]
        theirs[repr(value)] = bool(found["errors"])
        case, flow = SmokeCase("s", "c", Flow(document("a", "{}"), "b.c", "a").key, "s.yaml", inputs={"v": value}), line
        made, problems = prepare(
            [case],
            [document("s.yaml", SUITE.format("inputs: {}"))],
            [Flow(document("a.yaml", FLOW.format(f"  - {flow}\n")), "b.c", "a")],
            version.name,
        )
        assert len(made) == 1
        ours[repr(value)] = bool(problems)
    assert ours == theirs


def test_a_bool_that_is_neither_is_wrong_although_kestra_takes_it_for_false() -> None:
    _, [problem] = fitted("{id: v, type: BOOL}", "inputs: {v: maybe}")
    assert problem.message == "the value of the input `v` is neither true nor false: Kestra would read it as false"


READS = """\
id: reads
namespace: company.team
inputs:
  - {id: data, type: FILE}
  - {id: address.city, type: STRING}
  - {id: key, type: SECRET}
tasks:
  - id: must
    type: io.kestra.plugin.core.execution.Fail
    condition: "{{ read(inputs.data) != 'a,b' or inputs.address.city != 'Bonn' or inputs.key != 'geheim' }}"
"""
CASES = """\
id: s
namespace: company.team
flowId: reads
testCases:
  - id: a-file-of-the-project
    fixtures: {inputs: {data: data/rows.csv, address: {city: Bonn}, key: geheim}}
  - id: a-file-in-the-suite
    fixtures:
      files: {rows.csv: "a,b"}
      inputs: {data: "{{ files['rows.csv'] }}", address.city: Bonn, key: geheim}
  - id: another-file
    expectedState: FAILED
    fixtures:
      files: {rows.csv: "b,a"}
      inputs: {data: "{{ files['rows.csv'] }}", address.city: Bonn, key: geheim}
"""


@pytest.mark.usefixtures("server")
def test_files_secrets_and_nested_inputs_arrive(project: Project, deployer: Run) -> None:
    project.write("flows/reads.yaml", READS)
    project.write("flows/reads.smoke.yaml", CASES)
    project.write("flows/data/rows.csv", "a,b")
    ended = deployer("sync", "--smoke", "--format", "json")
    assert [(each["case"], each["verdict"], each["message"]) for each in ended.report["smokes"]] == [
        ("a-file-of-the-project", "passed", ""),
        ("a-file-in-the-suite", "passed", ""),
        ("another-file", "passed", ""),
    ]
    assert ended.code == 0


def test_check_finds_what_does_not_fit_with_no_server(project: Project, deployer: Run) -> None:
    project.flow("a")
    project.write("flows/a.smoke.yaml", SUITE.replace("b.c", "company.team").format("inputs: {who: Ada}"))
    ended = deployer("check", "flows", "--format", "json")
    assert ended.code == 1
    [problem] = ended.report["problems"]
    assert (problem["file"], problem["line"]) == ("flows/a.smoke.yaml", 7)
    assert problem["message"] == "the flow company.team/a has no input `who`"
    assert problem["hint"] == "it has no inputs"


def test_sync_writes_nothing_where_an_input_does_not_fit(project: Project, server: Any, deployer: Run) -> None:
    project.flow("a")
    project.write("flows/a.smoke.yaml", SUITE.replace("b.c", "company.team").format("inputs: {who: Ada}"))
    assert deployer("sync", "--format", "json").code == 1
    assert server.count("POST", "PUT") == 0
