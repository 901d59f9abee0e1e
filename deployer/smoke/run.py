"""Runs smoke tests: triggers each once, follows it to its end, kills it at its deadline.

The event stream is a hint, a GET is the truth: Kestra's stream may miss the last change, and a paused execution never
ends it. So every round listens for a while and then asks.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Event, Lock

from deployer.errors import KestraError, KestraNotFoundError
from deployer.interrupt import finish
from deployer.kestra.answers import Execution
from deployer.kestra.client import KestraClient
from deployer.model.resource import Key
from deployer.model.smoke import SmokeCase, SmokeResult, Verdict
from deployer.smoke.judge import judge, overdue
from deployer.smoke.labels import labels

_ROUND = 5.0  # seconds of listening before asking; bounds how late a missed event is noticed
_KILL_GRACE = 10.0  # seconds an execution is given to be over after its kill
_KILL_AGAIN = 3.0  # seconds after which an execution that is not over is killed once more
_UNSEEN = 10.0  # seconds after which an execution that the server does not know is taken for lost
_LOG_LOOKS = 15
_PAUSE = 0.2  # seconds between two questions where the stream gives nothing


def run(
    cases: Sequence[SmokeCase],
    deployed: Collection[Key],
    client: KestraClient,
    workers: int = 4,
    listen: Callable[[SmokeResult], None] = lambda _: None,
    *,
    project: str = "",
) -> tuple[list[SmokeResult], bool]:
    """Return what came of every case, in their order, and whether ^C ended the run: then what still ran was killed.

    A case whose flow is not among those `deployed` is not run: it would test what was there before. `project` is whose
    tests these are, as the executions' labels say.
    """
    runner = _Runner(client, deployed, {case.flow: Lock() for case in cases}, project)

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
    """Runs one case at a time in each of several threads; `stop` ends them all."""

    client: KestraClient
    deployed: Collection[Key]
    turns: Mapping[Key, Lock]  # cases of one flow run one after another: they may share key-values
    project: str = ""
    stop: Event = field(default_factory=Event)

    def run(self, case: SmokeCase) -> SmokeResult:
        if case.flow not in self.deployed:
            return SmokeResult(case, Verdict.NOT_RUN, "its flow was not deployed")
        with self.turns[case.flow]:
            return SmokeResult(case, Verdict.NOT_RUN, "interrupted") if self.stop.is_set() else self._run(case)

    def _run(self, case: SmokeCase) -> SmokeResult:
        began = time.monotonic()
        try:
            execution = self._trigger(case)
        except KestraError as error:
            seconds = time.monotonic() - began
            return SmokeResult(case, Verdict.NOT_RUN, f"could not be started: {error}", seconds=seconds)
        result = SmokeResult(case, Verdict.FAILED, execution=execution.id, url=execution.url, state=execution.state)
        try:
            result = self._finish(result, began + case.timeout.total_seconds())
        except KestraError as error:
            result = self._killed(replace(result, message=f"could not be followed: {error}"))
        return replace(result, seconds=time.monotonic() - began)

    def _trigger(self, case: SmokeCase) -> Execution:
        """Start a TEST execution: it runs as any other, but fires no flow triggers and stays out of the metrics."""
        marks = labels(self.project, datetime.now(UTC), case.timeout + timedelta(seconds=_KILL_GRACE))
        return self.client.create_execution(
            case.flow.namespace, case.flow.name, inputs=case.inputs, labels=marks, kind="TEST"
        )

    def _finish(self, started: SmokeResult, deadline: float) -> SmokeResult:
        """Follow an execution to its end, or to its deadline and its kill."""
        case, name = started.case, started.execution or ""
        execution = self._follow(name, deadline)
        if execution.over:
            error = "" if execution.state == case.expected_state else self._first_error(name)
            verdict, sentence = judge(case, execution.state, error)
            return replace(started, verdict=verdict, message=sentence, state=execution.state)
        verdict, sentence = overdue(case, execution.state)
        if self.stop.is_set():
            verdict, sentence = Verdict.FAILED, f"interrupted while {execution.state}"
        return self._killed(replace(started, verdict=verdict, message=sentence, state=execution.state))

    def _killed(self, result: SmokeResult) -> SmokeResult:
        """Kill an execution and return the result with what came of that: it is over, or it was left running.

        Killed again and again until it is over: 2.0.0 does not know an execution that was just started, and was seen to
        forget a kill that came as early.
        """
        name, deadline, seen = result.execution or "", time.monotonic() + _KILL_GRACE, None
        while True:
            try:
                self.client.kill_execution(name)
                seen = self._follow(name, min(deadline, time.monotonic() + _KILL_AGAIN), to_the_end=True)
            except KestraNotFoundError:
                time.sleep(_PAUSE)
            except KestraError as error:
                return replace(result, message=f"{result.message}; could not be killed: {error}", left_running=True)
            if seen and seen.over:
                return replace(result, message=f"{result.message}, killed", state=seen.state)
            if time.monotonic() >= deadline:
                break
        if seen is None:
            return replace(result, message=f"{result.message}; it is not there any more")
        still = f"the kill was accepted, but it is still {seen.state}"
        return replace(result, message=f"{result.message}; {still}", state=seen.state, left_running=True)

    def _follow(self, name: str, deadline: float, *, to_the_end: bool = False) -> Execution:
        """Return the execution as a GET shows it: over, or as it is at the deadline (or when told to stop)."""
        while True:
            for seen in self.client.follow_execution(name, until=min(deadline, time.monotonic() + _ROUND)):
                if seen.over or (self.stop.is_set() and not to_the_end):
                    break
            execution = self._seen(name, min(deadline, time.monotonic() + _UNSEEN))
            if execution.over or time.monotonic() >= deadline or (self.stop.is_set() and not to_the_end):
                return execution
            time.sleep(_PAUSE)

    def _seen(self, name: str, patience: float) -> Execution:
        """Return the execution as a GET shows it; what was just started is not there at once (asked of 2.0.0)."""
        while True:
            try:
                return self.client.execution(name)
            except KestraNotFoundError:
                if time.monotonic() >= patience:
                    raise
                time.sleep(_PAUSE)

    def _first_error(self, name: str) -> str:
        """Return the first line of the first error log; logs are stored a little after the execution is over."""
        for _ in range(_LOG_LOOKS):
            logs = self.client.list_logs_from_execution(name, min_level="ERROR")
            if found := [entry.message.strip() for entry in logs if entry.message.strip()]:
                return found[0].splitlines()[0]
            time.sleep(_PAUSE)
        return ""
