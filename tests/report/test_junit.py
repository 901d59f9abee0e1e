"""JUnit XML: what CI systems read of a run is valid, complete, and never green where the run failed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report.requests import asked
from report.runs import FAILED, MAIL, PASSED, RETRIED, SKIPPED, TESTED, TIMED_OUT, case
from report.test_formats import CHANGES, ENDED, FULL, MOVED, PLANNED, change
from report.test_harmless import EVIL, everywhere
from report.test_health import DEPLOYED, LOOKED
from report.test_refused import ENDED as REFUSED
from report.test_refused import FORETOLD
from xmlschema import XMLSchema

from deployer.errors import ExitCode, UnforeseenError
from deployer.model.change import Action, Detail, Plan, Standing
from deployer.model.health import Condition, Health
from deployer.model.problem import Problem, Severity, Span
from deployer.model.request import Command
from deployer.model.resource import FLOW, Key
from deployer.model.result import Outcome, Report, Status
from deployer.model.smoke import Checked, SmokeResult, Verdict
from deployer.report import testsuites
from deployer.report.junit import render

SCHEMA = XMLSchema(Path(__file__).with_name("junit.xsd"))
FAILING = ("failure", "error")
DRIFTED = Report(
    asked("drift", "flows", dry_run=True),
    plan=Plan((replace(change("a", Action.UPDATE, "it was edited"), standing=Standing.DRIFTED), CHANGES[2]), ""),
)


def read(report: Report) -> ET.Element:
    """The document as a reader has it, which is valid and whose numbers are right."""
    text = render(report)
    SCHEMA.validate(text)
    root = ET.fromstring(text)  # noqa: S314  it is ours
    for element in (root, *root.findall("testsuite")):
        kinds = Counter(child.tag for case_ in element.iter("testcase") for child in case_)
        counted = {"failures": kinds["failure"], "errors": kinds["error"], "skipped": kinds["skipped"]}
        counted["tests"] = len(list(element.iter("testcase")))
        counted = {name: number for name, number in counted.items() if name != "skipped" or element is not root}
        assert {name: int(element.attrib[name]) for name in counted} == counted
    return root


def found(root: ET.Element, suite: str) -> dict[str, str]:
    """What became of each case of a suite: `passed`, or why not."""
    cases = root.findall(f"testsuite[@name='{suite}']/testcase")
    return {each.attrib["name"]: _found(each) for each in cases}


def _found(element: ET.Element) -> str:
    reasons = [f"{child.tag}: {child.attrib['message']}" for child in element if "message" in child.attrib]
    return reasons[0] if reasons else "passed"


def fails(root: ET.Element) -> bool:
    return any(next(root.iter(tag), None) is not None for tag in FAILING)


def the_case(root: ET.Element, name: str) -> ET.Element:
    [element] = [each for each in root.iter("testcase") if each.attrib["name"] == name]
    return element


def text_of(root: ET.Element, name: str, tag: str) -> str:
    return the_case(root, name).findtext(tag) or ""


def test_each_suite_of_smoke_tests_is_a_suite_and_each_case_a_case() -> None:
    root = read(TESTED)
    assert [each.attrib["name"] for each in root.findall("testsuite")] == [
        "kestra-deployer: run",
        "kestra-deployer: files",
        "company.shop/orders: orders-smoke",
        "company.shop/mail: mail-smoke",
    ]
    assert found(root, "company.shop/orders: orders-smoke") == {
        "counts": "passed",
        "sums": "failure: ended FAILED, expected SUCCESS (and 2 more)",
        "waits": "failure: still RUNNING after 5 s: could not be killed",
    }
    assert found(root, "company.shop/mail: mail-smoke") == {
        "sends": "error: its flow was not deployed",
        "mocks": "skipped: a server cannot mock tasks",
        "flickers": "passed",
    }
    assert found(root, "kestra-deployer: run") == {"smoke flows": "passed"}
    counts = the_case(root, "counts")
    assert counts.attrib == {
        "name": "counts",
        "classname": "company.shop.orders.orders-smoke",
        "time": "1.240",
    }
    assert text_of(root, "counts", "system-out").splitlines() == [
        "file: flows/orders.smoke.yaml",
        "url: http://k/e1",
        "execution: e1",
        "state: SUCCESS",
        "tags: fast, nightly",
        "",
        "counted 3 orders",
    ]


def test_the_suite_of_the_run_has_what_is_known_of_the_server_and_those_of_smoke_tests_have_their_file() -> None:
    first, *others = read(TESTED).findall("testsuite")
    assert {each.attrib["name"]: each.attrib["value"] for each in first.iter("property")} == {
        "exit-code": "6",
        "server": "http://k:8080",
        "kestra": "1.3.31",
        "tenant": "main",
    }
    assert [each.attrib.get("file") for each in others] == [None, "flows/orders.smoke.yaml", "flows/orders.smoke.yaml"]


def test_a_failure_has_all_that_there_is_to_say() -> None:
    root = read(TESTED)
    assert text_of(root, "sums", "failure").splitlines() == [
        "ended FAILED, expected SUCCESS (and 2 more)",
        "",
        "state",
        "  expected: SUCCESS",
        "  actual:   FAILED",
        "output total",
        "  expected: 42",
        "  actual:   41",
        "  the total is wrong",
        "logs",
        "  there are none to search",
        "",
        "states: CREATED → RUNNING → FAILED",
        "",
        "task runs:",
        "  count: SUCCESS in 0.5 s",
        "  each (b): FAILED in 1.2 s, 3 attempts",
        "",
        "http://k/e2",
        "",
        "file: flows/orders.smoke.yaml",
        "repeat it: kestra-deployer smoke flows -k 'company.shop/orders: orders-smoke/sums'",
    ]
    assert text_of(root, "sums", "system-out").endswith("sum of 2 <rows>\njava.lang.ArithmeticException: / by zero")
    assert "\nit still runs: http://k/e3\n" in text_of(root, "waits", "failure")
    assert "\ntries: 3" in text_of(root, "flickers", "system-out")


def test_a_failure_has_its_inputs_and_hides_those_that_are_secrets() -> None:
    given = case("sums", inputs={"amount": 3, "key": "hunter2"}, secrets=frozenset({"key"}))
    text = text_of(read(replace(TESTED, smokes=(replace(FAILED, case=given),))), "sums", "failure")
    assert 'inputs: {"amount": 3, "key": "***"}' in text


def test_a_case_without_a_message_has_its_first_expectation_or_its_verdict() -> None:
    checked = Checked(what="a", expected="1", actual="", passed=False)
    bare = replace(FAILED, message="", checked=(checked,)), replace(TIMED_OUT, case=case("b"), message="")
    root = read(replace(TESTED, smokes=bare))
    assert the_case(root, "sums").find("failure").attrib["message"] == "a: expected 1, was nothing"  # type: ignore[union-attr]
    assert the_case(root, "b").find("failure").attrib["message"] == "timed-out"  # type: ignore[union-attr]
    assert "  actual:   (nothing)" in text_of(root, "sums", "failure")


def test_files_changes_and_the_run_are_cases_too() -> None:
    root = read(FULL)
    assert found(root, "kestra-deployer: files") == {
        "flows/a.smoke.yaml": "passed",
        **{f"flows/{name}.yaml": "passed" for name in "abcde"},
        "flows/f.yaml": "failure: x: must not be null …",
    }
    assert text_of(root, "flows/f.yaml", "failure").splitlines() == [
        "flows/f.yaml:1:1: error[kestra-validate] x: must not be null",
        "50% | <more>",
        "  hint: mend, it",
    ]
    assert text_of(root, "flows/a.yaml", "system-out") == "flows/a.yaml:9:1: warning[second-document] is ignored"
    assert found(root, "kestra-deployer: changes") == {
        "company.team/a": "passed",
        "company.team/b": "passed",
        "company.team/c": "passed",
        "company.team/d": "failure: POST … answered 422: no",
        "company.team/e": "error: interrupted",
    }
    assert "hint: look" in text_of(root, "company.team/d", "failure")
    assert text_of(root, "company.team/b", "system-out") == (
        "file: flows/b.yaml\n\nupdated, revision 4 (it was stopped)"
    )


def test_what_was_checked_for_an_upgrade_is_listed() -> None:
    assert found(read(MOVED), "kestra-deployer: files") == {
        "flows/a.yaml": "passed",
        "flows/b.yaml": "failure: gone",
        "flows/c.yaml": "passed",
        "flows/d.yaml": "passed",
    }


def test_several_problems_of_a_file_are_one_case_and_warnings_count_where_they_are_errors() -> None:
    problems = (
        Problem("a", "first", "x.yaml", Span(2, 1, 2, 2)),
        Problem("b", "second", "x.yaml"),
        Problem("c", "only a warning", "y.yaml", severity=Severity.WARNING),
        Problem("project", "of no file", severity=Severity.ERROR),
    )
    report = Report(asked("check", "flows"), problems=problems)
    root = read(report)
    assert found(root, "kestra-deployer: files") == {
        "project": "failure: of no file",
        "x.yaml": "failure: first (and 1 more)",
        "y.yaml": "passed",
    }
    assert "x.yaml: error[b] second" in text_of(root, "x.yaml", "failure")
    strict = replace(report, request=replace(report.request, strict=True))
    assert found(read(strict), "kestra-deployer: files")["y.yaml"] == "failure: only a warning"


def test_a_saved_plan_says_nothing_of_files_that_this_run_did_not_read() -> None:
    report = replace(FULL, request=asked("apply"), problems=(), smokes=())
    assert found(read(report), "kestra-deployer: files") == {}


def test_the_health_of_what_was_deployed() -> None:
    assert found(read(DEPLOYED), "kestra-deployer: health") == {
        "company.team/busy": "passed",
        "company.team/off": "failure: the trigger is off: switch it on",
        "company.team/unseen": "skipped: it was not shown",
        "company.team/well": "passed",
    }
    assert text_of(read(LOOKED), "company.team/busy", "system-out").endswith("\n\na backfill is under way")
    bare = Report(asked("health"), health=(Health(MAIL, Condition.DEGRADED),))
    assert found(read(bare), "kestra-deployer: health") == {"company.shop/mail": "failure: degraded"}


def test_what_ended_a_run_is_an_error_of_the_run() -> None:
    root = read(ENDED)
    assert found(root, "kestra-deployer: run") == {"sync flows": "error: GET http://k: no answer"}
    assert text_of(root, "sync flows", "error").endswith("hint: is it up?")
    assert found(read(Report(asked(), interrupted=True)), "kestra-deployer: run") == {"sync": "error: interrupted"}


def test_a_plan_fails_nothing_and_a_refused_deploy_does() -> None:
    assert set(found(read(PLANNED), "kestra-deployer: changes").values()) == {"passed"}
    assert text_of(read(PLANNED), "company.team/b", "system-out").splitlines() == [
        "file: flows/b.yaml",
        "",
        "to update (it was stopped)",
    ]
    edited = "edited on the server since it was deployed as revision 1"
    assert found(read(REFUSED), "kestra-deployer: changes") == {
        "company.team/a": "skipped: skipped",
        "company.team/b": f"failure: refused: {edited}",
        "company.team/c": "passed",
        "company.team/d": "passed",
    }
    would = found(read(FORETOLD), "kestra-deployer: changes")["company.team/b"]
    assert would == f"skipped: would be refused: {edited}"
    detailed = replace(FORETOLD, request=replace(FORETOLD.request, detailed=True))
    assert found(read(detailed), "kestra-deployer: changes")["company.team/b"].startswith("failure: would be refused")


def test_drift_fails_by_what_is_not_as_it_was_deployed() -> None:
    assert found(read(DRIFTED), "kestra-deployer: changes") == {
        "company.team/a": "failure: it was edited",
        "company.team/c": "passed",
    }


def test_a_diff_is_beside_its_change_where_it_was_asked_for() -> None:
    detail = Detail(("--- a", "+++ b", "-old", "+new"), added=1, removed=1)
    report = replace(PLANNED, details={CHANGES[1].key: detail})
    assert text_of(read(report), "company.team/b", "system-out").endswith("--- a\n+++ b\n-old\n+new")
    short = replace(report, request=replace(report.request, stat=True))
    assert "old" not in text_of(read(short), "company.team/b", "system-out")


def test_an_edit_that_was_overwritten_fails() -> None:
    lost = Outcome(CHANGES[1], Status.DONE, revision=5, lost=4)
    root = read(Report(asked(), plan=Plan((CHANGES[1],), ""), outcomes=(lost,)))
    assert found(root, "kestra-deployer: changes")["company.team/b"].startswith("failure: wrote over revision 4")


RUNS = {
    "full": FULL,
    "tested": TESTED,
    "ended": ENDED,
    "planned": PLANNED,
    "moved": MOVED,
    "healthy or not": DEPLOYED,
    "refused": REFUSED,
    "foretold": FORETOLD,
    "drifted": DRIFTED,
    "empty": Report(asked()),
    "interrupted": Report(asked(), interrupted=True),
    "a bug": Report(asked(), error=UnforeseenError(ValueError("x"))),
    "changes": replace(PLANNED, request=asked("plan", dry_run=True, detailed=True)),
    "skipped": replace(TESTED, smokes=(SKIPPED, RETRIED)),
    "evil": everywhere(EVIL),
}


@pytest.mark.parametrize("report", RUNS.values(), ids=RUNS)
def test_there_is_always_a_case_and_one_fails_where_the_run_failed(report: Report) -> None:
    assert fails(read(report)) == (report.exit_code not in (ExitCode.OK, ExitCode.CHANGES))


def test_where_no_case_fails_by_itself_the_run_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Report, "exit_code", property(lambda _: ExitCode.PROBLEMS))
    assert found(read(Report(asked("check", "a", "b"))), "kestra-deployer: run") == {"check a b": "failure: problems"}


def test_no_two_cases_are_called_alike_as_only_the_first_would_be_read() -> None:
    other = replace(FAILED, case=case("counts", file="other.smoke.yaml"))
    numbered = replace(PASSED, case=case("counts (2)"))
    root = read(replace(TESTED, smokes=(PASSED, numbered, PASSED, other)))
    names = [each.attrib["name"] for each in root.iter("testcase")]
    assert names[-4:] == ["counts", "counts (2)", "counts (3)", "counts (4)"]
    assert [each.attrib["name"] for each in root.findall("testsuite")][-2:] == [
        "company.shop/orders: orders-smoke",
        "company.shop/orders: orders-smoke (2)",
    ]


def test_long_names_that_begin_alike_stay_apart() -> None:
    smokes = [replace(PASSED, case=case(f"{'n' * 5000}{number}")) for number in range(3)]
    root = read(replace(TESTED, smokes=tuple(smokes)))
    assert all(len(each.attrib["name"]) < 400 for each in root.iter("testcase"))


def test_a_log_publishes_no_file() -> None:
    logs = ("[[ATTACHMENT|/etc/passwd]]", "[[attachment|x]]", "[[other|x]]")
    root = read(replace(TESTED, smokes=(replace(FAILED, message=logs[0], logs=logs),)))
    _, output = text_of(root, "sums", "system-out").split("\n\n")
    assert output == "[\\[ATTACHMENT|/etc/passwd]]\n[\\[attachment|x]]\n[[other|x]]"
    assert "[[ATTACHMENT" not in text_of(root, "sums", "failure")
    assert not any("[[ATTACHMENT" in value for each in root.iter() for value in each.attrib.values())


def test_of_a_long_text_the_telling_end_is_kept() -> None:
    long = "begin" + "x" * 100_000 + "end"
    root = read(replace(TESTED, smokes=(replace(FAILED, message=long, logs=(long,)),)))
    assert text_of(root, "sums", "failure").startswith("begin")
    assert text_of(root, "sums", "failure").endswith("more characters")
    assert "\nstate: FAILED\n\n… " in text_of(root, "sums", "system-out")
    assert text_of(root, "sums", "system-out").endswith("end")
    assert len(render(replace(TESTED, smokes=(replace(FAILED, message=long, logs=(long,)),)))) < 50_000


def test_the_whole_is_no_larger_than_what_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(testsuites, "_LARGEST", 500_000)
    many = tuple(
        replace(FAILED, case=case(str(number)), message="<" * 90_000, logs=("ä" * 90_000,)) for number in range(100)
    )
    report = replace(TESTED, smokes=many)
    assert len(render(report).encode()) < 500_000
    assert len(list(read(report).iter("failure"))) == 100


HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("<>&\"'\0\x0b\x1f\x7f\x85\u2028\ufffe\uffff\ud800\udcff\n\r\t]["),
    ),
    max_size=30,
)
TEXTS = st.one_of(HOSTILE, st.sampled_from(("]]>", "<!--", "-->", "<![CDATA[", "&amp;", "&#0;", EVIL, "", "\r\n")))


@given(TEXTS)
def test_whatever_others_wrote_the_document_is_sound(evil: str) -> None:
    read(everywhere(evil))


@st.composite
def results(draw: st.DrawFn) -> SmokeResult:
    text = TEXTS
    return SmokeResult(
        case(draw(text), Key(FLOW, draw(text), draw(text)), suite=draw(text), file=draw(text), tags=(draw(text),)),
        draw(st.sampled_from(Verdict)),
        draw(text),
        url=draw(st.none() | text),
        state=draw(st.none() | text),
        seconds=draw(st.floats(-1, 1e9)),
        checked=(Checked(what=draw(text), expected=draw(text), actual=draw(text), passed=False, message=draw(text)),),
        logs=tuple(draw(st.lists(text, max_size=3))),
        tries=draw(st.integers(1, 3)),
    )


@given(st.lists(results(), max_size=4), st.sampled_from(Command))
def test_whatever_came_of_smoke_tests_it_fails_where_the_run_does(smokes: list[SmokeResult], command: Command) -> None:
    report = Report(asked(command), smokes=tuple(smokes))
    assert fails(read(report)) == (report.exit_code != ExitCode.OK)
