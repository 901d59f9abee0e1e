"""Follows an execution to the end of all its retries, and kills it, despite failing requests.

The event stream is a hint, a GET is the truth: Kestra's stream may miss the last change, and never ends for a paused
execution. So every round listens for a while and then asks. A request that fails is repeated.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event

from deployer.errors import KestraError, KestraNotFoundError
from deployer.kestra.answers import Execution
from deployer.kestra.client import KestraClient
from deployer.smoke.chain import RETRIED, latest

KILL_GRACE = 10.0  # seconds for an execution to end after its kill
PAUSE = 0.2  # seconds between two requests if the stream has no events
_ROUND = 5.0  # seconds of listening before asking; the longest delay until a missed event is noticed
_KILL_AGAIN = 3.0  # seconds after which an execution that still runs is killed again
_UNSEEN = 10.0  # seconds after which an execution that the server does not know counts as lost
_AFTER_A_FAULT = 1.0  # seconds before the next request after a failed one


@dataclass(frozen=True, slots=True)
class Seen:
    """The last known state of an execution, and the error of the last request about it, None if it succeeded."""

    execution: Execution
    fault: KestraError | None = None

    @property
    def over(self) -> bool:
        """Whether it has ended, and is not being retried."""
        return self.execution.over and self.execution.state != RETRIED


@dataclass(frozen=True, slots=True)
class Follower:
    """Follows executions until their deadlines, in `time.monotonic()` seconds; `stop` ends all of them at once."""

    client: KestraClient
    stop: Event
    notice: Callable[[Execution], None] = lambda _: None  # hears each change that the server tells of

    def to_the_end(self, execution: Execution, deadline: float) -> Seen:
        """Return the final state of an execution after all retries, or its state at the deadline or when stopped.

        Raises KestraNotFoundError if the server has not known it for ten seconds.
        """
        seen = Seen(execution)
        while True:
            seen = self._follow(seen.execution, deadline)
            if seen.execution.state != RETRIED:
                return seen
            following = self._await_retry(seen.execution, deadline)
            if following.execution.id == seen.execution.id:
                return following
            seen = following

    def kill(self, execution: Execution) -> Seen:
        """Kill an execution, or its retry, and return its state. Raises KestraNotFoundError.

        The kill is repeated until the execution has ended: 2.0.0 does not know an execution that was just started, and
        was seen to lose such an early kill; and a server may fail to accept one.
        """
        seen, deadline = Seen(execution), time.monotonic() + KILL_GRACE
        known = False
        while not seen.over:
            if seen.execution.state == RETRIED:
                following = self._await_retry(seen.execution, deadline, killing=True)
                if following.execution.id == seen.execution.id:
                    return following
                seen, deadline = following, time.monotonic() + KILL_GRACE
            try:
                self.client.kill_execution(seen.execution.id)
                again = min(deadline, time.monotonic() + _KILL_AGAIN)
                seen, known = self._follow(seen.execution, again, killing=True), True
            except KestraNotFoundError:
                if time.monotonic() >= deadline and not known:
                    raise
                time.sleep(PAUSE)
            except KestraError as error:
                seen, known = Seen(seen.execution, error), True
                time.sleep(_AFTER_A_FAULT)
            if time.monotonic() >= deadline:
                break
        return seen

    def _follow(self, execution: Execution, deadline: float, *, killing: bool = False) -> Seen:
        """Return the execution as a GET shows it: ended, or its state at the deadline or when stopped."""
        unknown: float | None = None
        while True:
            self._listen(execution.id, min(deadline, time.monotonic() + _ROUND), killing=killing)
            fault: KestraError | None = None
            try:
                execution, unknown = self.client.execution(execution.id), None
            except KestraNotFoundError as error:  # a new execution is not visible at once (tested on 2.0.0)
                fault, unknown = error, unknown or time.monotonic()
                if time.monotonic() >= unknown + _UNSEEN:
                    raise
            except KestraError as error:
                fault = error
            if execution.over or self._is_done(deadline, killing=killing):
                return Seen(execution, fault)
            time.sleep(_AFTER_A_FAULT if fault and not unknown else PAUSE)

    def _listen(self, name: str, until: float, *, killing: bool) -> None:
        for seen in self.client.follow_execution(name, until=until):
            self.notice(seen)
            if seen.over or (self.stop.is_set() and not killing):
                return

    def _await_retry(self, execution: Execution, deadline: float, *, killing: bool = False) -> Seen:
        """Return the retry of an execution once it exists; the execution itself if it does not by the deadline."""
        while True:
            fault: KestraError | None = None
            try:
                following = latest(self.client, execution)
                if following.id != execution.id or not self.client.shows_tests:
                    return Seen(following)
            except KestraError as error:
                fault = error
            if self._is_done(deadline, killing=killing):
                return Seen(execution, fault)
            time.sleep(_AFTER_A_FAULT if fault else PAUSE)

    def _is_done(self, deadline: float, *, killing: bool) -> bool:
        return time.monotonic() >= deadline or (self.stop.is_set() and not killing)
