"""Runs smoke tests: starts each once, follows it to its end, kills it at its deadline."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Lock
from typing import Any

from deployer.errors import KestraError, KestraNotFoundError
from deployer.interrupt import finish
from deployer.kestra.answers import Execution
from deployer.kestra.client import KestraClient
from deployer.model.resource import Key
from deployer.model.smoke import SmokeCase, SmokeResult, Verdict
from deployer.model.upload import Upload
from deployer.smoke.chain import RETRIED
from deployer.smoke.follow import KILL_GRACE, PAUSE, Follower, Seen
from deployer.smoke.judge import judge, overdue
from deployer.smoke.labels import labels

NOT_DEPLOYED = "its flow was not deployed"
"""Why a case is not run after a deploy."""

_LOG_LOOKS = 15


def run(
    cases: Sequence[SmokeCase],
    deployed: Collection[Key],
    client: KestraClient,
    workers: int = 4,
    listen: Callable[[SmokeResult], None] = lambda _: None,
    *,
    project: str = "",
    missing: str = NOT_DEPLOYED,
) -> tuple[list[SmokeResult], bool]:
    """Return the result of every case, in order, and whether ^C ended the run; running executions were then killed.

    A case whose flow is not in `deployed` is not run, and `missing` says why: it would test the previous revision.
    `project` is the project's name for the labels of the executions.
    """
    runner = _Runner(client, deployed, {case.flow: Lock() for case in cases}, project, missing)

    def work() -> list[SmokeResult]:
        results = []
        with ThreadPoolExecutor(workers, thread_name_prefix="smoke") as pool:
            for future in [pool.submit(runner.run, case) for case in cases]:
                results.append(future.result())
                listen(results[-1])
        return results

    return finish(work, runner.stop.set)


@dataclass(slots=True)
class _Runner:
    """Runs cases, one at a time in each thread; `stop` ends them all."""

    client: KestraClient
    deployed: Collection[Key]
    turns: Mapping[Key, Lock]  # cases of one flow run one after another: they may share key-value pairs
    project: str
    missing: str  # why a flow is not among them
    stop: Event = field(default_factory=Event)

    def run(self, case: SmokeCase) -> SmokeResult:
        if case.flow not in self.deployed:
            return SmokeResult(case, Verdict.NOT_RUN, self.missing)
        with self.turns[case.flow]:
            return SmokeResult(case, Verdict.NOT_RUN, "interrupted") if self.stop.is_set() else self._run(case)

    def _run(self, case: SmokeCase) -> SmokeResult:
        began = time.monotonic()
        try:
            execution = self._trigger(case)
        except KestraError as error:
            result = self._report_failed_start(case, error)
        except OSError as error:
            message = f"could not be started: {error.filename} cannot be read: {error.strerror}"
            result = SmokeResult(case, Verdict.NOT_RUN, message)
        else:
            result = self._finish(case, execution, began + case.timeout.total_seconds())
        return replace(result, seconds=time.monotonic() - began)

    def _trigger(self, case: SmokeCase) -> Execution:
        """Start a TEST execution: it runs like any other, but fires no flow triggers and is not in the metrics."""
        marks = labels(self.project, datetime.now(UTC), case.timeout + timedelta(seconds=KILL_GRACE))
        return self.client.create_execution(
            case.flow.namespace, case.flow.name, inputs=_open(case.inputs), labels=marks, kind="TEST"
        )

    def _report_failed_start(self, case: SmokeCase, error: KestraError) -> SmokeResult:
        if not error.unknown:
            return SmokeResult(case, Verdict.NOT_RUN, f"could not be started: {error}")
        blind = "" if self._shows_tests() else ", and before Kestra 1.2 executions of kind TEST cannot be searched"
        return SmokeResult(case, Verdict.FAILED, f"it is unknown whether it was started{blind}: {error}")

    def _shows_tests(self) -> bool:
        with suppress(KestraError):
            return self.client.shows_tests
        return True

    def _finish(self, case: SmokeCase, execution: Execution, deadline: float) -> SmokeResult:
        """Follow an execution to its end, or to its deadline and its kill."""
        follower = Follower(self.client, self.stop)
        try:
            seen = follower.to_the_end(execution, deadline)
        except KestraNotFoundError as error:
            return self._kill(_result(case, execution, f"could not be followed: {error}"), execution, follower)
        if seen.over:
            return self._judge(case, seen.execution)
        if seen.execution.state == RETRIED and not self._shows_tests():
            unseen = "ended RETRIED; its retry cannot be followed before Kestra 1.2"
            return _result(case, seen.execution, unseen)
        verdict, sentence = overdue(case, seen.execution.state)
        if self.stop.is_set():
            verdict, sentence = Verdict.FAILED, f"interrupted while {seen.execution.state}"
        if seen.fault:
            sentence += f", as last seen ({seen.fault})"
        return self._kill(_result(case, seen.execution, sentence, verdict), seen.execution, follower)

    def _judge(self, case: SmokeCase, execution: Execution) -> SmokeResult:
        error = "" if execution.state == case.expects.state else self._first_error(execution.id)
        verdict, sentence = judge(case, execution.state, error)
        return _result(case, execution, sentence, verdict)

    def _kill(self, result: SmokeResult, execution: Execution, follower: Follower) -> SmokeResult:
        """Kill an execution and return the result with the outcome: it has ended, or it was left running."""
        try:
            seen = follower.kill(execution)
        except KestraNotFoundError:
            return replace(result, message=f"{result.message}; it no longer exists")
        now = seen.execution
        result = replace(result, state=now.state, execution=now.id, url=now.url)
        if seen.over:
            return replace(result, message=f"{result.message}, killed")
        return replace(result, message=f"{result.message}; {_explain_left(seen)}", left_running=True)

    def _first_error(self, name: str) -> str:
        """Return the first line of the first error log; logs are stored shortly after the execution ends."""
        for _ in range(_LOG_LOOKS):
            with suppress(KestraError):
                logs = self.client.list_logs_from_execution(name, min_level="ERROR")
                if found := [entry.message.strip() for entry in logs if entry.message.strip()]:
                    return found[0].splitlines()[0]
            time.sleep(PAUSE)
        return ""


def _result(case: SmokeCase, execution: Execution, message: str, verdict: Verdict = Verdict.FAILED) -> SmokeResult:
    return SmokeResult(case, verdict, message, state=execution.state, execution=execution.id, url=execution.url)


def _explain_left(seen: Seen) -> str:
    """Return why an execution keeps running although it should have been killed."""
    if seen.execution.state == RETRIED:
        return "its retry has not begun yet, and nothing can prevent it"
    if seen.fault:
        what = "it is unknown whether the kill succeeded" if seen.fault.method == "GET" else ""
        return f"{what or 'could not be killed'}: {seen.fault}"
    return f"the kill was accepted, but it is still {seen.execution.state}"


def _open(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs with their files read. Raises OSError."""
    return {
        name: Upload(value.name, value.read_bytes()) if isinstance(value, Path) else value
        for name, value in inputs.items()
    }
