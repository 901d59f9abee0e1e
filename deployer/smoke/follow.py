"""Follows an execution to the end of all its retries, and kills it: through whatever single answers say.

The event stream is a hint, a GET is the truth: Kestra's stream may miss the last change, and a paused execution never
ends it. So every round listens for a while and then asks. An answer that says nothing is asked for again.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Event

from deployer.errors import KestraError, KestraNotFoundError
from deployer.kestra.answers import Execution
from deployer.kestra.client import KestraClient
from deployer.smoke.chain import RETRIED, latest

KILL_GRACE = 10.0  # seconds an execution is given to be over after its kill
PAUSE = 0.2  # seconds between two questions where the stream gives nothing
_ROUND = 5.0  # seconds of listening before asking; bounds how late a missed event is noticed
_KILL_AGAIN = 3.0  # seconds after which an execution that is not over is killed once more
_UNSEEN = 10.0  # seconds after which an execution that the server does not know is taken for lost
_AFTER_A_FAULT = 1.0  # seconds before the next question to a server that gave no sound answer


@dataclass(frozen=True, slots=True)
class Seen:
    """An execution as it was last seen, and what the last question about it met, None where it was answered."""

    execution: Execution
    fault: KestraError | None = None

    @property
    def over(self) -> bool:
        """Whether it has ended, and no other goes on in its place."""
        return self.execution.over and self.execution.state != RETRIED


@dataclass(frozen=True, slots=True)
class Follower:
    """Follows executions until their deadlines, in `time.monotonic()` seconds; `stop` ends all that at once."""

    client: KestraClient
    stop: Event

    def to_the_end(self, execution: Execution, deadline: float) -> Seen:
        """Return what an execution came to, after all retries: over, or as it is at the deadline or when told to stop.

        Raises KestraNotFoundError where the server has not known it for ten seconds.
        """
        seen = Seen(execution)
        while True:
            seen = self._followed(seen.execution, deadline)
            if seen.execution.state != RETRIED:
                return seen
            following = self._retry(seen.execution, deadline)
            if following.execution.id == seen.execution.id:
                return following
            seen = following

    def kill(self, execution: Execution) -> Seen:
        """Kill an execution, or what it was retried as, and return what came of it; raises KestraNotFoundError.

        Killed again and again until it is over: 2.0.0 does not know an execution that was just started, and was seen to
        forget a kill that came as early; and a server may fail to take one.
        """
        seen, deadline = Seen(execution), time.monotonic() + KILL_GRACE
        known = False
        while not seen.over:
            if seen.execution.state == RETRIED:
                following = self._retry(seen.execution, deadline, killing=True)
                if following.execution.id == seen.execution.id:
                    return following
                seen, deadline = following, time.monotonic() + KILL_GRACE
            try:
                self.client.kill_execution(seen.execution.id)
                again = min(deadline, time.monotonic() + _KILL_AGAIN)
                seen, known = self._followed(seen.execution, again, killing=True), True
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

    def _followed(self, execution: Execution, deadline: float, *, killing: bool = False) -> Seen:
        """Return the execution as a GET shows it: over, or as it is at the deadline (or when told to stop)."""
        unknown: float | None = None
        while True:
            self._listen(execution.id, min(deadline, time.monotonic() + _ROUND), killing=killing)
            fault: KestraError | None = None
            try:
                execution, unknown = self.client.execution(execution.id), None
            except KestraNotFoundError as error:  # what was just started is not there at once (asked of 2.0.0)
                fault, unknown = error, unknown or time.monotonic()
                if time.monotonic() >= unknown + _UNSEEN:
                    raise
            except KestraError as error:
                fault = error
            if execution.over or self._enough(deadline, killing=killing):
                return Seen(execution, fault)
            time.sleep(_AFTER_A_FAULT if fault and not unknown else PAUSE)

    def _listen(self, name: str, until: float, *, killing: bool) -> None:
        for seen in self.client.follow_execution(name, until=until):
            if seen.over or (self.stop.is_set() and not killing):
                return

    def _retry(self, execution: Execution, deadline: float, *, killing: bool = False) -> Seen:
        """Return what an execution was retried as, once that is there; itself where it is not by the deadline."""
        while True:
            fault: KestraError | None = None
            try:
                following = latest(self.client, execution)
                if following.id != execution.id or not self.client.shows_tests:
                    return Seen(following)
            except KestraError as error:
                fault = error
            if self._enough(deadline, killing=killing):
                return Seen(execution, fault)
            time.sleep(_AFTER_A_FAULT if fault else PAUSE)

    def _enough(self, deadline: float, *, killing: bool) -> bool:
        return time.monotonic() >= deadline or (self.stop.is_set() and not killing)
