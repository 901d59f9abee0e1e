"""Reads an event stream up to a deadline, however its bytes arrive. The meaning of events is not known here.

A read timeout restarts with each byte, so comments that keep a stream alive, or slow bytes, would delay any deadline
based on it. So a separate thread reads, nothing waits for that thread, and a caller that leaves closes the connection.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from queue import Empty, Full, Queue
from threading import Lock, Thread

import httpx
from httpx_sse import EventSource, ServerSentEvent

from deployer.kestra.bounds import split_events

Connect = Callable[[], AbstractContextManager[EventSource]]
"""Opens a stream, and closes it at the end of the block."""

_AHEAD = 100  # events that are read ahead
_LOOK = 0.5  # seconds between two checks whether anyone still listens

_Event = ServerSentEvent | BaseException | None


def events(connect: Connect, until: float) -> Iterator[ServerSentEvent]:
    """Yield a stream's events. It ends without an error: normally, if cut, and at `until` (monotonic seconds)."""
    queue: Queue[_Event] = Queue(_AHEAD)
    line = _Line()

    def tell(event: _Event) -> None:
        waiting = True
        while waiting and not line.left:
            with suppress(Full):
                queue.put(event, timeout=_LOOK)
                waiting = False

    Thread(target=_listen, args=(connect, tell, line), name="stream", daemon=True).start()
    try:
        while (seconds := until - time.monotonic()) > 0:
            event = queue.get(timeout=seconds)
            if event is None:
                return
            if isinstance(event, BaseException):
                raise event
            yield event
    except Empty:
        return
    finally:
        line.hang_up()


class _Line(httpx.SyncByteStream):
    """A stream, and its connection while it is open: later the connection may serve another request."""

    def __init__(self) -> None:
        self._one = Lock()
        self.left = False  # no one listens any more
        self._stream: httpx.SyncByteStream | None = None
        self._socket: socket.socket | None = None

    def take(self, response: httpx.Response) -> None:
        """Replace the response's own stream."""
        stream, connection = response.stream, response.extensions.get("network_stream")
        if isinstance(stream, httpx.SyncByteStream) and connection is not None:
            with self._one:
                self._stream, self._socket = stream, connection.get_extra_info("socket")
            response.stream = self

    def __iter__(self) -> Iterator[bytes]:
        yield from split_events(self._stream or ())

    def close(self) -> None:
        with self._one:
            self._socket = None
        if self._stream is not None:
            self._stream.close()

    def hang_up(self) -> None:
        """End the stream, if it is open: its reader gets nothing more, at once."""
        self.left = True
        with self._one, suppress(OSError):
            if self._socket is not None:
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # the method of TLS waits


def _listen(connect: Connect, tell: Callable[[_Event], None], line: _Line) -> None:
    """Pass on every event, and None at the end."""
    try:
        with connect() as source:
            line.take(source.response)
            for event in source.iter_sse():
                tell(event)
    except httpx.RequestError:  # also raised by httpx-sse for an answer that is not a stream
        pass
    except BaseException as fault:  # noqa: BLE001  passed on, whatever it is
        tell(fault)
    finally:
        tell(None)
