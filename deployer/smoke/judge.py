"""Decides what the end of an execution means for its smoke test. Pure."""

from __future__ import annotations

from deployer.model.smoke import SmokeCase, Verdict


def judge(case: SmokeCase, state: str, first_error: str = "") -> tuple[Verdict, str]:
    """Return the verdict on an execution that has ended, and a sentence; `first_error` is its first error log."""
    if state == case.expects.state:
        return Verdict.PASSED, ""
    because = f": {first_error}" if first_error else ""
    return Verdict.FAILED, f"ended {state}, expected {case.expects.state}{because}"


def overdue(case: SmokeCase, state: str) -> tuple[Verdict, str]:
    """Return the verdict on an execution that must be killed at its deadline, and the beginning of a sentence."""
    seconds = f"{case.timeout.total_seconds():g} s"
    paused = " (nothing resumes a paused execution here)" if state == "PAUSED" else ""
    return Verdict.TIMED_OUT, f"still {state} after {seconds}{paused}"
