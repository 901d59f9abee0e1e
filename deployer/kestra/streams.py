"""Reads an event stream up to a deadline, whatever its bytes do. What the events mean is not known here.

A read's timeout starts anew with each byte, so comments that keep a stream alive, or bytes that trickle, would put off
any deadline that goes by it. So a thread of its own reads, and nobody waits for that thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from queue import Empty, SimpleQueue
from threading import Event, Thread

import httpx
from httpx_sse import EventSource, ServerSentEvent

Connect = Callable[[], AbstractContextManager[EventSource]]
"""Opens a stream, and closes it where the block ends."""

_Told = ServerSentEvent | BaseException | None


def events(connect: Connect, until: float) -> Iterator[ServerSentEvent]:
    """Yield a stream's events. It ends without a word: by itself, when cut, and at `until` (monotonic seconds)."""
    told: SimpleQueue[_Told] = SimpleQueue()
    left = Event()
    Thread(target=_listen, args=(connect, told.put, left), name="stream", daemon=True).start()
    try:
        while (seconds := until - time.monotonic()) > 0:
            event = told.get(timeout=seconds)
            if event is None:
                return
            if isinstance(event, BaseException):
                raise event
            yield event
    except Empty:
        return
    finally:
        left.set()


def _listen(connect: Connect, tell: Callable[[_Told], None], left: Event) -> None:
    """Tell every event, and None at the end; stop at the first piece of the stream that nobody waits for any more."""
    try:
        with connect() as source:
            response = source.response
            if isinstance(response.stream, httpx.SyncByteStream):
                response.stream = _Watched(response.stream, left)
            for event in source.iter_sse():
                tell(event)
    except httpx.RequestError:  # also what httpx-sse raises for an answer that is no stream
        pass
    except BaseException as fault:  # noqa: BLE001  handed over, whatever it is
        tell(fault)
    finally:
        tell(None)


class _Watched(httpx.SyncByteStream):
    """A stream that ends as soon as nobody waits for it."""

    def __init__(self, stream: httpx.SyncByteStream, left: Event) -> None:
        self._stream = stream
        self._left = left

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._stream:
            if self._left.is_set():
                return
            yield piece

    def close(self) -> None:
        self._stream.close()
