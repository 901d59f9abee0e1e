"""What must not be shown is taken out of everything that a smoke test found, before a format sees it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report.runs import FAILED, TESTED

from deployer.model.smoke import Assertion, Checked, Expectation, TaskFixture, TaskRun, TriggerFixture
from deployer.redaction import redactor
from deployer.report.hidden import hide
from deployer.report.table import FORMATS

SECRET = "s3cret-word"
KEY = "-----BEGIN KEY-----\nMIIEabc\nxyz=\n-----END KEY-----"

TOLD = replace(
    FAILED,
    case=replace(
        FAILED.case,
        description=SECRET,
        expects=Expectation(
            tasks={SECRET: SECRET},
            outputs={"a": [{"b": SECRET}]},
            logs=(SECRET,),
            assertions=(Assertion(value=SECRET, checks={"equalTo": SECRET}, error_message=SECRET),),
        ),
        tasks=(TaskFixture(id="a", value=SECRET, outputs={"a": SECRET}),),
        trigger=TriggerFixture(id="a", type=SECRET, variables={"a": SECRET}),
        labels={"a": SECRET},
        tags=(SECRET, "fast"),
        files={"a.txt": SECRET},
    ),
    message=SECRET,
    checked=(Checked(what=SECRET, expected=SECRET, actual=f"[{SECRET}]", passed=False, message=SECRET),),
    states=(SECRET, "FAILED"),
    runs=(TaskRun(task=SECRET, state="FAILED", value=SECRET),),
    logs=("first", f"password: {SECRET}", "last"),
)


def test_no_field_of_a_smoke_test_keeps_a_secret() -> None:
    hidden = hide(replace(TESTED, smokes=(TOLD,)), redactor([SECRET]))
    assert "***" in repr(hidden)
    assert SECRET not in repr(hidden)
    assert hidden.smokes[0].logs == ("first", "password: ***", "last")


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_shows_one(name: str) -> None:
    text = FORMATS[name](hide(replace(TESTED, smokes=(TOLD,)), redactor([SECRET])))
    assert SECRET not in text
    assert "***" in text.replace("\\", "")


def test_a_secret_of_several_lines_is_found_in_lines_of_a_log() -> None:
    logs = ("the key is", *KEY.splitlines(), "and that is all")
    hidden = hide(replace(TESTED, smokes=(replace(FAILED, logs=logs),)), redactor([KEY]))
    assert hidden.smokes[0].logs == ("the key is", "***", "and that is all")


def test_lines_that_hold_no_secret_stay_as_they_are() -> None:
    logs = ("one\nand two", "three")
    report = replace(TESTED, smokes=(replace(FAILED, logs=logs),))
    assert hide(report, redactor([KEY])).smokes[0].logs == logs


def test_what_a_test_found_is_cut_after_the_secret_is_taken_out() -> None:
    """A part of it could not be told any more."""
    long = "x" * 1995 + SECRET
    checked = Checked(what="state", expected=long, actual=long, passed=False, message=long)
    [smoke] = hide(
        replace(TESTED, smokes=(replace(FAILED, checked=(checked,), message=long),)), redactor([SECRET])
    ).smokes
    [found] = smoke.checked
    assert {smoke.message, found.expected, found.actual, found.message} == {"x" * 1995 + "***"}
    longer = replace(checked, actual="y" * 5000)
    [smoke] = hide(replace(TESTED, smokes=(replace(FAILED, checked=(longer,)),)), redactor([SECRET])).smokes
    assert smoke.checked[0].actual == "y" * 2000 + "… (5000 characters)"
