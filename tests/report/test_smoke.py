"""What each format makes of a run with a smoke test of each verdict, and of one that was retried."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator
from report.requests import asked
from report.runs import COUNTED, FAILED, NOT_RUN, PASSED, RETRIED, SKIPPED, SMOKES, TESTED
from report.test_formats import SCHEMA

from deployer.model.result import Report
from deployer.model.smoke import Checked, SmokeResult, TaskRun
from deployer.report import count, github, terminal
from deployer.report import json as json_report
from deployer.report.smoke import expectation, explain, task_run


def of(*smokes: SmokeResult) -> Report:
    return Report(asked("smoke", "flows"), smokes=smokes)


def test_a_person_reads_why_a_case_failed_and_how_it_came_there() -> None:
    assert terminal.render(TESTED).splitlines() == [
        "http://k:8080 · Kestra 1.3.31 · tenant main",
        "Smoke tests",
        "  ✓ company.shop/orders  counts: SUCCESS in 1.2 s",
        "  ✗ company.shop/orders  sums: failed: ended FAILED, expected SUCCESS (and 2 more) (2.5 s)",
        "      CREATED → RUNNING → FAILED",
        "      state: expected SUCCESS, was FAILED",
        "      output total: expected 42, was 41 (the total is wrong)",
        "      logs: there are none to search",
        "      | sum of 2 <rows>",
        "      | java.lang.ArithmeticException: / by zero",
        "      http://k/e2",
        "      repeat it: kestra-deployer smoke flows -k 'company.shop/orders: orders-smoke/sums'",
        "  ✗ company.shop/orders  waits: timed-out: still RUNNING after 5 s: could not be killed (5.0 s)",
        "      CREATED → RUNNING",
        "      it still runs: http://k/e3",
        "      repeat it: kestra-deployer smoke flows -k 'company.shop/orders: orders-smoke/waits'",
        "  ✗ company.shop/mail  sends: not-run: its flow was not deployed",
        "      repeat it: kestra-deployer smoke flows -k 'company.shop/mail: mail-smoke/sends'",
        "  - company.shop/mail  mocks: skipped: a server cannot mock tasks",
        "  ✓ company.shop/mail  flickers: SUCCESS in 0.8 s, 3 tries",
        f"{COUNTED} (9.5 s)",
    ]


def test_what_was_skipped_is_dim_and_red_is_what_failed() -> None:
    lines = terminal.render(of(SKIPPED, FAILED), color=True).splitlines()
    assert "\x1b[2m" in lines[1]
    assert "\x1b[31m" not in lines[1]
    assert "\x1b[31m" in lines[2]


def test_a_terminal_shows_the_beginning_of_a_long_value_and_of_a_long_line() -> None:
    long = Checked(what="output text", expected="a" * 5000, actual="b" * 5000, passed=False)
    logs = ("one\ntwo", "x" * 5000)
    lines = terminal.render(of(replace(FAILED, checked=(long,), logs=logs))).splitlines()
    assert max(map(len, lines)) < 600
    assert [line[:12] for line in lines if line.startswith("      |")] == ["      | one", "      | two", "      | xxxx"]


TOTAL = Checked(what="output total", expected="42", actual="41", passed=False)
SAID = replace(FAILED, message="output total: expected `42`, but was `41`", checked=(TOTAL,))


def test_what_the_message_says_of_the_only_expectation_is_not_said_again() -> None:
    assert terminal.render(of(SAID)).count("42") == 1
    assert github.commands(of(SAID)).count("42") == 1
    assert github.summary(of(SAID)).count("42") == 1
    other = replace(SAID, message="not as expected")
    assert "output total: expected 42, was 41" in terminal.render(of(other))
    assert "not as expected; output total: expected 42, was 41" in github.commands(of(other))
    assert "not as expected; output total: expected 42, was 41" in github.summary(of(other))


def test_what_passed_shows_no_log_to_a_person() -> None:
    assert "counted 3 orders" not in terminal.render(TESTED)


@pytest.mark.parametrize(
    ("smokes", "says"),
    [
        (SMOKES, COUNTED),
        ((PASSED,), "1 smoke test passed."),
        ((PASSED, PASSED, NOT_RUN), "2 smoke tests passed, 1 did not."),
        ((PASSED, SKIPPED), "1 smoke test passed, 1 skipped."),
        ((SKIPPED, SKIPPED), "0 smoke tests passed, 2 skipped."),
    ],
)
def test_the_sentence_counts_what_was_skipped_apart(smokes: tuple[SmokeResult, ...], says: str) -> None:
    assert count.sentence(of(*smokes)) == says


def test_the_document_has_all_of_it_as_its_schema_says() -> None:
    document = json.loads(json_report.render(TESTED))
    Draft202012Validator(SCHEMA).validate(document)
    assert [smoke["verdict"] for smoke in document["smokes"]] == [
        "passed",
        "failed",
        "timed-out",
        "not-run",
        "skipped",
        "passed",
    ]
    passed, failed, *_, retried = document["smokes"]
    assert (passed["tags"], passed["tries"], retried["tries"]) == (["fast", "nightly"], 1, 3)
    assert failed["states"] == ["CREATED", "RUNNING", "FAILED"]
    assert failed["checked"][1] == {
        "what": "output total",
        "expected": "42",
        "actual": "41",
        "passed": False,
        "message": "the total is wrong",
    }
    assert failed["runs"] == [
        {"task": "count", "value": None, "state": "SUCCESS", "attempts": 1, "seconds": 0.5},
        {"task": "each", "value": "b", "state": "FAILED", "attempts": 3, "seconds": 1.25},
    ]
    assert failed["logs"] == ["sum of 2 <rows>", "java.lang.ArithmeticException: / by zero"]
    assert (failed["inputs"], failed["repeat"]) == (
        {},
        "kestra-deployer smoke flows -k 'company.shop/orders: orders-smoke/sums'",
    )
    assert passed["repeat"] is None


def test_a_case_that_an_interrupt_kept_from_its_first_try_is_in_the_document() -> None:
    document = json.loads(json_report.render(of(replace(NOT_RUN, message="interrupted", tries=0))))
    Draft202012Validator(SCHEMA).validate(document)
    assert document["smokes"][0]["tries"] == 0


def test_the_schema_names_every_field_of_what_was_checked_and_run() -> None:
    smoke = json.loads(json_report.render(TESTED))["smokes"][1]
    for field, definition in ((smoke["checked"][0], "checked"), (smoke["runs"][0], "run")):
        described = SCHEMA["$defs"][definition]
        assert set(field) == set(described["properties"]) == set(described["required"])


def test_what_failed_has_an_annotation_with_its_first_expectation_and_what_was_skipped_has_none() -> None:
    where = "::error file=flows/orders.smoke.yaml,title=kestra-deployer%3A smoke::"
    assert github.commands(TESTED).splitlines() == [
        f"{where}company.shop/orders, sums: ended FAILED, expected SUCCESS (and 2 more)",
        f"{where}company.shop/orders, waits: still RUNNING after 5 s: could not be killed; it still runs: http://k/e3",
        f"{where}company.shop/mail, sends: its flow was not deployed",
    ]


def test_the_summary_has_a_row_for_each_case_and_the_logs_of_what_failed() -> None:
    lines = github.summary(TESTED).splitlines()
    assert [line for line in lines if line.startswith("|")] == [
        "| Smoke test | Result | Time |",
        "| --- | --- | --- |",
        "| company.shop/orders: counts | passed | 1.2 s |",
        "| company.shop/orders: sums | failed ended FAILED, expected SUCCESS (and 2 more) | 2.5 s |",
        (
            "| company.shop/orders: waits | timed-out still RUNNING after 5 s: could not be killed; "
            "it still runs: http://k/e3 | 5.0 s |"
        ),
        "| company.shop/mail: sends | not-run its flow was not deployed |  |",
        "| company.shop/mail: mocks | skipped a server cannot mock tasks |  |",
        "| company.shop/mail: flickers | passed | 0.8 s, 3 tries |",
    ]
    assert lines[-11:] == [
        "",
        "Log of company.shop/orders: sums",
        "",
        "    sum of 2 <rows>",
        "    java.lang.ArithmeticException: / by zero",
        "",
        "To repeat what failed:",
        "",
        "    kestra-deployer smoke flows -k 'company.shop/orders: orders-smoke/sums'",
        "    kestra-deployer smoke flows -k 'company.shop/orders: orders-smoke/waits'",
        "    kestra-deployer smoke flows -k 'company.shop/mail: mail-smoke/sends'",
    ]


def test_no_line_of_a_log_ends_the_code_that_it_stands_in() -> None:
    evil = ("```\n# a head", "</details>\u2028# another\n\n<script>", "\t* item")
    lines = github.summary(of(replace(FAILED, logs=evil))).splitlines()
    log = lines[lines.index("Log of company.shop/orders: sums") + 2 : lines.index("To repeat what failed:") - 1]
    assert len(log) == 6
    assert all(line.startswith("    ") for line in log)


def test_a_summary_shows_some_logs_and_some_lines_of_each() -> None:
    many = tuple(replace(FAILED, logs=("x" * 9000, *["y"] * 90)) for _ in range(50))
    text = github.summary(of(*many))
    assert text.count("Log of") == 20
    assert "30 more logs are in other reports." in text
    assert "30 more commands are in other reports." in text
    assert len(text) < 50_000


def test_a_run_of_which_all_was_skipped_is_sound() -> None:
    report = of(SKIPPED, RETRIED)
    assert report.exit_code == 0
    assert github.commands(report) == ""
    assert github.summary(report).startswith("### ✅")


def test_words_for_what_is_missing_or_empty() -> None:
    assert expectation(Checked(what="a", expected="", actual="x", passed=False), 9) == "a: expected nothing, was x"
    assert expectation(Checked(what="a", expected="x", actual="", passed=False), 9) == "a: expected x, was nothing"
    assert expectation(Checked(what="a", expected="", actual="", passed=False), 9) == "a: not as expected"
    assert task_run(TaskRun(task="a", state="FAILED", value="b", attempts=2, seconds=1)) == (
        "a (b): FAILED in 1.0 s, 2 attempts"
    )
    assert explain(SKIPPED, 9) == "a server cannot mock tasks"
