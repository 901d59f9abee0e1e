"""Decides, without asking anybody, what an execution's end says about its smoke test."""

from __future__ import annotations

from deployer.model.smoke import SmokeCase, Verdict


def judge(case: SmokeCase, state: str, first_error: str = "") -> tuple[Verdict, str]:
    """Return the verdict on an execution that is over, and a sentence; `first_error` is its first error log."""
    if state == case.expected_state:
        return Verdict.PASSED, ""
    because = f": {first_error}" if first_error else ""
    return Verdict.FAILED, f"ended {state}, expected {case.expected_state}{because}"


def overdue(case: SmokeCase, state: str) -> tuple[Verdict, str]:
    """Return the verdict on an execution that is to be killed at its deadline, and a sentence without an end."""
    seconds = f"{case.timeout.total_seconds():g} s"
    paused = " (nobody resumes a paused execution here)" if state == "PAUSED" else ""
    return Verdict.TIMED_OUT, f"still {state} after {seconds}{paused}"
