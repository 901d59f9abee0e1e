"""Smoke tests: what to run, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from deployer.model.resource import Key


class Verdict(StrEnum):
    """How a smoke test ended. TIMED_OUT: still running at its deadline, and killed. NOT_RUN: never started."""

    PASSED = "passed"
    FAILED = "failed"
    TIMED_OUT = "timed-out"
    NOT_RUN = "not-run"


@dataclass(frozen=True, slots=True)
class SmokeCase:
    """One execution to trigger: of which flow, with which inputs, and the state it is to end in."""

    suite: str
    id: str
    flow: Key
    file: str
    expected_state: str = "SUCCESS"
    timeout: timedelta = timedelta(minutes=1)
    inputs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SmokeResult:
    """What came of a case. `execution` and `url` are None where none was started; `state` is the last one seen.

    `left_running` says that the execution goes on: it could not be killed.
    """

    case: SmokeCase
    verdict: Verdict
    message: str = ""
    state: str | None = None
    execution: str | None = None
    url: str | None = None
    seconds: float = 0.0
    left_running: bool = False
