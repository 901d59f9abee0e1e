"""Executions as they change, for whoever follows them, on Kestra 1.0 to 1.2.

There the service that does this belongs to the web server, which is not published; since 1.3 it belongs to the core.
This one has the same three methods, so that whoever follows need not know which it is.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import jpype

if TYPE_CHECKING:
    from deployer.engine.jvm.context import Kestra


class Streaming:
    """Hears every change of an execution on `queue` and hands it to those who registered for that execution."""

    def __init__(self, kestra: Kestra, queue: Any) -> None:
        self._kestra = kestra
        self._followers: dict[str, dict[str, tuple[Any, Any]]] = {}
        self._lock = threading.Lock()
        queue.receive(jpype.JProxy("java.util.function.Consumer", dict={"accept": self._notify}))

    def registerSubscriber(self, execution: str, subscriber: str, sink: Any, flow: Any) -> None:  # noqa: N802  Java's name
        """From here on, give `sink` (a FluxSink) an event for each change of this execution."""
        with self._lock:
            self._followers.setdefault(execution, {})[subscriber] = (sink, flow)

    def unregisterSubscriber(self, execution: str, subscriber: str) -> None:  # noqa: N802
        """Forget a subscriber; one that is not known is fine."""
        with self._lock:
            followers = self._followers.get(execution, {})
            followers.pop(subscriber, None)
            if not followers:
                self._followers.pop(execution, None)

    def isStopFollow(self, flow: Any, execution: Any) -> bool:  # noqa: N802
        """Whether there is nothing more to hear of an execution; a paused one may go on."""
        over = self._kestra.bean("io.kestra.core.services.ExecutionService").isTerminated(flow, execution)
        return bool(over) and str(execution.getState().getCurrent()) != "PAUSED"

    def _notify(self, either: Any) -> None:
        """Tell the followers; nothing may be thrown here, as the engine ends a queue whose reader throws."""
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
