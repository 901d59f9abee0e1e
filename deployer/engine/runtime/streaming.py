"""Streams executions as they change to their followers, on Kestra 1.0 to 1.2.

There the service for this is part of the web server, which is not published; since 1.3 it is part of the core. This one
has the same three methods, so that callers need not know which one they use.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import jpype

if TYPE_CHECKING:
    from deployer.engine.jvm.context import Kestra


class Streaming:
    """Receives every change of an execution on `queue` and passes it to the subscribers of that execution."""

    def __init__(self, kestra: Kestra, queue: Any) -> None:
        self._kestra = kestra
        self._followers: dict[str, dict[str, tuple[Any, Any]]] = {}
        self._lock = threading.Lock()
        queue.receive(jpype.JProxy("java.util.function.Consumer", dict={"accept": self._notify}))

    def registerSubscriber(self, execution: str, subscriber: str, sink: Any, flow: Any) -> None:  # noqa: N802  Java's name
        """Send `sink` (a FluxSink) an event for each change of this execution from now on."""
        with self._lock:
            self._followers.setdefault(execution, {})[subscriber] = (sink, flow)

    def unregisterSubscriber(self, execution: str, subscriber: str) -> None:  # noqa: N802
        """Remove a subscriber, if it exists."""
        with self._lock:
            followers = self._followers.get(execution, {})
            followers.pop(subscriber, None)
            if not followers:
                self._followers.pop(execution, None)

    def isStopFollow(self, flow: Any, execution: Any) -> bool:  # noqa: N802
        """Whether an execution has no more changes to come; a paused one may be resumed."""
        over = self._kestra.bean("io.kestra.core.services.ExecutionService").isTerminated(flow, execution)
        return bool(over) and str(execution.getState().getCurrent()) != "PAUSED"

    def _notify(self, either: Any) -> None:
        """Notify the followers; never raises, as the engine ends a queue whose reader throws."""
        if either.isRight():  # a message that the engine cannot read
            return
        execution = either.getLeft()
        with self._lock:
            followers = list(self._followers.get(str(execution.getId()), {}).values())
        for sink, flow in followers:
            try:
                over = self.isStopFollow(flow, execution)
                event = self._kestra.java("io.micronaut.http.sse.Event").of(execution)
                sink.next(event.id("end" if over else "progress"))
                if over:
                    sink.complete()
            except jpype.JException as error:
                sink.error(error)
