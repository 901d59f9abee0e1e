"""Kestra's answers, typed. Unknown fields are ignored, missing ones get a default; a wrong shape is an error.

Each class reads itself from decoded JSON with `read`, which raises `UnexpectedShapeError`; the connection turns that
into a KestraError, as it knows the request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self, TypeVar

_T = TypeVar("_T")

OVER = frozenset({"SUCCESS", "WARNING", "FAILED", "KILLED", "CANCELLED", "SKIPPED", "RETRIED"})
"""The final states of an execution (in every version from 1.0 to 2.0)."""


class UnexpectedShapeError(Exception):
    """The JSON is not an answer of this endpoint; says what was expected."""


@dataclass(frozen=True, slots=True)
class StoredFlow:
    """A flow as stored on the server. `source` is None if the endpoint does not return it.

    `draft` (2.x) says that executions do not run this revision. `exception` says why the server can no longer read the
    stored flow; it is empty for a valid one.
    """

    namespace: str
    id: str
    revision: int | None = None
    disabled: bool = False
    deleted: bool = False
    draft: bool = False
    exception: str = ""
    source: str | None = field(default=None, repr=False)

    def runs(self, text: str) -> bool:
        """Whether this source is what executions run."""
        return self.source == text and not self.draft

    @classmethod
    def read(cls, data: object) -> Self:
        """Read one flow, with or without its source."""
        flow = mapping(data, "a flow")
        return cls(
            namespace=_required(flow, "namespace", "a flow"),
            id=_required(flow, "id", "a flow"),
            revision=_optional(flow, "revision", int, "a flow"),
            disabled=_optional(flow, "disabled", bool, "a flow") is True,
            deleted=_optional(flow, "deleted", bool, "a flow") is True,
            draft=_optional(flow, "draft", bool, "a flow") is True,
            exception=_optional(flow, "exception", str, "a flow") or "",
            source=_optional(flow, "source", str, "a flow"),
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict of `validate` on one flow: accepted if `constraints` is None. `index` is its place in the request."""

    index: int
    constraints: str | None = None
    warnings: tuple[str, ...] = ()
    infos: tuple[str, ...] = ()
    deprecation_paths: tuple[str, ...] = ()
    outdated: bool = False

    @classmethod
    def read(cls, data: object) -> Self:
        """Read one verdict of the list that `validate` answers."""
        verdict = mapping(data, "a verdict")
        index = _number(verdict, "index")
        if index is None:
            raise UnexpectedShapeError("a verdict with an `index`")
        return cls(
            index=index,
            constraints=_optional(verdict, "constraints", str, "a verdict"),
            warnings=_texts(verdict, "warnings"),
            infos=_texts(verdict, "infos"),
            deprecation_paths=_texts(verdict, "deprecationPaths"),
            outdated=_optional(verdict, "outdated", bool, "a verdict") is True,
        )


@dataclass(frozen=True, slots=True)
class Stage:
    """A state, and when it began: the server's string (ISO 8601, UTC)."""

    state: str
    since: str = ""

    def seconds_since(self, earlier: Stage) -> float:
        """Return how many seconds it began after another; 0 where a date is none."""
        try:
            began, ended = (datetime.fromisoformat(each.since) for each in (earlier, self))
            return (ended - began).total_seconds()
        except (ValueError, TypeError):
            return 0.0


@dataclass(frozen=True, slots=True)
class TaskRun:
    """One run of a task. `value` is set inside loops; `outputs` stays empty on 2.x, which stores them separately."""

    id: str
    task_id: str
    state: str
    value: str | None = None
    attempts: int = 0
    outputs: Mapping[str, Any] = field(default_factory=dict)
    states: tuple[Stage, ...] = ()
    parent: str = ""  # the task run that this one belongs to

    @property
    def seconds(self) -> float:
        """How long it took, from its first state to its last."""
        return self.states[-1].seconds_since(self.states[0]) if self.states else 0.0

    @classmethod
    def read(cls, data: object) -> Self:
        """Read one entry of an execution's `taskRunList`."""
        run = mapping(data, "a task run")
        attempts = run.get("attempts")
        return cls(
            id=text_of(run, "id"),
            task_id=_required(run, "taskId", "a task run"),
            state=_state(run),
            value=text_of(run, "value") or None,
            attempts=len(attempts) if isinstance(attempts, list) else 0,
            outputs=_values(run, "outputs"),
            states=_stages(run),
            parent=text_of(run, "parentTaskRunId"),
        )


@dataclass(frozen=True, slots=True)
class ExecutionTrigger:
    """What started an execution, and the variables that it gives."""

    id: str
    type: str
    variables: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, data: object) -> Self:
        """Read the `trigger` of an execution."""
        trigger = mapping(data, "a trigger")
        return cls(text_of(trigger, "id"), text_of(trigger, "type"), _values(trigger, "variables"))


@dataclass(frozen=True, slots=True)
class Iteration:
    """Which iteration of a loop an execution is: of which task, its number from 0, and for which value."""

    task_id: str
    index: int = 0
    value: str = ""

    @classmethod
    def read(cls, data: object) -> Self:
        """Read the `loopRun` of an execution."""
        iteration = mapping(data, "an iteration")
        return cls(text_of(iteration, "taskId"), _number(iteration, "index") or 0, text_of(iteration, "value"))


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a Pebble template came to; `error` says why it came to nothing."""

    result: str | None = None
    error: str = ""

    @classmethod
    def read(cls, data: object) -> Self:
        """Read the answer to an evaluation."""
        found = mapping(data, "an evaluation")
        result = found.get("result")
        return cls(None if result is None else str(result), text_of(found, "error"))


@dataclass(frozen=True, slots=True)
class Execution:
    """A run of a flow. `outputs` stays empty on 2.x (ask `outputs_from_execution`); `url` is its page in Kestra's UI.

    `parent` is the execution that this one retries or replays, or whose loop it is an `iteration` of (2.x, kind LOOP),
    if any. Lists on 2.x have no task runs.
    """

    id: str
    namespace: str
    flow_id: str
    state: str
    revision: int | None = None
    kind: str = "NORMAL"
    url: str = ""
    parent: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    task_runs: tuple[TaskRun, ...] = ()
    states: tuple[Stage, ...] = ()
    trigger: ExecutionTrigger | None = None
    iteration: Iteration | None = None

    @property
    def over(self) -> bool:
        """Whether the execution has ended, successfully or not. A paused one has not."""
        return self.state in OVER

    @classmethod
    def read(cls, data: object) -> Self:
        """Read an execution, complete or from a list."""
        execution = mapping(data, "an execution")
        return cls(
            id=_required(execution, "id", "an execution"),
            namespace=_required(execution, "namespace", "an execution"),
            flow_id=_required(execution, "flowId", "an execution"),
            state=_state(execution),
            revision=_number(execution, "flowRevision"),
            kind=text_of(execution, "kind") or "NORMAL",
            url=text_of(execution, "url"),
            parent=text_of(execution, "parentId"),
            labels=_labels(execution.get("labels")),
            inputs=_values(execution, "inputs"),
            outputs=_values(execution, "outputs"),
            task_runs=items(execution.get("taskRunList") or [], TaskRun.read),
            states=_stages(execution),
            trigger=ExecutionTrigger.read(execution["trigger"]) if execution.get("trigger") else None,
            iteration=Iteration.read(execution["loopRun"]) if execution.get("loopRun") else None,
        )


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of an execution's log; `timestamp` is the server's string (ISO 8601, UTC)."""

    level: str
    message: str
    timestamp: str = ""
    task_id: str = ""
    task_run_id: str = ""
    attempt: int | None = None

    @classmethod
    def read(cls, data: object) -> Self:
        """Read one log entry."""
        entry = mapping(data, "a log entry")
        return cls(
            level=text_of(entry, "level"),
            message=text_of(entry, "message"),
            timestamp=text_of(entry, "timestamp"),
            task_id=text_of(entry, "taskId"),
            task_run_id=text_of(entry, "taskRunId"),
            attempt=_number(entry, "attemptNumber"),
        )


@dataclass(frozen=True, slots=True)
class KeyValue:
    """A value of the key-value store with Kestra's type for it (STRING, NUMBER, BOOLEAN, JSON, a date …)."""

    type: str
    value: Any

    @classmethod
    def read(cls, data: object) -> Self:
        """Read the value of a key."""
        entry = mapping(data, "a typed value")
        return cls(type=_required(entry, "type", "a typed value"), value=entry.get("value"))


@dataclass(frozen=True, slots=True)
class Page:
    """A page of results, and the total number on all pages."""

    results: tuple[object, ...]
    total: int

    @classmethod
    def read(cls, data: object) -> Self:
        """Read the answer of any search."""
        page = mapping(data, "a page of results")
        results, total = page.get("results"), _number(page, "total")
        if not isinstance(results, list) or total is None:
            raise UnexpectedShapeError("a page with `results` and `total`")
        return cls(tuple(results), total)


def mapping(data: object, what: str) -> Mapping[str, Any]:
    """Return `data` if it is a JSON object."""
    if not isinstance(data, dict):
        raise UnexpectedShapeError(what)
    return data


def items(data: object, read: Callable[[object], _T]) -> tuple[_T, ...]:
    """Return the items of a JSON list, each read with `read`."""
    if not isinstance(data, list):
        raise UnexpectedShapeError("a list")
    return tuple(read(item) for item in data)


def _required(data: Mapping[str, Any], key: str, what: str) -> str:
    value = data.get(key)
    if not isinstance(value, str):
        raise UnexpectedShapeError(f"{what} with a string `{key}`")
    return value


def _optional(data: Mapping[str, Any], key: str, kind: type[_T], what: str) -> _T | None:
    """Return a value of exactly this type, None if there is none: a deploy must not rely on guesses."""
    value = data.get(key)
    if value is not None and type(value) is not kind:
        raise UnexpectedShapeError(f"{what} with a valid `{key}`")
    return value


def text_of(data: Mapping[str, Any], key: str) -> str:
    """Return a string of an answer, empty where it has none."""
    value = data.get(key)
    return value if isinstance(value, str) else ""


def _texts(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(str(item) for item in _optional(data, key, list, "a verdict") or ())


def _number(data: Mapping[str, Any], key: str) -> int | None:
    value = data.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _values(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _state(data: Mapping[str, Any]) -> str:
    return _required(mapping(data.get("state"), "a state"), "current", "a state")


def _stages(data: Mapping[str, Any]) -> tuple[Stage, ...]:
    histories = mapping(data.get("state"), "a state").get("histories")
    found = (each for each in (histories if isinstance(histories, list) else ()) if isinstance(each, dict))
    return tuple(Stage(text_of(each, "state"), text_of(each, "date")) for each in found)


def _labels(data: object) -> Mapping[str, str]:
    """Return labels as a mapping: they come as a list of pairs."""
    pairs = data if isinstance(data, list) else []
    return {str(pair["key"]): str(pair.get("value")) for pair in pairs if isinstance(pair, dict) and "key" in pair}
