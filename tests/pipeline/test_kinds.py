"""A kind that only a test knows goes through every stage: nothing outside the table names a kind."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from kinds.notes import Notes, key
from pipeline.runs import Project

from deployer.errors import ExitCode
from deployer.kinds import KINDS
from deployer.model.change import Action, Standing
from deployer.model.health import Condition, Symptom
from deployer.model.ledger import digest
from deployer.model.policy import OnDrift, Policy
from deployer.model.request import Command
from deployer.model.resource import Key
from deployer.model.result import Report
from deployer.plan.saved import Saved, read_saved
from deployer.report import github, terminal
from deployer.report import json as json_report

SCHEMA = Path(__file__).parents[2] / "docs/report.schema.json"
BINARY = bytes(range(256))


@pytest.fixture
def deployed(project: Project, notes: Notes) -> Project:
    """Three notes, one of them binary, and a flow, all deployed."""
    project.write("company.team/milk.note", "buy milk")
    project.write("company.team/tea.note", "buy tea")
    project.write("company.team/blob.note", BINARY)
    project.flow("hello")
    report = project.sync()
    assert (report.exit_code, report.error) == (ExitCode.OK, None)
    assert {each.name: bodies[-1] for each, bodies in notes.kept.items()} == {
        "milk": b"buy milk",
        "tea": b"buy tea",
        "blob": BINARY,
    }
    notes.written.clear()
    return project


def actions(report: Report) -> dict[str, str]:
    assert report.plan
    return {str(change.key): str(change.action) for change in report.plan.changes if change.action is not Action.KEEP}


def test_what_was_written_is_looked_at_and_a_kind_of_which_nothing_runs_is_healthy(
    project: Project, notes: Notes
) -> None:
    project.write("company.team/milk.note", "buy milk")
    project.flow("hello")
    report = project.sync(wait=0.0)
    assert {str(each.key): str(each.condition) for each in report.health} == {
        "flow:company.team/hello": "healthy",
        "sticky-note:company.team/milk": "healthy",
    }
    assert "1 flow and 1 sticky note looked at: 2 healthy." in terminal.render(report)
    project.write("company.team/tea.note", "buy tea")
    notes.symptoms[key("tea")] = (Symptom(Condition.DEGRADED, "it is cold: make another"),)
    report = project.sync(wait=0.0)
    assert [(each.key, each.reasons) for each in report.unhealthy] == [(key("tea"), ("it is cold: make another",))]
    assert report.exit_code is ExitCode.UNHEALTHY
    assert "✗ sticky note company.team/tea  degraded" in terminal.render(report)
    assert project.sync(wait=0.0).health == ()  # nothing was written


def test_it_is_written_in_the_order_of_the_table_and_recorded(deployed: Project) -> None:
    entries = deployed.keeper.read().entries
    blob = entries[key("blob")]
    assert (blob.sent, blob.file, blob.revision) == (digest(BINARY), "flows/company.team/blob.note", 1)
    assert len(entries) == 4


def test_what_is_unchanged_is_not_written_again(deployed: Project, notes: Notes) -> None:
    report = deployed.sync()
    assert (actions(report), notes.written) == ({}, [])
    assert deployed.kestra.asked.count("update_flow") == 0


def test_a_change_is_planned_with_its_difference_and_written(deployed: Project, notes: Notes) -> None:
    deployed.write("company.team/blob.note", BINARY + b"!")
    report = deployed.plan()
    assert actions(report) == {"sticky-note:company.team/blob": "update"}
    assert report.details
    assert [line for line in report.details[key("blob")].diff if line.startswith(("-(", "+("))] == [
        f"-(256 bytes, SHA-256 {digest(BINARY)})",
        f"+(257 bytes, SHA-256 {digest(BINARY + b'!')})",
    ]
    assert deployed.sync().exit_code is ExitCode.OK
    assert notes.written == [("update", key("blob"))]


def test_an_edit_on_the_server_is_drift_and_refuses_the_run(deployed: Project, notes: Notes) -> None:
    notes.kept[key("tea")].append(b"buy coffee")
    deployed.write("company.team/tea.note", "buy green tea")
    drift = deployed.plan(Command.DRIFT)
    assert drift.exit_code is ExitCode.DRIFT
    assert drift.plan
    assert [change.key for change in drift.plan.drifted] == [key("tea")]
    assert deployed.sync().exit_code is ExitCode.REFUSED
    assert notes.written == []
    assert deployed.sync(policy=Policy(OnDrift.OVERWRITE)).exit_code is ExitCode.OK
    assert notes.kept[key("tea")][-1] == b"buy green tea"


def test_what_no_file_declares_is_reported_and_pruned_with_its_bytes_kept(deployed: Project, notes: Notes) -> None:
    deployed.remove("company.team/blob.note")
    assert any("1 sticky note was deployed from here" in problem.message for problem in deployed.sync().problems)
    report = deployed.sync(prune=True)
    assert actions(report) == {"sticky-note:company.team/blob": "prune"}
    assert key("blob") not in notes.kept
    assert (Path(report.saved) / "sticky-note/company.team/blob.note").read_bytes() == BINARY
    assert key("blob") not in deployed.keeper.read().entries


def test_a_file_of_it_that_cannot_be_read_is_a_problem_and_prunes_nothing(deployed: Project, notes: Notes) -> None:
    deployed.remove("company.team/tea.note")
    deployed.write("company.team/milk.note", b"")
    assert deployed.sync(prune=True).exit_code is ExitCode.PROBLEMS
    report = deployed.sync(prune=True, keep_going=True)
    held = {outcome.message for outcome in report.outcomes if outcome.change.action is Action.PRUNE}
    assert held == {"a file could not be read or was refused, and may declare it"}
    assert {key("tea"), key("milk")} <= notes.kept.keys()


def test_a_renamed_one_is_reported(deployed: Project) -> None:
    deployed.remove("company.team/tea.note")
    deployed.write("company.team/chai.note", "buy tea")
    assert any("it was renamed" in problem.message for problem in deployed.plan().problems)


def test_a_saved_plan_holds_while_nothing_changed_and_no_longer(deployed: Project, notes: Notes) -> None:
    deployed.write("company.team/milk.note", "buy oat milk")
    planned = deployed.plan().plan
    assert planned
    text = Saved(planned.digest, "http://kestra", "main", {}).text(planned)
    assert "sticky-note:company.team/milk" in text
    assert (again := deployed.plan(Command.APPLY).plan)
    assert again.digest == read_saved("plan.json", text, ()).digest
    notes.kept[key("milk")].append(b"buy beer")
    assert (changed := deployed.plan(Command.APPLY).plan)
    assert changed.digest != planned.digest


def test_every_report_names_it(deployed: Project, notes: Notes) -> None:
    deployed.write("company.team/milk.note", "buy oat milk")
    report = deployed.sync()
    text = terminal.render(report)
    assert "  ~ sticky note company.team/milk  updated" in text
    assert "1 flow and 3 sticky notes: 1 updated, 3 unchanged." in text
    outcomes = json.loads(json_report.render(report))["outcomes"]
    assert {each["kind"] for each in outcomes} == {"flow", "sticky-note"}
    assert github.outputs(report)["updated"] == "1"
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(json.loads(json_report.render(report)))


def test_a_deployer_without_the_kind_leaves_its_entries_alone(deployed: Project, notes: Notes) -> None:
    before = {each: entry for each, entry in deployed.keeper.read().entries.items() if each.kind == notes.name}
    kind = KINDS.pop(notes.name)
    try:
        deployed.flow("hello", "good day")
        report = deployed.sync(prune=True)
    finally:
        KINDS[notes.name] = kind
    assert (report.exit_code, actions(report)) == (ExitCode.OK, {"flow:company.team/hello": "update"})
    after = deployed.keeper.read().entries
    assert {each: after[each] for each in before} == before


def test_another_users_write_between_plan_and_deploy_is_noticed(deployed: Project, notes: Notes) -> None:
    deployed.write("company.team/milk.note", "buy oat milk")

    def written_meanwhile(*_: object) -> dict[object, int]:
        return {key("milk"): 7}

    notes.revisions = written_meanwhile  # type: ignore[method-assign, assignment]
    report = deployed.sync()
    assert report.exit_code is ExitCode.REFUSED
    assert "someone changed company.team/milk on the server since the plan was made" in str(report.error)
    assert notes.written == []


def test_it_is_noticed_in_a_kind_without_revisions_too(deployed: Project, notes: Notes) -> None:
    deployed.write("company.team/milk.note", "buy oat milk")

    def without_revisions(_: object, keys: Collection[Key]) -> dict[Key, int | None]:
        notes.kept[key("milk")].append(b"buy soy milk")  # somebody else does, between plan and write
        return dict.fromkeys(keys)

    notes.revisions = without_revisions  # type: ignore[method-assign, assignment]
    report = deployed.sync()
    assert report.exit_code is ExitCode.REFUSED
    assert "someone changed company.team/milk on the server since the plan was made" in str(report.error)
    assert notes.written == []


def test_a_kind_without_revisions_is_written_where_nobody_wrote_meanwhile(deployed: Project, notes: Notes) -> None:
    deployed.write("company.team/milk.note", "buy oat milk")
    notes.revisions = lambda _, keys: dict.fromkeys(keys)  # type: ignore[method-assign, assignment]
    assert deployed.sync().exit_code is ExitCode.OK
    assert notes.written == [("update", key("milk"))]


def test_two_files_that_declare_one_are_an_error(deployed: Project, notes: Notes) -> None:
    deployed.write("elsewhere/company.team/milk.note", "buy oat milk")
    report = deployed.sync()
    [problem] = report.problems
    assert problem.check == "duplicate-resource"
    assert str(problem.file).endswith("flows/elsewhere/company.team/milk.note")
    assert problem.message.startswith("declares company.team/milk, as ")
    assert (report.exit_code, notes.written) == (ExitCode.PROBLEMS, [])


def test_a_file_that_makes_its_kind_fail_is_a_problem_of_the_file(deployed: Project, notes: Notes) -> None:
    def fail(*_: object) -> None:
        raise RecursionError("too deep")

    notes.read = fail  # type: ignore[method-assign, assignment]
    report = deployed.sync()
    assert {problem.check for problem in report.problems} == {"unreadable-file"}
    assert {Path(str(problem.file)).name for problem in report.problems} == {"milk.note", "tea.note", "blob.note"}
    assert (report.exit_code, notes.written) == (ExitCode.PROBLEMS, [])


def test_the_standing_of_one_is_decided_as_that_of_any(deployed: Project, notes: Notes) -> None:
    deployed.write("company.team/milk.note", "buy oat milk")
    report = deployed.plan()
    assert report.plan
    standings = {change.key.name: change.standing for change in report.plan.changes}
    assert standings == {"hello": Standing.SAME, "blob": Standing.SAME, "tea": Standing.SAME, "milk": Standing.OURS}
    assert replace(report, details=None).exit_code is ExitCode.OK
