"""When a request is retried: on which errors, how often, after how long. Callers decide which requests may be."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_before_delay

from deployer.errors import KestraError, KestraUnreachableError

_T = TypeVar("_T")
_log = logging.getLogger(__name__)

_PASSING = frozenset({429, 502, 503, 504})
_FIRST_WAIT = 0.25  # seconds; doubles with each attempt
_AT_FIRST = 5  # attempts to reach a server that has not answered yet: some five seconds
_LONGEST_WAIT = 8.0  # seconds, unless the server asks for a longer wait


def is_transient(error: BaseException) -> bool:
    """Whether the same request may succeed a little later."""
    return isinstance(error, KestraUnreachableError) or (isinstance(error, KestraError) and error.status in _PASSING)


def repeat(
    call: Callable[[int], _T],
    *,
    attempts: int,
    seconds: float,
    sleep: Callable[[float], None],
    is_there: Callable[[], bool] = lambda: True,
) -> _T:
    """Call with the number of the attempt, from 1, until it succeeds, fails for good or reaches a limit.

    Raises the last error. `seconds` limits all waiting: no attempt begins later, so a longer `Retry-After` ends it at
    once. A server that has answered in this run may be restarting, which takes a while; if none has answered yet (not
    `is_there`), there is probably no server.
    """
    late = stop_before_delay(seconds)

    def enough(state: RetryCallState) -> bool:
        return late(state) or state.attempt_number >= (attempts if is_there() else min(attempts, _AT_FIRST))

    retrying = Retrying(
        retry=retry_if_exception(is_transient),
        stop=enough,
        wait=_wait,
        sleep=sleep,
        before_sleep=_tell,
        reraise=True,
    )
    for attempt in retrying:
        with attempt:
            return call(attempt.retry_state.attempt_number)
    raise AssertionError("tenacity ends by a return or by raising")


def _wait(state: RetryCallState) -> float:
    """Return the seconds to wait: what the server asks for, else increasing, with jitter."""
    longest = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (state.attempt_number - 1))
    wait: float = longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads requests, not for security
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, KestraError) else None
    return wait if asked is None else asked + wait * 0.1


def _tell(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    _log.info("%s; attempt %d in %.1f s", error, state.attempt_number + 1, state.upcoming_sleep)
