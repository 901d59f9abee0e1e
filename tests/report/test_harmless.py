"""What others wrote is shown in every format and does nothing there: it gives no commands and draws nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from report.requests import asked

from deployer.errors import DeployerError
from deployer.model.change import Action, Change, Detail, Plan
from deployer.model.health import Condition, Health
from deployer.model.problem import Problem, Span
from deployer.model.request import Rules
from deployer.model.resource import FLOW, Key, Resource
from deployer.model.result import Outcome, Report, RolledBack, Server, Status
from deployer.model.rollback import Way
from deployer.model.smoke import Checked, SmokeCase, SmokeResult, TaskRun, Verdict
from deployer.model.trial import Judged, Trial
from deployer.model.trial import Verdict as Promise
from deployer.model.upgrade import Upgrade
from deployer.model.upgrade import Verdict as Move
from deployer.report import github, terminal, trial
from deployer.report import json as json_report
from deployer.report.harmless import harmless, one_line
from deployer.report.markdown import markdown
from deployer.report.table import FORMATS

EVIL = (
    "\x1b]0;owned\x07 \x9b31m \u202e \u2066 \ud800 \udcff \ufffe \uffff \b\x7f\n"
    "::error::no\n  ::add-mask::y\n##[stop]##vso[x]\r::z"
)
"""One of each kind, as a flow, a key, the name of a file or a server's answer may hold it."""
SEEN = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
COLOUR = r"\x1b\[[0-9;]*m"


def everywhere(evil: str) -> Report:
    """A report that has the text wherever somebody else's text can be."""
    key = Key(FLOW, evil, evil)
    change = Change(
        Action.UPDATE, key, Resource(key, evil, origin=evil), Resource(key, evil, revision=1), reason=evil, held=evil
    )
    smoke = SmokeResult(
        SmokeCase(evil, evil, key, evil, tags=(evil,)),
        Verdict.FAILED,
        evil,
        state=evil,
        execution=evil,
        url=evil,
        left_running=True,
        checked=(Checked(what=evil, expected=evil, actual=evil, passed=False, message=evil),),
        states=(evil,),
        runs=(TaskRun(task=evil, state=evil, value=evil),),
        logs=(evil, evil),
    )
    return Report(
        asked("sync", evil, rules=Rules(version=evil, source=evil)),
        server=Server(evil, evil, evil),
        problems=(Problem("yaml-syntax", evil, evil, Span(1, 3, 1, 5), hint=evil, excerpt=evil),),
        upgrade=Upgrade("1.3", "2.0", {evil: Move.REWRITE}),
        plan=Plan((change,), "0"),
        details={key: Detail(tuple(f" {line}" for line in evil.split("\n")), added=1, removed=1, dependants=(evil,))},
        outcomes=(Outcome(change, Status.FAILED, evil, hint=evil), Outcome(change, Status.DONE, revision=2)),
        health=(Health(key, Condition.DEGRADED, (evil,), origin=evil),),
        smokes=(smoke, replace(smoke, verdict=Verdict.SKIPPED), replace(smoke, verdict=Verdict.PASSED)),
        rollback=(
            RolledBack(Way.REVERT, Outcome(change, Status.SKIPPED, evil, hint=evil)),
            RolledBack(Way.REVERT, Outcome(replace(change, held=""), Status.DONE, evil, revision=3)),
        ),
        saved=evil,
        error=DeployerError(evil, hint=evil),
    )


def planned(evil: str) -> Report:
    report = everywhere(evil)
    return Report(asked("plan", evil, dry_run=True), plan=report.plan, details=report.details)


def on_trial(evil: str) -> str:
    judged = Judged("create", evil, Promise.BROKEN, (evil,), evil, 1, 0.0)
    head = trial.head(Server(evil, evil, evil), evil)
    return head + trial.promise(judged) + trial.closing(Trial(evil, False, promises=(judged,)))


def in_table(name: str, evil: str) -> str:
    return re.sub(r"(?m)^::(error|warning|notice) ", "", FORMATS[name](everywhere(evil)))


SHOWN: dict[str, Callable[[str], str]] = {
    "terminal": lambda evil: terminal.render(everywhere(evil)),
    "terminal in colour": lambda evil: re.sub(COLOUR, "", terminal.render(everywhere(evil), color=True)),
    "terminal, a plan": lambda evil: terminal.render(planned(evil)),
    "annotations": lambda evil: re.sub(r"(?m)^::(error|warning|notice) ", "", github.commands(everywhere(evil))),
    "summary": lambda evil: github.summary(everywhere(evil)),
    "summary of a plan": lambda evil: github.summary(planned(evil)),
    "outputs": lambda evil: str(github.outputs(everywhere(evil))),
    "trial": on_trial,
    **{f"{name}, of the table": partial(in_table, name) for name in FORMATS},
    "document": lambda evil: json_report.render(everywhere(evil)),
}


@pytest.mark.parametrize("show", SHOWN.values(), ids=SHOWN)
def test_nothing_that_others_wrote_is_obeyed_by_a_terminal_or_a_ci(show: Callable[[str], str]) -> None:
    text = show(EVIL)
    assert re.findall(SEEN, text) == []
    text.encode("utf-8")


@pytest.mark.parametrize("format_", [name for name in SHOWN if name not in ("document", "json, of the table")])
def test_no_line_of_a_log_is_a_command_but_the_annotations(format_: str) -> None:
    lines = SHOWN[format_](EVIL).splitlines()
    assert [line for line in lines if line.lstrip().startswith("::") or re.search(r"##\w*\[", line)] == []


def test_an_item_of_one_line_stays_one_whatever_its_names_hold() -> None:
    key = Key(FLOW, "a", "b\n  + c/d  created, revision 1")
    change = Change(Action.CREATE, key, Resource(key, ""), None)
    report = Report(asked("sync"), plan=Plan((change,), ""), outcomes=(Outcome(change, Status.DONE, revision=1),))
    assert len(terminal.render(report).splitlines()) == 2
    annotation = github.commands(Report(asked("sync"), problems=(Problem("x", "y", "a\nb"),)))
    assert annotation.count("\n") == 1


def test_a_person_sees_what_was_there() -> None:
    assert harmless("a\x1b[31mb\udcff\ud800\u202e") == r"a\x1b[31mb\xff\ud800\u202e"
    assert harmless("tab\tand\r\nline") == "tab\tand\nline"
    assert harmless("::error::x\n  ::y a::b") == "\\::error::x\n  \\::y a::b"
    assert one_line("a\nb") == r"a\nb"
    assert harmless("ünï ✓ 🟢 مرحبا") == "ünï ✓ 🟢 مرحبا"


def test_the_mark_below_a_line_stands_below_what_it_is_about() -> None:
    problem = Problem("yaml-syntax", "no", "f", Span(1, 4, 1, 6), excerpt="\x1b: ab # x")
    _, _, line, marks, *_ = terminal.render(Report(asked("check"), problems=(problem,))).splitlines()
    assert line[marks.index("^") :].startswith("ab")
    assert marks.count("^") == 2


def test_the_document_is_plain_ascii_and_says_the_same() -> None:
    text = json_report.render(everywhere("ünï\ud800"))
    assert text.isascii()
    assert json.loads(text)["path"] == "ünï\ud800"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# head", "\\# head"),
        ("![x](http://e/p.png) [y](http://e)", "![x\\](http://e/p.png) [y\\](http://e)"),
        ("<img src=x onerror=y>", "&lt;img src=x onerror=y>"),
        ("a|b", "a\\|b"),
        ("`code <b> [x](y)`", "`code <b> [x](y)`"),
        ("open ` [x](y)", "open \\` [x\\](y)"),
        ("company.team/place_order tasks[0]", "company.team/place_order tasks[0]"),
        ("_so_ *it* ~~is~~", "\\_so\\_ \\*it\\* \\~\\~is\\~\\~"),
        ("one\ntwo", "one<br>two"),
    ],
)
def test_markdown_shows_a_text_as_it_is(text: str, shown: str) -> None:
    assert markdown(text) == shown


def test_a_summary_stays_below_what_github_takes() -> None:
    problems = tuple(Problem("yaml-syntax", "🟢" * 1000, f"flows/{number}.yaml") for number in range(20_000))
    summary = github.summary(Report(asked("sync"), problems=problems))
    assert len(summary.encode()) < 1 << 20
    assert "19500 more rows are in the log" in summary
