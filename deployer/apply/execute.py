"""Carries changes out, a few at a time: each becomes one outcome, whatever happens to the others."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from deployer.errors import KestraAccessError, KestraError, KestraUnreachableError
from deployer.model.change import Change
from deployer.model.result import Outcome, Status

Write = Callable[[Change], int | None]
"""Writes one change to the server and returns its new revision. Raises KestraError."""

_ENDS_ALL = (KestraAccessError, KestraUnreachableError)  # what one request met, the next would meet as well


@dataclass(slots=True)
class _Stop:
    """Why no further change is to be tried; empty while all is well."""

    reason: str = ""


@dataclass(slots=True)
class Applied:
    """What became of the changes, in their order, and whether somebody pressed ^C on the way."""

    outcomes: list[Outcome] = field(default_factory=list)
    interrupted: bool = False


def apply(
    changes: Sequence[Change], write: Write, workers: int = 4, listen: Callable[[Outcome], None] = lambda _: None
) -> Applied:
    """Carry out every change that writes, `workers` at a time, and tell `listen` of each as it ends.

    A refused change fails alone. No access or no server ends the rest as SKIPPED, and so does ^C, after what is in
    flight has ended.
    """
    stop, applied = _Stop(), Applied()
    with ThreadPoolExecutor(workers, thread_name_prefix="apply") as pool:
        futures = [pool.submit(_carry_out, change, write, stop) for change in changes]
        for future in futures:
            outcome = _result(future, stop, applied)
            applied.outcomes.append(outcome)
            listen(outcome)
    return applied


def _result(future: Future[Outcome], stop: _Stop, applied: Applied) -> Outcome:
    while True:
        try:
            return future.result()
        except KeyboardInterrupt:
            applied.interrupted, stop.reason = True, "interrupted"
        except BaseException:
            stop.reason = "stopped"  # a fault of ours: the pool would otherwise go on through its whole queue
            raise


def _carry_out(change: Change, write: Write, stop: _Stop) -> Outcome:
    if change.held:
        return Outcome(change, Status.FAILED, change.held)
    if not change.writes:
        return Outcome(change, Status.DONE, revision=change.live.revision if change.live else None)
    if stop.reason:
        return Outcome(change, Status.SKIPPED, stop.reason)
    began = time.monotonic()
    try:
        revision = write(change)
    except KestraError as error:
        if isinstance(error, _ENDS_ALL):
            stop.reason = f"not tried: {error}"
        return Outcome(change, Status.FAILED, str(error), error.hint, seconds=time.monotonic() - began)
    return Outcome(change, Status.DONE, revision=revision, seconds=time.monotonic() - began)
