"""Reads all that a test expects something of, from an execution that has ended."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from deployer.errors import KestraError
from deployer.kestra.answers import OVER, Execution, LogEntry
from deployer.kestra.client import KestraClient
from deployer.model.resource import FLOW, Key
from deployer.model.smoke import SmokeCase, TaskRun
from deployer.model.version import Dialect
from deployer.smoke.expect import NOT_RUN, Ended, Rendering, templates
from deployer.smoke.follow import PAUSE

LAST = 20
"""Lines of a log that are shown of a failed task."""
_LOOKS = 15  # at logs and late tasks, which are stored shortly after an execution has ended
_AT_ONCE = 4  # requests
_FAILED = ("FAILED", "KILLED")
_SETTLES = 10.0  # seconds for what goes on when an execution has ended
_CORRELATION = "system.correlationId"
"""The label that Kestra gives an execution, and all that it starts: the id of the first, unless a user set it."""


def gather(client: KestraClient, case: SmokeCase, execution: Execution) -> tuple[Ended, list[Execution]]:
    """Return what is expected something of, and the iterations. Raises KestraError where it cannot be read."""
    expected = case.expects
    late = {name for name, state in expected.tasks.items() if name in case.late and state != NOT_RUN}
    execution = _await_tasks(client, execution, late)
    inner = iterations(client, execution) if case.loops else []
    ended = Ended(
        state=execution.state,
        runs=task_runs(execution, inner),
        outputs=client.outputs_from_execution(execution.id) if expected.outputs else {},
        logs=_await_logs(client, [execution, *inner], expected.logs) if expected.logs else (),
        rendered={text: _render(client, execution, text) for text in templates(expected)},
    )
    return ended, inner


def task_runs(execution: Execution, iterations: Iterable[Execution] = ()) -> tuple[TaskRun, ...]:
    """Return the runs of an execution's tasks, in their order, and those of its iterations with their values."""
    return tuple(
        TaskRun(
            task=run.task_id,
            state=run.state,
            value=run.value or (each.iteration.value if each.iteration else ""),
            attempts=run.attempts,
            seconds=run.seconds,
        )
        for each in (execution, *iterations)
        for run in each.task_runs
    )


def iterations(client: KestraClient, execution: Execution) -> list[Execution]:
    """Return the iterations of an execution's loops, also those of loops in loops. Raises KestraError.

    In 2.x each is an execution of its own, of kind LOOP, with the execution that its loop is in as its parent.
    """
    found = client.search_executions(labels=_correlation(execution), kinds=("LOOP",), size=None)
    return _read(client, [*_below(execution.id, _by_parent(found))])


def settled(client: KestraClient, name: str, late: AbstractSet[str]) -> Execution:
    """Return an execution when nothing of it goes on any more, or as it is after ten seconds. Raises KestraError.

    `late` are the tasks that run when it has ended already: after one that failed, those behind it do not run.
    """
    until = time.monotonic() + _SETTLES
    while True:
        execution = client.execution(name)
        states = {run.task_id: run.state for run in execution.task_runs}
        ended = execution.over and OVER.issuperset(states.values())
        failed = any(states.get(each) == "FAILED" for each in late)
        if (ended and (failed or late <= states.keys())) or time.monotonic() >= until:
            return execution
        time.sleep(PAUSE)


def started(client: KestraClient, execution: Execution, late: Mapping[Key, AbstractSet[str]]) -> list[Execution]:
    """Return what an execution started, settled: subflows, at any depth, and the iterations of loops in them.

    The iterations of its own loops are not among them. `late` has those tasks of each flow. Before 1.2 there are none:
    no search shows executions of kind TEST. Raises KestraError.
    """
    kinds = ("TEST",) if client.server().dialect is Dialect.V1 else ("TEST", "LOOP")
    found: dict[str, Execution] = {}

    def read(each: Execution) -> Execution:
        own = Key(FLOW, each.namespace, each.flow_id)
        none = frozenset[str]()  # what runs after a flow's end runs after none of its iterations
        return settled(client, each.id, none if each.kind == "LOOP" else late.get(own, none))

    while client.shows_tests:
        listed = client.search_executions(labels=_correlation(execution), kinds=kinds, size=None)
        loops = _by_parent(each for each in listed if each.kind == "LOOP")
        ours = {execution.id, *(each.id for each in _below(execution.id, loops))}
        new = [each for each in listed if each.id not in ours and each.id not in found]
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="read") as pool:
            found |= {each.id: each for each in pool.map(read, new)}
        if all(each.over for each in new):
            break  # else it may have started more since it was listed
    return [*found.values()]


def states(execution: Execution) -> tuple[str, ...]:
    """Return the states that an execution went through."""
    return tuple(stage.state for stage in execution.states)


def first_error(client: KestraClient, execution: Execution, inner: Sequence[Execution] = ()) -> str:
    """Return the first line of the first error in the log, that of an iteration before the loop's; empty if none."""
    for _ in range(_LOOKS):
        with suppress(KestraError):
            logs = _logs(client, [*_failing(inner)[:1], execution], level="ERROR")
            if found := [entry.message.strip() for entry in logs if entry.message.strip()]:
                return found[0].splitlines()[0]
        time.sleep(PAUSE)
    return ""


def last_logs(
    client: KestraClient, execution: Execution, inner: Sequence[Execution] = (), *, whole: bool = False
) -> tuple[str, ...]:
    """Return the last lines of the log of the task that failed, or of the whole execution; empty if it is not known.

    That of an iteration which failed is the last. `inner` are the iterations.
    """
    with suppress(KestraError):
        read = [execution, *(inner if whole else _failing(inner)[:1])]
        entries = _logs(client, read, level=None if whole else "INFO")
        failed = {run.task_id for each in read for run in each.task_runs if run.state in _FAILED}
        of_failed = [each for each in entries if each.task_id in failed] if failed and not whole else entries
        found = [*_lines(of_failed or entries)]
        return tuple(found if whole else found[-LAST:])
    return ()


def _failing(inner: Iterable[Execution]) -> list[Execution]:
    return [each for each in inner if each.state in _FAILED]


def _logs(client: KestraClient, executions: Sequence[Execution], level: str | None = None) -> list[LogEntry]:
    """Return the logs of executions, one after the other."""
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="logs") as pool:
        found = pool.map(lambda each: client.list_logs_from_execution(each.id, min_level=level), executions)
        return [entry for entries in found for entry in entries]


def _correlation(execution: Execution) -> dict[str, str]:
    return {_CORRELATION: execution.labels.get(_CORRELATION, execution.id)}


def _by_parent(found: Iterable[Execution]) -> dict[str, list[Execution]]:
    by_parent: dict[str, list[Execution]] = {}
    for each in found:
        by_parent.setdefault(each.parent, []).append(each)
    return by_parent


def _below(name: str, by_parent: Mapping[str, Sequence[Execution]]) -> Iterator[Execution]:
    """Yield the iterations of an execution in their order, each before those that are in it."""
    for each in sorted(by_parent.get(name, ()), key=lambda found: found.iteration.index if found.iteration else 0):
        yield each
        yield from _below(each.id, by_parent)


def _read(client: KestraClient, executions: Sequence[Execution]) -> list[Execution]:
    """Return these executions of a list with their task runs, which lists of 2.x do not have."""
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="read") as pool:
        return [*pool.map(lambda each: client.execution(each.id), executions)]


def _await_tasks(client: KestraClient, execution: Execution, wanted: AbstractSet[str]) -> Execution:
    """Return an execution as soon as each of these tasks has run to its end, or they do not come any more."""
    for _ in range(_LOOKS):
        if wanted <= {run.task_id for run in execution.task_runs if run.state in OVER}:
            break
        time.sleep(PAUSE)
        execution = client.execution(execution.id)
    return execution


def _render(client: KestraClient, execution: Execution, text: str) -> Rendering:
    found = client.eval_expression(execution, text)
    return Rendering(result=found.result or "", error=found.error)


def _await_logs(client: KestraClient, executions: Sequence[Execution], patterns: Sequence[str]) -> tuple[str, ...]:
    """Return the lines of the log as soon as each pattern is found in one, or they do not come any more."""
    lines: list[str] = []
    for look in range(_LOOKS):
        time.sleep(PAUSE if look else 0)
        lines = [line for entry in _logs(client, executions) for line in entry.message.splitlines()]
        if all(any(re.search(pattern, line) for line in lines) for pattern in patterns):
            break
    return tuple(lines)


def _lines(entries: Iterable[LogEntry]) -> Iterable[str]:
    for entry in entries:
        task = f" {entry.task_id}:" if entry.task_id else ""
        for line in entry.message.splitlines():
            yield f"{entry.level}{task} {line}"
