"""Smoke tests, and killing an execution."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from deployer.errors import ExitCode, KestraNotFoundError
from deployer.kestra.answers import Execution
from deployer.kestra.dialect import kind_filter
from deployer.model.smoke import SmokeResult, Verdict
from deployer.trial.ground import Ground, NotJudgedError
from deployer.trial.project import CALLS, FAILS, PLAIN, SLEEPS

_Found = TypeVar("_Found")

LABEL = "kestra-deployer.trial"
PATIENCE = 30.0
"""Seconds for an execution to run, or to end after its kill."""
_LOOK = 0.3  # seconds between two requests
_KILLED = "KILLED"


def passes(ground: Ground) -> Iterator[str]:
    """Run all smoke tests, and check the one that must succeed."""
    ground.project.add_suites(ground.created)
    ran = ground.smoke()
    ground.smokes = ran.report.smokes
    yield from ran.differs(ExitCode.SMOKE_FAILED if SLEEPS in ground.created else ExitCode.OK)  # past its deadline
    yield from _expect_pass(_smoke(ground, PLAIN))


def fails(ground: Ground) -> Iterator[str]:
    """Check the smoke test that expects a failure."""
    yield from _expect_pass(_smoke(ground, FAILS))


def times_out(ground: Ground) -> Iterator[str]:
    """Check the smoke test that sleeps past its deadline."""
    result = _smoke(ground, SLEEPS)
    if result.verdict is not Verdict.TIMED_OUT or result.left_running:
        yield f"it is reported as {result.verdict}: {result.message}"
    if result.execution:
        state = ground.client.execution(result.execution).state
        if state != _KILLED:
            yield f"its execution is {state}: {result.url}"


def kill(ground: Ground) -> Iterator[str]:
    """Start a flow that calls another, wait until that one runs, and kill the first."""
    ground.needs(CALLS, SLEEPS)
    key, called = ground.project.key(CALLS), ground.project.key(SLEEPS)
    before = {execution.id for execution in find(ground, called.name)}
    labels = {LABEL: ground.project.mark}
    # of kind TEST, so that it fires no flow trigger on this server; before 1.2, no search shows what it calls
    kind = "TEST" if kind_filter(ground.client.server()) else None
    first = ground.client.create_execution(key.namespace, key.name, labels=labels, kind=kind)
    ground.started.add(first.id)

    def inner() -> Execution | None:
        new = (execution for execution in find(ground, called.name) if execution.id not in before)
        return next((execution for execution in new if execution.state == "RUNNING"), None)

    second = eventually(inner)
    if second is None:
        yield f"{called.path} does not run within {PATIENCE:g} s after its call: {first.url}"
    else:
        ground.started.add(second.id)
    ground.client.kill_execution(first.id)
    for execution in (first, second):
        if execution is None:
            continue
        over = eventually(partial(_over, ground, execution.id))
        if over is None:
            yield f"still running {PATIENCE:g} s after the kill: {execution.url}"
        elif over.state != _KILLED:
            yield f"it ended {over.state}, not {_KILLED}: {execution.url}"


def find(ground: Ground, flow_id: str) -> list[Execution]:
    """Return the executions of a flow of the trial: TEST ones are found only by that kind."""
    all_but_test: tuple[str, ...] = ()
    known: dict[str, Execution] = {}
    for kinds in (("TEST",), all_but_test):
        namespace = ground.project.namespace
        for each in ground.client.search_executions(namespace=namespace, flow_id=flow_id, kinds=kinds):
            known[each.id] = each
    return list(known.values())


def eventually(look: Callable[[], _Found], patience: float = PATIENCE) -> _Found:
    """Return the result of `look` as soon as it is not empty, or the empty one after so many seconds."""
    end = time.monotonic() + patience
    while not (there := look()) and time.monotonic() < end:
        time.sleep(_LOOK)
    return there


def _over(ground: Ground, execution_id: str) -> Execution | None:
    try:
        execution = ground.client.execution(execution_id)
    except KestraNotFoundError:  # a new execution is not visible at once
        return None
    return execution if execution.over else None


def _smoke(ground: Ground, name: str) -> SmokeResult:
    ground.needs(name)
    key = ground.project.key(name)
    for result in ground.smokes:
        if result.case.flow == key:
            return result
    raise NotJudgedError("the smoke tests were not run")


def _expect_pass(result: SmokeResult) -> Iterator[str]:
    if result.verdict is not Verdict.PASSED:
        yield f"it is reported as {result.verdict}: {result.message} {result.url or ''}".rstrip()
