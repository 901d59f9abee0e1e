"""Runs smoke tests: starts each once, follows it to its end, kills it at its deadline."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from threading import Event
from typing import Any

from deployer.errors import KestraError, KestraNotFoundError
from deployer.interrupt import finish
from deployer.kestra.answers import OVER, Execution
from deployer.kestra.client import KestraClient
from deployer.model.resource import Key
from deployer.model.smoke import Awaited, SmokeCase, SmokeResult, UnderWay, Verdict
from deployer.model.upload import Upload
from deployer.redaction import redactor
from deployer.smoke.chain import RETRIED
from deployer.smoke.expect import judge
from deployer.smoke.follow import KILL_GRACE, Follower, Seen
from deployer.smoke.gather import first_error, gather, iterations, last_logs, states, task_runs
from deployer.smoke.labels import NOWHERE, Origin, labels
from deployer.smoke.mocks import fixtures
from deployer.smoke.sentences import overdue, sentence

NOT_DEPLOYED = "its flow was not deployed"
"""Why a case is not run after a deploy."""

_DISABLED = "flow is disabled"
"""Part of what Kestra answers who would start an execution of such a flow."""
_KILLED = ("KILLED", "KILLING")
_LONG = 8  # characters of a line that can only be a part of a secret
DISABLED = "it is disabled in its suite"
NO_MOCKS = "this server cannot mock tasks or triggers: `kestra-deployer test` runs it"
"""Why a case is skipped."""


def run(
    cases: Sequence[SmokeCase],
    deployed: Collection[Key],
    client: KestraClient,
    workers: int = 4,
    listen: Callable[[SmokeResult | Awaited | UnderWay], None] = lambda _: None,
    *,
    origin: Origin = NOWHERE,
    missing: str = NOT_DEPLOYED,
    mocks: bool = False,
    whole_logs: bool = False,
    amend: Callable[[SmokeResult], SmokeResult] = lambda result: result,
) -> tuple[list[SmokeResult], bool]:
    """Return the result of every case, in order, and whether ^C ended the run; running executions were then killed.

    A case whose flow is not in `deployed` is not run, and `missing` says why: it would test the previous revision.
    `origin` is what the labels of the executions say. Where the server has no `mocks`, a case that needs them is
    skipped. `whole_logs` shows the whole log of a case that fails, not the end of what the failed task says. `amend`
    has the last word on each result, before anybody is told.
    """
    runner = _Runner(
        client=client,
        listen=listen,
        deployed=deployed,
        origin=origin,
        missing=missing,
        mocks=mocks,
        whole_logs=whole_logs,
        amend=amend,
    )

    def work() -> list[SmokeResult]:
        listen(Awaited(len(cases)))
        return _run_all(cases, runner.run, workers)

    return finish(work, runner.stop.set)


def _run_all(
    cases: Sequence[SmokeCase], run_one: Callable[[SmokeCase], SmokeResult], workers: int
) -> list[SmokeResult]:
    """Return the results of all cases, in their order. Cases of one flow run one after another, then its parallel ones.

    They may share key-value pairs.
    """
    results: dict[int, SmokeResult] = {}
    by_flow: dict[Key, list[int]] = {}
    for number, case in enumerate(cases):
        by_flow.setdefault(case.flow, []).append(number)
    later: list[Future[None]] = []
    with ThreadPoolExecutor(workers, thread_name_prefix="smoke") as pool:

        def one(number: int) -> None:
            results[number] = run_one(cases[number])

        def of_flow(numbers: Sequence[int]) -> None:
            for number in (each for each in numbers if not cases[each].parallel):
                one(number)
            later.extend(pool.submit(one, each) for each in numbers if cases[each].parallel)

        for future in [pool.submit(of_flow, numbers) for numbers in by_flow.values()]:
            future.result()
        for future in later:
            future.result()
    return [results[number] for number in range(len(cases))]


@dataclass(slots=True, kw_only=True)
class _Runner:
    """Runs cases, one at a time in each thread; `stop` ends them all."""

    client: KestraClient
    listen: Callable[[SmokeResult | Awaited | UnderWay], None]
    deployed: Collection[Key]
    origin: Origin
    missing: str  # why a flow is not among them
    mocks: bool
    whole_logs: bool
    amend: Callable[[SmokeResult], SmokeResult]
    stop: Event = field(default_factory=Event)

    def run(self, case: SmokeCase) -> SmokeResult:
        result = self.amend(_without_secrets(self._run_in_turn(case)))
        self.listen(result)
        return result

    def _run_in_turn(self, case: SmokeCase) -> SmokeResult:
        if case.disabled:
            return SmokeResult(case, Verdict.SKIPPED, DISABLED)
        if case.flow not in self.deployed:
            return SmokeResult(case, Verdict.NOT_RUN, self.missing)
        if case.mocks and not self.mocks:
            return SmokeResult(case, Verdict.SKIPPED, NO_MOCKS)
        return self._try(case)

    def _try(self, case: SmokeCase) -> SmokeResult:
        """Run a case, and again while it fails and may be retried."""
        tries, result = 0, SmokeResult(case, Verdict.NOT_RUN, "interrupted", tries=0)
        while not self.stop.is_set() and tries <= case.retries and not result.left_running:
            tries += 1
            result = replace(self._run(case), tries=tries)
            if result.verdict not in (Verdict.FAILED, Verdict.TIMED_OUT):
                break
        return result

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
        ours = labels(self.origin, case, datetime.now(UTC), case.timeout + timedelta(seconds=KILL_GRACE))
        return self.client.create_execution(
            case.flow.namespace,
            case.flow.name,
            inputs=_open(case.inputs),
            labels={**case.labels, **ours},
            kind="TEST",
            fixtures=fixtures(case, self.client.server().dialect) if self.mocks else None,
        )

    def _report_failed_start(self, case: SmokeCase, error: KestraError) -> SmokeResult:
        if error.status == HTTPStatus.CONFLICT and _DISABLED in str(error).lower():
            return SmokeResult(case, Verdict.SKIPPED, "its flow is disabled")
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
        self.listen(UnderWay(case, execution.state))
        follower = Follower(self.client, self.stop, lambda seen: self.listen(UnderWay(case, seen.state, _at(seen))))
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
        try:
            ended, inner = gather(self.client, case, execution)
        except KestraError as error:
            return _result(case, execution, f"ended {execution.state}, and what became of it cannot be read: {error}")
        checked = judge(case.expects, ended)
        failed = [each for each in checked if not each.passed]
        if failed:
            said = "" if checked[0].passed else first_error(self.client, execution, inner)
            result = self._explained(_result(case, execution, sentence(failed, said)), execution, inner)
        else:
            result = _result(case, execution, "", Verdict.PASSED)
        return replace(result, checked=tuple(checked), runs=tuple(ended.runs))

    def _inner(self, case: SmokeCase, execution: Execution) -> list[Execution]:
        """Return the iterations of an execution as far as they can be read."""
        with suppress(KestraError):
            return iterations(self.client, execution) if case.loops else []
        return []

    def _explained(self, result: SmokeResult, execution: Execution, inner: Sequence[Execution]) -> SmokeResult:
        return replace(result, logs=last_logs(self.client, execution, inner, whole=self.whole_logs))

    def _kill(self, result: SmokeResult, execution: Execution, follower: Follower) -> SmokeResult:
        """Kill an execution and return the result with the outcome: it has ended, or it was left running."""
        try:
            seen = follower.kill(execution)
        except KestraNotFoundError:
            return replace(result, message=f"{result.message}; it no longer exists")
        now = seen.execution
        inner = self._inner(result.case, now)
        result = replace(
            result,
            state=now.state,
            execution=now.id,
            url=now.url or None,
            states=states(now),
            runs=task_runs(now, inner),
        )
        if seen.over:
            end = "killed" if now.state in _KILLED else f"and ended {now.state} before it could be killed"
            return self._explained(replace(result, message=f"{result.message}, {end}"), now, inner)
        return replace(result, message=f"{result.message}; {_explain_left(seen)}", left_running=True)


def _without_secrets(result: SmokeResult) -> SmokeResult:
    """Return a result that shows no value of a SECRET input, whatever the log and the outputs say."""
    case = result.case
    if not case.secrets:
        return result
    redact = redactor(_spelled(str(case.inputs[name]) for name in case.secrets if case.inputs.get(name)))
    checked = tuple(
        replace(each, expected=redact(each.expected), actual=redact(each.actual), message=redact(each.message))
        for each in result.checked
    )
    runs = tuple(replace(each, value=redact(each.value)) for each in result.runs)
    logs = tuple(map(redact, result.logs))
    return replace(result, message=redact(result.message), logs=logs, checked=checked, runs=runs)


def _spelled(secrets: Iterable[str]) -> Iterator[str]:
    """Yield each secret, and of one with several lines each line: a log has them one by one."""
    for secret in secrets:
        yield secret
        yield from (line for line in secret.splitlines() if len(line) >= _LONG and line != secret)


def _at(execution: Execution) -> str:
    """Return the task that an execution is at: the last that has not ended."""
    running = [run.task_id for run in execution.task_runs if run.state not in OVER]
    return running[-1] if running else ""


def _result(case: SmokeCase, execution: Execution, message: str, verdict: Verdict = Verdict.FAILED) -> SmokeResult:
    return SmokeResult(
        case,
        verdict,
        message,
        state=execution.state,
        execution=execution.id,
        url=execution.url or None,
        states=states(execution),
        runs=task_runs(execution),
    )


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
