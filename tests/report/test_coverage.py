"""What each format says of coverage, and of a run that reached too little."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

from jsonschema import Draft202012Validator
from report.requests import asked
from report.runs import FAILED, ORDERS, PASSED
from report.test_formats import SCHEMA

from deployer.errors import ExitCode
from deployer.model.coverage import Coverage, FlowCoverage, Kind, Target
from deployer.model.resource import FLOW, Key
from deployer.model.result import Report
from deployer.report import github, junit, terminal
from deployer.report import json as json_report

GATE = (
    Target(name="gate", line=4, reached=True),
    Target(name="gate.else", kind=Kind.BRANCH, line=9),
    Target(name="alert", line=10),
    Target(name="given", reached=False),
)
COVERAGE = Coverage(
    (
        FlowCoverage(ORDERS, "flows/orders.yaml", GATE),
        FlowCoverage(Key(FLOW, "company.team", "a"), "flows/a.yaml", (Target(name="say", line=4, reached=True),)),
        FlowCoverage(Key(FLOW, "company.team", "b"), "flows/b.yaml", (Target(name="say", line=4),)),
    )
)
ENOUGH = Report(asked("test", "flows", coverage=True), smokes=(PASSED,), coverage=COVERAGE, seconds=1.0)
SHORT = replace(ENOUGH, request=asked("test", "flows", coverage=True, min_coverage=34))
TOO_LITTLE = "33.3 % of tasks and branches reached, less than the 34 % that are asked for"
TABLE = [
    "company.shop/orders  1/4   25 %  gate.else:9, alert:10, given",
    "company.team/a       1/1  100 %",
    "company.team/b       0/1    0 %  no test reaches it",
    "total                2/6  33.3 %",
]


def test_too_little_fails_a_run_whose_tests_passed() -> None:
    assert (ENOUGH.exit_code, SHORT.exit_code) == (ExitCode.OK, ExitCode.SMOKE_FAILED)
    assert replace(SHORT, coverage=None).exit_code is ExitCode.OK
    assert replace(SHORT, request=replace(SHORT.request, min_coverage=33)).exit_code is ExitCode.OK


def test_a_person_reads_a_table_by_flow_and_the_total() -> None:
    *_, head, first, second, third, total, last = terminal.render(SHORT).splitlines()
    assert head == "Coverage"
    assert [line.split() for line in (first, second, third, total)] == [line.split() for line in TABLE]
    assert {line.index(" %") for line in (first, second, third, total)} == {first.index(" %")}
    assert last == f"1 test passed. {TOO_LITTLE}. (1.0 s)"
    assert "1 test passed. 33.3 % of tasks and branches reached. (1.0 s)" in terminal.render(ENOUGH)
    assert "\x1b[3" in terminal.render(SHORT, color=True)


def test_the_document_has_what_was_missed() -> None:
    document = json.loads(json_report.render(SHORT))
    Draft202012Validator(SCHEMA).validate(document)
    found = document["coverage"]
    assert (found["reached"], found["all"], found["percent"], found["minimum"]) == (2, 6, 33.3, 34)
    assert [each["percent"] for each in found["flows"]] == [25, 100, 0]
    assert found["flows"][0]["missed"] == [
        {"name": "gate.else", "kind": "branch", "line": 9},
        {"name": "alert", "kind": "task", "line": 10},
        {"name": "given", "kind": "task", "line": None},
    ]
    assert json.loads(json_report.render(replace(SHORT, coverage=None)))["coverage"] is None


def test_on_github_the_total_and_what_was_missed_are_in_the_summary() -> None:
    summary = github.summary(SHORT)
    assert "| Coverage | Reached | Percent | Not reached |" in summary
    assert "| total | 2/6 | 33.3 % |  |" in summary
    assert "| company.shop/orders | 1/4 | 25 % | gate.else:9, alert:10, given |" in summary
    assert "company.team/a |" not in summary
    said = TOO_LITTLE.replace("%", "%25")
    assert f"::error title=kestra-deployer%3A smoke::{said}" in github.commands(SHORT)
    assert github.commands(ENOUGH) == ""
    assert "Not reached" not in github.summary(replace(ENOUGH, coverage=None))


def test_in_a_test_view_coverage_is_a_case() -> None:
    def case(report: Report) -> ET.Element:
        found = ET.fromstring(junit.render(report)).find(".//testcase[@classname='kestra-deployer.coverage']")  # noqa: S314  it is ours
        assert found is not None
        return found

    failure = case(SHORT).find("failure")
    assert failure is not None
    assert failure.attrib["message"] == TOO_LITTLE
    assert case(ENOUGH).find("failure") is None
    assert "gate.else:9, alert:10, given" in (case(ENOUGH).findtext("system-out") or "")
    both = ET.fromstring(junit.render(replace(SHORT, smokes=(FAILED,))))  # noqa: S314  it is ours
    assert both.attrib["failures"] == "2"


def test_names_of_others_do_nothing_but_are_shown() -> None:
    evil = FlowCoverage(ORDERS, None, (*GATE, Target(name="x\x1b[31m\n::error::y")))
    report = replace(SHORT, coverage=Coverage((evil,)))
    for text in (terminal.render(report), github.summary(report), github.commands(report), junit.render(report)):
        assert "\x1b" not in text
        assert "\n::error::y" not in text
