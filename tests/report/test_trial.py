"""What is shown of a trial, and its exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from deployer.errors import DeployerError, UsageError
from deployer.model.result import Server
from deployer.model.trial import Judged, Trial, Verdict
from deployer.report.trial import closing, document, head, promise

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/trial.schema.json").read_text())
SERVER = Server("http://localhost:8080", "1.3.31", "main")
KEPT = Judged("reads", "flows are found", Verdict.KEPT, requests=1, seconds=0.21)
BROKEN = Judged("kill", "a kill kills", Verdict.BROKEN, ("it answered 406", "it runs"), "look", 2, 1.0)
UNJUDGED = Judged("draft", "drafts stay", Verdict.NOT_JUDGED, ("there are none",))
WHOLE = Trial("trial.x", server=SERVER, promises=(KEPT, BROKEN, UNJUDGED), left=("the flow a",), seconds=2.04)


def test_the_head_says_what_is_on_trial() -> None:
    assert head(SERVER, "trial.x") == "http://localhost:8080 · Kestra 1.3.31 · tenant main · namespace trial.x\n"


def test_a_promise_is_a_line_and_what_differs_stands_below() -> None:
    assert promise(KEPT) == "  ✓ reads     flows are found (1 request, 0.2 s)\n"
    assert promise(BROKEN).splitlines() == [
        "  ✗ kill      a kill kills (2 requests, 1.0 s)",
        "      it answered 406",
        "      it runs",
        "      hint: look",
    ]


def test_the_end_says_once_more_what_differs_and_counts() -> None:
    assert closing(WHOLE).splitlines() == [
        "What differs from what is promised",
        "  kill: a kill kills",
        "      it answered 406",
        "      it runs",
        "      hint: look",
        "1 promise kept, 1 broken, 1 not judged. (2.0 s)",
    ]


def test_colours_are_there_where_they_are_wanted() -> None:
    assert "\x1b[" in promise(BROKEN, color=True)
    assert "\x1b[" not in promise(BROKEN)


@pytest.mark.parametrize(
    ("trial", "code"),
    [
        (Trial("n", promises=(KEPT, UNJUDGED)), 0),
        (Trial("n", promises=(KEPT, BROKEN)), 1),
        (Trial("n", promises=(KEPT,), left=("the flow a",)), 1),
        (Trial("n", promises=(BROKEN,), error=UsageError("no")), 2),
        (Trial("n", promises=(BROKEN,), error=DeployerError("no answer", hint="look")), 3),
        (Trial("n", promises=(BROKEN,), error=DeployerError("no answer"), interrupted=True), 130),
        (WHOLE, 1),
    ],
)
def test_the_exit_code_follows_from_the_worst_and_the_document_is_what_its_schema_says(trial: Trial, code: int) -> None:
    found = json.loads(document(trial))
    Draft202012Validator(SCHEMA).validate(found)
    assert (trial.exit_code, found["exit_code"]) == (code, code)
    assert found["left"] == list(trial.left)
