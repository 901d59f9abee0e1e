"""Reads all that a test expects something of, from an execution that has ended."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress

from deployer.errors import KestraError
from deployer.kestra.answers import Execution, LogEntry
from deployer.kestra.client import KestraClient
from deployer.model.smoke import Expectation, TaskRun
from deployer.smoke.expect import Ended, Rendering, templates
from deployer.smoke.follow import PAUSE

LAST = 20
"""Lines of a log that are shown of a failed task."""
_LOOKS = 15  # at logs, which are stored shortly after an execution has ended


def gather(client: KestraClient, expected: Expectation, execution: Execution) -> Ended:
    """Return what is expected something of. Raises KestraError where it cannot be read."""
    return Ended(
        state=execution.state,
        runs=task_runs(execution),
        outputs=client.outputs_from_execution(execution.id) if expected.outputs else {},
        logs=_await_logs(client, execution, expected.logs) if expected.logs else (),
        rendered={text: _render(client, execution, text) for text in templates(expected)},
    )


def task_runs(execution: Execution) -> tuple[TaskRun, ...]:
    """Return the runs of an execution's tasks, in their order."""
    return tuple(
        TaskRun(task=run.task_id, state=run.state, value=run.value or "", attempts=run.attempts, seconds=run.seconds)
        for run in execution.task_runs
    )


def states(execution: Execution) -> tuple[str, ...]:
    """Return the states that an execution went through."""
    return tuple(stage.state for stage in execution.states)


def first_error(client: KestraClient, execution: Execution) -> str:
    """Return the first line of the first error in the log; empty if there is none."""
    for _ in range(_LOOKS):
        with suppress(KestraError):
            logs = client.list_logs_from_execution(execution.id, min_level="ERROR")
            if found := [entry.message.strip() for entry in logs if entry.message.strip()]:
                return found[0].splitlines()[0]
        time.sleep(PAUSE)
    return ""


def last_logs(client: KestraClient, execution: Execution, *, whole: bool = False) -> tuple[str, ...]:
    """Return the last lines of the log of the task that failed, or of the whole execution; empty if it is not known."""
    with suppress(KestraError):
        entries = client.list_logs_from_execution(execution.id, min_level=None if whole else "INFO")
        failed = {run.task_id for run in execution.task_runs if run.state in ("FAILED", "KILLED")}
        of_failed = [each for each in entries if each.task_id in failed] if failed and not whole else entries
        found = [*_lines(of_failed or entries)]
        return tuple(found if whole else found[-LAST:])
    return ()


def _render(client: KestraClient, execution: Execution, text: str) -> Rendering:
    found = client.eval_expression(execution, text)
    return Rendering(result=found.result or "", error=found.error)


def _await_logs(client: KestraClient, execution: Execution, patterns: Sequence[str]) -> tuple[str, ...]:
    """Return the lines of the log as soon as each pattern is found in one, or they do not come any more."""
    lines: list[str] = []
    for look in range(_LOOKS):
        time.sleep(PAUSE if look else 0)
        lines = [line for entry in client.list_logs_from_execution(execution.id) for line in entry.message.splitlines()]
        if all(any(re.search(pattern, line) for line in lines) for pattern in patterns):
            break
    return tuple(lines)


def _lines(entries: Iterable[LogEntry]) -> Iterable[str]:
    for entry in entries:
        task = f" {entry.task_id}:" if entry.task_id else ""
        for line in entry.message.splitlines():
            yield f"{entry.level}{task} {line}"
