"""The verdict on a file, from what the rules of both versions find in it."""

from __future__ import annotations

import pytest

from deployer.check.upgrade import verdicts
from deployer.model.problem import Effort, Problem, Severity
from deployer.model.upgrade import Verdict

ERROR = Problem("x", "wrong", "a.yaml")
RENAME = Problem("x", "gone", "a.yaml", effort=Effort.RENAME)
REWRITE = Problem("x", "gone", "a.yaml", effort=Effort.REWRITE)
FILTER = Problem("x", "gone", "a.yaml", severity=Severity.WARNING, effort=Effort.RENAME)
OLD = Problem("deprecated", "old", "a.yaml", severity=Severity.WARNING)
WARNING = Problem("unused-input", "unused", "a.yaml", severity=Severity.WARNING)


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ([], [], Verdict.AS_IS),
        ([WARNING], [WARNING], Verdict.AS_IS),
        ([OLD], [], Verdict.AS_IS),
        ([ERROR], [], Verdict.AS_IS),
        ([], [OLD], Verdict.DEPRECATED),
        ([OLD], [RENAME, OLD], Verdict.RENAME),
        ([], [FILTER], Verdict.RENAME),
        ([], [RENAME, REWRITE], Verdict.REWRITE),
        ([], [ERROR], Verdict.REWRITE),
        ([], [ERROR, RENAME], Verdict.REWRITE),
        ([ERROR], [ERROR], Verdict.REFUSED),
        ([ERROR], [RENAME], Verdict.REFUSED),
        ([ERROR], [FILTER], Verdict.RENAME),
    ],
)
def test_verdicts(before: list[Problem], after: list[Problem], verdict: Verdict) -> None:
    assert verdicts(["a.yaml", "b.yaml"], before, after) == {"a.yaml": verdict, "b.yaml": Verdict.AS_IS}


UNKNOWN = Problem("unverified-type", "not described", "a.yaml", severity=Severity.NOTICE)
TWICE = Problem("duplicate-flow", "declared twice", "a.yaml")


@pytest.mark.parametrize(
    ("after", "verified", "verdict"),
    [
        ([UNKNOWN], False, Verdict.UNVERIFIED),
        ([UNKNOWN], True, Verdict.AS_IS),
        ([UNKNOWN, OLD], False, Verdict.UNVERIFIED),
        ([UNKNOWN, RENAME], False, Verdict.RENAME),
    ],
)
def test_what_nothing_is_known_of_is_not_said_to_run(after: list[Problem], verified: bool, verdict: Verdict) -> None:
    assert verdicts(["a.yaml"], [], after, verified=verified) == {"a.yaml": verdict}


def test_no_kestra_refuses_a_flow_that_another_file_declares_too() -> None:
    assert verdicts(["a.yaml"], [TWICE], [TWICE]) == {"a.yaml": Verdict.AS_IS}
