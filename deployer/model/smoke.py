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

LEFT_RUNNING = "left-running"
"""The problem of an execution that goes on, though its run has ended."""


class Verdict(StrEnum):
    """How a smoke test ended.

    TIMED_OUT: still running at its deadline, and killed. NOT_RUN: never started, and that is a failure. SKIPPED: this
    server cannot run it, and nobody expected that.
    """

    PASSED = "passed"
    FAILED = "failed"
    TIMED_OUT = "timed-out"
    NOT_RUN = "not-run"
    SKIPPED = "skipped"

    @property
    def fails(self) -> bool:
        """Whether a run with it fails."""
        return self not in (Verdict.PASSED, Verdict.SKIPPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFixture:
    """A task that does not run: the state and the outputs that it has instead, as in Kestra's own suites.

    Outputs are Pebble templates. With a `value`, only the iteration of a loop for that value is mocked.
    """

    id: str
    value: str | None = None
    state: str = "SUCCESS"
    outputs: Mapping[str, Any] = field(default_factory=dict)
    assets: tuple[Any, ...] = ()
    route: Route = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerFixture:
    """The trigger that seems to have started the execution, and the variables that it gives as `trigger`.

    An empty `type` is that of the flow's trigger with this id.
    """

    id: str
    type: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)
    route: Route = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """What an expression is to be at the end of an execution.

    `value` is a Pebble template; `checks` has what each operator expects, by its name, in the order of the suite.
    """

    value: str
    checks: Mapping[str, Any]
    description: str = ""
    error_message: str = ""
    task: str = ""  # which task it is about, where the suite says so
    route: Route = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What is expected of an execution that has ended."""

    state: str = "SUCCESS"
    tasks: Mapping[str, str] = field(default_factory=dict)  # the state of each run of a task, by the task's id
    outputs: Mapping[str, Any] = field(default_factory=dict)  # of the flow
    logs: tuple[str, ...] = ()  # regular expressions: each is found in a line
    assertions: tuple[Assertion, ...] = ()


@dataclass(frozen=True, slots=True)
class SmokeCase:
    """One execution to trigger: of which flow, with which inputs, and what is expected of it.

    `inputs` are as the suite has them, until they are `prepared` for the flow: then each has the whole name of the
    flow's input, and a file is an `Upload`, or the `Path` that it is read from when it is sent. `files` are the texts
    of files that are in the suite itself, by name; `route` is where the case is in its file. A case that fails is run
    up to `retries` times again. Cases of one flow run one after another, unless their suite is `parallel`.

    What the flow says of its executions: `loops`, that iterations are executions of their own, and `late`, the ids of
    the tasks that run when the execution has ended already.
    """

    suite: str
    id: str
    flow: Key
    file: str
    _: KW_ONLY
    description: str = ""
    expects: Expectation = field(default_factory=Expectation)
    timeout: timedelta = timedelta(minutes=1)
    inputs: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    tasks: tuple[TaskFixture, ...] = ()
    trigger: TriggerFixture | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    retries: int = 0
    parallel: bool = False
    disabled: bool = False  # in its suite: all else that this says of it does not count
    secrets: frozenset[str] = frozenset()  # inputs whose values are never shown
    loops: bool = False
    late: frozenset[str] = frozenset()
    route: Route = field(default=(), compare=False)

    @property
    def mocks(self) -> bool:
        """Whether it needs an engine that mocks tasks or triggers: no server can do that over its API."""
        return bool(self.tasks or self.trigger)

    @property
    def name(self) -> str:
        """What it is selected by, and called in reports: `NAMESPACE/FLOW: SUITE/CASE`."""
        return f"{self.flow.path}: {self.suite}/{self.id}"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A case whose inputs have been brought together with those of its flow; `files` says where its FILE inputs stand.

    Those are yet as the suite names them.
    """

    case: SmokeCase
    files: Mapping[str, Route] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """An expectation, and what was there; `what` names it: `state`, an output, an expression with its operator."""

    what: str
    expected: str
    actual: str
    passed: bool
    message: str = ""  # what the suite says of a failure, or why it cannot be judged


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRun:
    """A run of a task: its state, how often it was tried, and for how long, in seconds."""

    task: str
    state: str
    value: str = ""  # of a loop
    attempts: int = 1
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class SmokeResult:
    """What came of a case. `execution` and `url` are None where none was started; `state` is the last one seen.

    `left_running` says that the execution goes on: it could not be killed. `states` are those that it went through,
    `runs` its task runs, and `logs` the last lines of the task that failed, or all where they were asked for. `tries`
    counts executions: more than one where the case was retried.
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
    checked: tuple[Checked, ...] = ()
    states: tuple[str, ...] = ()
    runs: tuple[TaskRun, ...] = ()
    logs: tuple[str, ...] = ()
    tries: int = 1


@dataclass(frozen=True, slots=True)
class Awaited:
    """How many tests a run has."""

    count: int


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A test that is being run: the state of its execution, empty before that exists, and the task that it is at."""

    case: SmokeCase
    state: str = ""
    task: str = ""
