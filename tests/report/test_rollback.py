"""What each format says of a rollback, resource by resource, and which exit code it gives."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator
from report.requests import asked

from deployer.errors import DeployerError, UnforeseenError
from deployer.model.change import Action, Change, Plan
from deployer.model.health import Condition, Health
from deployer.model.resource import FLOW, Key, Resource
from deployer.model.result import Outcome, Report, RolledBack, Status
from deployer.model.rollback import Way
from deployer.model.smoke import SmokeCase, SmokeResult, Verdict
from deployer.report import github, junit, terminal
from deployer.report import json as json_report

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/report.schema.json").read_text())


def key(name: str) -> Key:
    return Key(FLOW, "company.team", name)


def text(name: str) -> Resource:
    return Resource(key(name), "text", origin=f"flows/{name}.yaml")


DEPLOYED = Outcome(Change(Action.UPDATE, key("a"), text("a"), text("a")), Status.DONE, revision=2)
FAILED = SmokeResult(SmokeCase("works", "once", key("a"), "flows/a.smoke.yaml"), Verdict.FAILED, "ended FAILED")
DONE = (
    RolledBack(Way.REVERT, Outcome(Change(Action.UPDATE, key("a"), text("a")), Status.DONE, revision=3)),
    RolledBack(Way.DELETE, Outcome(Change(Action.PRUNE, key("b"), None), Status.DONE)),
    RolledBack(
        Way.RECREATE,
        Outcome(
            Change(Action.CREATE, key("c"), text("c"), reason="the trigger `x`: disabled"), Status.DONE, revision=4
        ),
    ),
    RolledBack(Way.DISABLE, Outcome(Change(Action.UPDATE, key("d"), text("d")), Status.DONE, revision=1)),
)
LEFT = RolledBack(
    Way.REVERT,
    Outcome(Change(Action.UPDATE, key("e"), text("e"), held="it was edited"), Status.SKIPPED, "it was edited"),
)
REFUSED = RolledBack(Way.REVERT, Outcome(Change(Action.UPDATE, key("f"), text("f")), Status.FAILED, "no", hint="look"))
REPORT = Report(
    asked("sync", smoke=True, rollback=True),
    plan=Plan((DEPLOYED.change,), "0" * 64),
    outcomes=(DEPLOYED,),
    smokes=(FAILED,),
    rollback=(*DONE, LEFT, REFUSED),
)
SENTENCE = "Rollback: 1 put back, 1 deleted again, 1 restored, 1 disabled again, 1 left, 1 failed."


def test_the_terminal_names_each() -> None:
    lines = terminal.render(REPORT).splitlines()
    assert lines[lines.index("Rollback") :] == [
        "Rollback",
        "  ~ company.team/a  put back, revision 3",
        "  - company.team/b  deleted again",
        "  + company.team/c  restored, revision 4 (the trigger `x`: disabled)",
        "  ~ company.team/d  disabled again, revision 1",
        "  ✗ company.team/e  left",
        "      it was edited",
        "  ✗ company.team/f  failed",
        "      no",
        "      hint: look",
        f"1 flow: 1 updated. 0 smoke tests passed, 1 did not. {SENTENCE} (0.0 s)",
    ]


def test_github_gets_a_row_for_each_and_an_annotation_for_what_was_not_put_back() -> None:
    summary = github.summary(REPORT)
    assert "| company.team/a | put back | 3 |" in summary
    assert "| company.team/c | restored the trigger `x`: disabled | 4 |" in summary
    assert "| company.team/e | left it was edited |  |" in summary
    commands = [line for line in github.commands(REPORT).splitlines() if "rollback" in line]
    assert [line.split("::")[-1] for line in commands] == [
        "company.team/e was not put back: it was edited",
        "company.team/f was not put back: no (hint: look)",
    ]
    assert commands[0].startswith("::error file=flows/e.yaml,")


def test_the_document_has_each_as_its_schema_says() -> None:
    document = json.loads(json_report.render(REPORT))
    Draft202012Validator(SCHEMA).validate(document)
    assert [(each["name"], each["action"], each["status"]) for each in document["rollback"]] == [
        ("a", "revert", "done"),
        ("b", "delete", "done"),
        ("c", "recreate", "done"),
        ("d", "disable", "done"),
        ("e", "revert", "left"),
        ("f", "revert", "failed"),
    ]
    assert set(document["rollback"][0]) == set(SCHEMA["$defs"]["rollback"]["properties"])
    assert json.loads(json_report.render(replace(REPORT, rollback=None)))["rollback"] is None


def test_junit_has_a_case_for_each() -> None:
    [suite] = ET.fromstring(junit.render(REPORT)).findall("testsuite[@name='kestra-deployer: rollback']")  # noqa: S314
    found = {case.attrib["name"]: [(child.tag, child.get("message")) for child in case] for case in suite}
    assert all(children.pop() == ("system-out", None) for children in found.values())
    assert found["company.team/a"] == []
    assert found["company.team/e"] == [("error", "it was edited")]
    assert found["company.team/f"] == [("failure", "no")]


@pytest.mark.parametrize(
    ("rollback", "code"),
    [
        (DONE, 6),
        ((*DONE, LEFT), 6),
        ((*DONE, LEFT, REFUSED), 5),
        ((replace(DONE[0], outcome=replace(DONE[0].outcome, lost=3)),), 4),
        ((), 6),
    ],
)
def test_the_exit_code_says_whether_all_was_put_back(rollback: tuple[RolledBack, ...], code: int) -> None:
    assert replace(REPORT, rollback=rollback).exit_code == code


def test_what_was_unhealthy_and_is_put_back_counts_no_more() -> None:
    sick = replace(REPORT, health=(Health(key("a"), Condition.DEGRADED, ("off",)),))
    assert replace(sick, rollback=DONE).exit_code == 6
    assert replace(sick, rollback=None).exit_code == 7


@pytest.mark.parametrize(
    ("report", "stands"),
    [
        (replace(REPORT, rollback=None, interrupted=True), True),
        (replace(REPORT, rollback=None, error=DeployerError("no")), True),
        (replace(REPORT, rollback=None, error=UnforeseenError(ValueError())), False),
        (replace(REPORT, interrupted=True), False),
        (replace(REPORT, rollback=None, interrupted=True, outcomes=()), False),
        (replace(REPORT, rollback=None, interrupted=True, request=asked("sync", smoke=True)), False),
    ],
)
def test_a_run_that_ended_before_its_rollback_says_what_stands(report: Report, *, stands: bool) -> None:
    assert ("Nothing was put back: what was written stands." in terminal.render(report)) is stands
    assert ("Nothing was put back: what was written stands." in github.summary(report)) is stands


def test_where_nothing_was_written_it_says_so() -> None:
    assert "Rollback: nothing had been written." in terminal.render(replace(REPORT, rollback=()))
