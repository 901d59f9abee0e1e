"""Smoke tests: what to run, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from deployer.model.problem import Route
from deployer.model.resource import Key

SUITE = "smoke-suite"
"""The check that problems of suites belong to."""


class Verdict(StrEnum):
    """How a smoke test ended. TIMED_OUT: still running at its deadline, and killed. NOT_RUN: never started."""

    PASSED = "passed"
    FAILED = "failed"
    TIMED_OUT = "timed-out"
    NOT_RUN = "not-run"


@dataclass(frozen=True, slots=True)
class SmokeCase:
    """One execution to trigger: of which flow, with which inputs, and the state it is to end in.

    `inputs` are as the suite has them, until they are `prepared` for the flow: then each has the whole name of the
    flow's input, and a file is an `Upload`, or the `Path` that it is read from when it is sent. `files` are the texts
    of files that are in the suite itself, by name; `route` is where the case is in its file.
    """

    suite: str
    id: str
    flow: Key
    file: str
    _: KW_ONLY
    expected_state: str = "SUCCESS"
    timeout: timedelta = timedelta(minutes=1)
    inputs: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    route: Route = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A case whose inputs have been brought together with those of its flow; `files` says where its FILE inputs stand.

    Those are yet as the suite names them.
    """

    case: SmokeCase
    files: Mapping[str, Route] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SmokeResult:
    """What came of a case. `execution` and `url` are None where none was started; `state` is the last one seen.

    `left_running` says that the execution goes on: it could not be killed.
    """

    case: SmokeCase
    verdict: Verdict
    message: str = ""
    _: KW_ONLY
    state: str | None = None
    execution: str | None = None
    url: str | None = None
    seconds: float = 0.0
    left_running: bool = False
