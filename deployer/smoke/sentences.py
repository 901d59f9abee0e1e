"""Says in a sentence why a test failed. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from deployer.model.smoke import Checked, SmokeCase, Verdict


def sentence(failed: Sequence[Checked], first_error: str = "") -> str:
    """Return what the first failed expectation says, and how many more failed; `first_error` is the first error log."""
    first, *others = failed
    more = f" (and {len(others)} more)" if others else ""
    if first.what == "state":
        because = f": {first_error}" if first_error else ""
        return f"ended {first.actual}, expected {first.expected}{more}{because}"
    said = f": {first.message}" if first.message else ""
    return f"{first.what}: expected `{first.expected}`, but was `{first.actual}`{more}{said}"


def overdue(case: SmokeCase, state: str) -> tuple[Verdict, str]:
    """Return the verdict on an execution that must be killed at its deadline, and the beginning of a sentence."""
    seconds = f"{case.timeout.total_seconds():g} s"
    paused = " (nothing resumes a paused execution here)" if state == "PAUSED" else ""
    return Verdict.TIMED_OUT, f"still {state} after {seconds}{paused}"
