"""What each format makes of one and the same report."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from report.requests import asked

from deployer.errors import DeployerError
from deployer.model import upgrade as moves
from deployer.model.change import Action, Change, Plan
from deployer.model.problem import Effort, Problem, Severity, Span
from deployer.model.request import Rules
from deployer.model.resource import FLOW, Key, Resource
from deployer.model.result import Outcome, Report, Server, Status
from deployer.model.smoke import SmokeCase, SmokeResult, Verdict
from deployer.model.upgrade import Upgrade
from deployer.report import github, terminal
from deployer.report import json as json_report
from deployer.report.count import DONE_WORDS

SCHEMA: dict[str, Any] = json.loads((Path(__file__).parents[2] / "docs/report.schema.json").read_text())


def change(name: str, action: Action, reason: str = "") -> Change:
    key = Key(FLOW, "company.team", name)
    now = None if action is Action.CREATE else Resource(key, "old", revision=1)
    return Change(action, key, Resource(key, "text", origin=f"flows/{name}.yaml"), now, reason=reason)


CHANGES = (
    change("a", Action.CREATE),
    change("b", Action.UPDATE, reason="it was stopped"),
    change("c", Action.KEEP),
    change("d", Action.CREATE),
    change("e", Action.CREATE),
)
CASE = SmokeCase("hello-smoke", "greets", CHANGES[0].key, "flows/a.smoke.yaml")
SMOKES = "1 smoke test passed, 1 did not."
FULL = Report(
    asked("sync", "flows"),
    server=Server("http://localhost:8080", "1.3.31", "main"),
    problems=(
        Problem("second-document", "is ignored", "flows/a.yaml", Span(9, 1, 9, 4), severity=Severity.WARNING),
        Problem(
            "kestra-validate", "x: must not be null\n50% | <more>", "flows/f.yaml", Span(1, 1, 3, 2), hint="mend, it"
        ),
    ),
    plan=Plan(CHANGES, "0" * 64),
    outcomes=(
        Outcome(CHANGES[0], Status.DONE, revision=1),
        Outcome(CHANGES[1], Status.DONE, revision=4),
        Outcome(CHANGES[2], Status.DONE, revision=1),
        Outcome(CHANGES[3], Status.FAILED, "POST … answered 422: no", hint="look"),
        Outcome(CHANGES[4], Status.SKIPPED, "interrupted"),
    ),
    smokes=(
        SmokeResult(CASE, Verdict.PASSED, state="SUCCESS", execution="x", url="http://u", seconds=1.24),
        SmokeResult(
            CASE, Verdict.FAILED, "ended FAILED, expected SUCCESS", state="FAILED", execution="y", url="http://v"
        ),
    ),
    seconds=4.26,
)
ENDED = Report(asked("sync", "flows"), error=DeployerError("GET http://k: no answer", hint="is it up?"))
MOVED = Report(
    asked("check", "flows", rules=Rules(version="2.0")),
    files=4,
    problems=(Problem("unknown-type", "gone", "flows/b.yaml", Span(4, 1, 4, 9), effort=Effort.RENAME),),
    upgrade=Upgrade(
        "1.3",
        "2.0",
        {
            "flows/a.yaml": moves.Verdict.AS_IS,
            "flows/b.yaml": moves.Verdict.RENAME,
            "flows/c.yaml": moves.Verdict.REFUSED,
            "flows/d.yaml": moves.Verdict.AS_IS,
        },
    ),
)
PLANNED = Report(asked("sync", "flows", dry_run=True), plan=Plan(CHANGES[:3], "0" * 64))


def test_the_terminal_shows_everything_that_matters_to_a_person() -> None:
    assert terminal.render(FULL).splitlines() == [
        "http://localhost:8080 · Kestra 1.3.31 · tenant main",
        "warning[second-document] flows/a.yaml:9:1",
        "  is ignored",
        "error[kestra-validate] flows/f.yaml:1:1",
        "  x: must not be null",
        "  50% | <more>",
        "  hint: mend, it",
        "  + company.team/a  created, revision 1",
        "  ~ company.team/b  updated, revision 4 (it was stopped)",
        "  ✗ company.team/d  failed",
        "      POST … answered 422: no",
        "      hint: look",
        "  ✗ company.team/e  skipped",
        "      interrupted",
        "Smoke tests",
        "  ✓ company.team/a  greets: SUCCESS in 1.2 s",
        "  ✗ company.team/a  greets: failed: ended FAILED, expected SUCCESS (0.0 s)",
        "      http://v",
        "      repeat it: kestra-deployer smoke flows -k 'company.team/a: hello-smoke/greets'",
        f"5 flows: 1 created, 1 updated, 1 unchanged, 1 failed, 1 skipped. 1 error. {SMOKES} (4.3 s)",
    ]


def test_the_terminal_says_what_a_dry_run_would_do() -> None:
    assert terminal.render(PLANNED).splitlines() == [
        "  + company.team/a  to create",
        "  ~ company.team/b  to update (it was stopped)",
        "3 flows: 1 to create, 1 to update, 1 unchanged. (0.0 s)",
    ]


def test_an_upgrade_is_summed_up_by_verdict_with_the_files_that_are_to_be_changed() -> None:
    assert terminal.render(MOVED).splitlines()[2:] == [
        "Upgrade from Kestra 1.3 to 2.0",
        "      2  run as they are",
        "      1  need a mechanical rename",
        "         flows/b.yaml",
        "      1  are refused by Kestra 1.3 already",
        "         flows/c.yaml",
        "4 files checked by the rules of Kestra 2.0: 1 error. (0.0 s)",
    ]
    assert "| need a mechanical rename | 1 |" in github.summary(MOVED)


def test_colours_come_only_when_asked_for() -> None:
    assert "\x1b[" not in terminal.render(FULL)
    assert "\x1b[32m" in terminal.render(FULL, color=True)


@pytest.mark.parametrize(
    "report", [FULL, ENDED, PLANNED, MOVED, Report(asked("sync"))], ids=["full", "ended", "planned", "moved", "empty"]
)
def test_the_json_document_is_what_its_schema_says(report: Report) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    document = json.loads(json_report.render(report))
    Draft202012Validator(SCHEMA).validate(document)
    assert document["exit_code"] == report.exit_code


def test_the_schema_would_notice_a_wrong_document() -> None:
    for wrong in ({}, {"version": 1}, {**json.loads(json_report.render(FULL)), "outcomes": [{"name": "a"}]}):
        assert not Draft202012Validator(SCHEMA).is_valid(wrong)


def test_the_schema_names_every_field_that_is_written() -> None:
    document = json.loads(json_report.render(FULL))
    assert set(document) == set(SCHEMA["properties"])
    for field, definition in (
        (document["problems"][0], "problem"),
        (document["plan"]["changes"][0], "change"),
        (document["outcomes"][0], "outcome"),
        (document["smokes"][0], "smoke"),
    ):
        assert set(field) == set(SCHEMA["$defs"][definition]["properties"])


def test_a_run_that_ended_before_anything_was_planned_leaves_it_to_stderr_to_say_why() -> None:
    assert terminal.render(ENDED) == ""


def test_what_ended_a_run_stands_among_the_problems_of_the_document() -> None:
    document = json.loads(json_report.render(ENDED))
    [problem] = document["problems"]
    assert (problem["check"], problem["file"], problem["hint"]) == ("run", None, "is it up?")
    assert document["exit_code"] == 3


def test_github_gets_annotations_at_file_and_line_errors_first() -> None:
    title = "title=kestra-deployer%3A"
    assert github.commands(FULL) == (
        f"::error file=flows/f.yaml,{title} kestra-validate,line=1,endLine=3"
        "::x: must not be null%0A50%25 | <more> (hint: mend, it)\n"
        f"::error file=flows/d.yaml,{title} deploy::company.team/d: POST … answered 422: no (hint: look)\n"
        f"::error file=flows/a.smoke.yaml,{title} smoke::company.team/a, greets: ended FAILED, expected SUCCESS\n"
        f"::warning file=flows/a.yaml,{title} second-document,line=9,endLine=9,col=1,endColumn=4::is ignored\n"
    )
    assert github.commands(ENDED) == f"::error {title} run::GET http://k: no answer (hint: is it up?)\n"


@pytest.mark.parametrize("action", [action for action in Action if action is not Action.KEEP])
@pytest.mark.parametrize("render", [terminal.render, github.summary])
def test_whatever_was_done_is_told(action: Action, render: Callable[[Report], str]) -> None:
    done = Outcome(change("a", action), Status.DONE, revision=2)

    told = render(Report(asked("sync"), plan=Plan((done.change,), ""), outcomes=(done,)))

    assert "company.team/a" in told
    assert told.count(DONE_WORDS[action]) == 2


def test_where_deleted_texts_are_is_told_in_every_format() -> None:
    report = Report(asked("sync"), saved="kept/here")

    assert all("kept/here" in render(report) for render in (terminal.render, github.summary, json_report.render))


def test_github_gets_the_counts_as_outputs() -> None:
    outputs = github.outputs(FULL)
    assert {name: number for name, number in outputs.items() if number != "0"} == {
        "created": "1",
        "updated": "1",
        "unchanged": "1",
        "failed": "1",
        "skipped": "1",
        "exit-code": "5",
    }
    planned = github.outputs(PLANNED)
    assert (planned["to-create"], planned["to-update"], planned["changes"], planned["created"]) == ("1", "1", "2", "0")
    assert github.outputs(ENDED)["exit-code"] == "3"


def test_a_step_summary_stays_below_the_limit_and_says_what_was_left_out() -> None:
    problems = tuple(Problem("x", "ä" * 5000, f"flows/{number}{'y' * 500}.yaml") for number in range(3000))
    outcomes = tuple(
        Outcome(change(f"{'z' * 90}{number}", Action.CREATE), Status.FAILED, "ö" * 900) for number in range(3000)
    )
    text = github.summary(replace(FULL, problems=problems, outcomes=outcomes))
    assert len(text.encode()) < 1024 * 1024
    assert "more rows are in the log." in text
    wide = github.summary(replace(FULL, problems=problems[:450], outcomes=outcomes[:450], smokes=FULL.smokes * 400))
    assert len(wide.encode()) < 1024 * 1024


def test_an_excerpt_of_a_long_line_shows_what_is_around_the_place() -> None:
    line = "a" * 5000 + "WRONG" + "b" * 5000
    problem = Problem("x", "no", "a.yaml", Span(1, 5001, 1, 5006), excerpt=line)
    shown, marks = terminal.render(Report(asked("check"), problems=(problem,))).splitlines()[2:4]
    assert len(shown) < 200
    assert shown[marks.index("^") : marks.rindex("^") + 1] == "WRONG"
    begin = Problem("x", "no", "a.yaml", Span(1, 1, 1, 3), excerpt="ab" + "c" * 5000)
    shown, marks = terminal.render(Report(asked("check"), problems=(begin,))).splitlines()[2:4]
    assert (shown[marks.index("^") : marks.rindex("^") + 1], shown.endswith(" …")) == ("ab", True)


def test_the_step_summary_is_markdown_that_a_message_cannot_break() -> None:
    text = github.summary(FULL)
    assert "### ❌ kestra-deployer sync" in text
    assert "| x: must not be null<br>50% \\| &lt;more> | flows/f.yaml:1 | kestra-validate |" in text
    assert "| company.team/a | 🟢 created | 1 |" in text
    assert "company.team/c" not in text
    assert "GET http://k: no answer" in github.summary(ENDED)
    assert "| company.team/a | to create |  |" in github.summary(PLANNED)


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (Report(asked("sync")), 0),
        (Report(asked("sync"), problems=FULL.problems[:1]), 0),
        (Report(asked("sync"), problems=FULL.problems), 1),
        (Report(asked("sync"), problems=FULL.problems, smokes=FULL.smokes), 6),
        (FULL, 5),
        (ENDED, 3),
        (Report(asked("sync"), interrupted=True, error=ENDED.error), 130),
    ],
)
def test_of_several_exit_codes_the_weightiest_counts(report: Report, code: int) -> None:
    assert report.exit_code == code
