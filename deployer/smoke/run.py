"""Runs smoke tests: triggers each once, follows it to its end, kills it at its deadline.

The event stream is a hint, a GET is the truth: Kestra's stream may miss the last change, and a paused execution never
ends it. So every round listens for a while and then asks.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

from deployer.errors import KestraError
from deployer.kestra.answers import Execution
from deployer.kestra.client import KestraClient
from deployer.model.resource import Key
from deployer.model.smoke import SmokeCase, SmokeResult, Verdict
from deployer.smoke.judge import judge, overdue

LABEL = "kestra-deployer.smoke"
_ROUND = 5.0  # seconds of listening before asking; bounds how late a missed event is noticed
_KILL_GRACE = 10.0  # seconds an execution is given to be over after its kill
_PAUSE = 0.2  # seconds between two questions where the stream gives nothing


def run(
    cases: Sequence[SmokeCase],
    deployed: Collection[Key],
    client: KestraClient,
    workers: int = 4,
    listen: Callable[[SmokeResult], None] = lambda _: None,
) -> tuple[list[SmokeResult], bool]:
    """Return what came of every case, in their order, and whether ^C ended the run: then what still ran was killed.

    A case whose flow is not among those `deployed` is not run: it would test what was there before.
    """
    stop, interrupted, results = Event(), False, list[SmokeResult]()
    with ThreadPoolExecutor(workers, thread_name_prefix="smoke") as pool:
        futures = [pool.submit(_run, case, case.flow in deployed, client, stop) for case in cases]
        while len(results) < len(cases):
            try:
                results.append(futures[len(results)].result())
                listen(results[-1])
            except KeyboardInterrupt:
                interrupted = True
                stop.set()
            except BaseException:
                stop.set()
                raise
    return results, interrupted


def _run(case: SmokeCase, deployed: bool, client: KestraClient, stop: Event) -> SmokeResult:
    if stop.is_set() or not deployed:
        return SmokeResult(case, Verdict.NOT_RUN, "interrupted" if deployed else "its flow was not deployed")
    began = time.monotonic()
    try:
        execution = _trigger(case, client)
    except KestraError as error:
        return SmokeResult(case, Verdict.NOT_RUN, f"could not be started: {error}", seconds=time.monotonic() - began)
    result = SmokeResult(case, Verdict.FAILED, execution=execution.id, url=execution.url)
    try:
        result = _finish(case, client, execution, result, began + case.timeout.total_seconds(), stop)
    except KestraError as error:
        result = replace(result, message=f"could not be followed: {error}", state=execution.state)
    return replace(result, seconds=time.monotonic() - began)


def _trigger(case: SmokeCase, client: KestraClient) -> Execution:
    """Start the execution as a TEST: it runs as any other, but fires no flow triggers and stays out of the metrics."""
    label = {LABEL: uuid.uuid4().hex}
    return client.create_execution(
        case.flow.namespace, case.flow.name, inputs=case.inputs, labels=label, kind="TEST"
    )


def _finish(
    case: SmokeCase, client: KestraClient, execution: Execution, result: SmokeResult, deadline: float, stop: Event
) -> SmokeResult:
    execution = _follow(client, execution, deadline, stop)
    if execution.over:
        message = "" if execution.state == case.expected_state else _first_error(client, execution)
        verdict, sentence = judge(case, execution.state, message)
        return replace(result, verdict=verdict, message=sentence, state=execution.state)
    verdict, sentence = overdue(case, execution.state)
    client.kill_execution(execution.id)
    killed = _follow(client, execution, time.monotonic() + _KILL_GRACE, Event())
    if stop.is_set():
        verdict, sentence = Verdict.FAILED, f"interrupted while {execution.state}, killed"
    if not killed.over:
        sentence += f" (the kill was accepted, but it is still {killed.state})"
    return replace(result, verdict=verdict, message=sentence, state=killed.state)


def _follow(client: KestraClient, execution: Execution, deadline: float, stop: Event) -> Execution:
    """Return the execution as a GET shows it: over, or as it is at the deadline (or when told to stop)."""
    while True:
        for seen in client.follow_execution(execution.id, until=min(deadline, time.monotonic() + _ROUND)):
            if seen.over or stop.is_set():
                break
        execution = client.execution(execution.id)
        if execution.over or time.monotonic() >= deadline or stop.is_set():
            return execution
        time.sleep(_PAUSE)


def _first_error(client: KestraClient, execution: Execution) -> str:
    logs = client.list_logs_from_execution(execution.id, min_level="ERROR")
    return logs[0].message.strip().splitlines()[0] if logs and logs[0].message.strip() else ""
