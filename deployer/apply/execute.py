"""Carries changes out, a few at a time: each becomes one outcome, whatever happens to the others."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from deployer.errors import ENDS_ALL, KestraError
from deployer.interrupt import finish
from deployer.model.change import Change
from deployer.model.result import Outcome, Status

Write = Callable[[Change], int | None]
"""Writes one change to the server and returns its new revision. Raises KestraError."""


@dataclass(slots=True)
class _Stop:
    """Why no further change is to be tried; empty while all is well."""

    reason: str = ""

    def interrupted(self) -> None:
        self.reason = "interrupted"


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of the changes, in their order, and whether somebody pressed ^C on the way."""

    outcomes: list[Outcome]
    interrupted: bool


def apply(
    changes: Sequence[Change], write: Write, workers: int = 4, listen: Callable[[Outcome], None] = lambda _: None
) -> Applied:
    """Carry out every change that writes, `workers` at a time, and tell `listen` of each as it ends.

    A refused change fails alone. No access or no server ends the rest as SKIPPED, and so does ^C, after what is in
    flight has ended.
    """
    stop = _Stop()

    def work() -> list[Outcome]:
        outcomes = []
        with ThreadPoolExecutor(workers, thread_name_prefix="apply") as pool:
            for future in [pool.submit(_carry_out, change, write, stop) for change in changes]:
                outcomes.append(future.result())
                listen(outcomes[-1])
        return outcomes

    outcomes, interrupted = finish(work, stop.interrupted)
    return Applied(outcomes, interrupted)


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
        if isinstance(error, ENDS_ALL):
            stop.reason = stop.reason or f"not tried: {error}"
        return Outcome(change, Status.FAILED, str(error), error.hint, seconds=time.monotonic() - began)
    except BaseException:
        stop.reason = "stopped"  # a fault of ours: the pool would otherwise write all the rest first
        raise
    return Outcome(change, Status.DONE, revision=revision, seconds=time.monotonic() - began)
