"""Follows executions: the engine's own stream of states as server-sent events, or the final state alone.

A follower costs a callback, not a thread: the engine calls it from its queue's thread, the event loop does the rest.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import jpype
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from deployer.engine.http.exchange.answers import json_text
from deployer.engine.http.exchange.events import Event
from deployer.engine.http.exchange.media import EVENTS
from deployer.engine.http.exchange.refusal import Refusal
from deployer.engine.http.exchange.route import Route
from deployer.engine.http.executions.read import find_by_id

if TYPE_CHECKING:
    from deployer.engine.http.exchange.call import Call

SECONDS_FOR_AN_UNKNOWN_ID = 10.0
_SECONDS_BETWEEN_LOOKS = 0.5
_SILENT_SECONDS = 2.0
_log = logging.getLogger(__name__)


async def follow(call: Call) -> Response:
    """Stream an execution until it ends; if it has ended already, send one `end`.

    For an unknown id, send `start` and end the stream ten seconds later.
    """
    return StreamingResponse(_stream(call), headers={"content-type": EVENTS})


async def await_end(call: Call, execution: Any, flow: Any) -> str:
    """Return the JSON of an execution's final state, once it has one."""
    last = ""
    async with _subscribe(call, str(execution.getId()), flow) as subscription:
        async for event in _events(subscription):
            last = event.data
    return last


async def _stream(call: Call) -> AsyncIterator[bytes]:
    """Yield the stream as it is sent; after its second event, no change is missed."""
    identifier = call.path["executionId"]
    nothing_yet = call.core("models.executions.Execution").builder().id(identifier).build()
    yield Event("start", json_text(call.kestra, nothing_yet)).encode()
    try:
        execution = await await_execution(call)
        flow = await run_in_threadpool(_find_flow, call, execution)
    except Refusal:
        return
    async with _subscribe(call, identifier, flow) as subscription:
        if await run_in_threadpool(_is_over, call, flow, execution):
            yield Event("end", await run_in_threadpool(json_text, call.kestra, execution)).encode()
            return
        yield Event("progress", await run_in_threadpool(json_text, call.kestra, execution)).encode()
        async for event in _events(subscription):
            yield event.encode()


@asynccontextmanager
async def _subscribe(call: Call, identifier: str, flow: Any) -> AsyncIterator[_Subscription]:
    subscription = _Subscription(call, identifier, flow, asyncio.get_running_loop())
    try:
        await run_in_threadpool(subscription.open)
        yield subscription
    finally:
        subscription.close()


async def _events(subscription: _Subscription) -> AsyncIterator[Event]:
    """Yield what the engine streams.

    Checks the stored execution first, and whenever there was no event for a while: the engine's stream can lose the
    final state of an execution (seen once in some hundreds on 2.0.0, with 60 concurrent followers).
    """
    while (last := await run_in_threadpool(subscription.stored_end)) is None:
        async for event in subscription.until_silent():
            yield event
        if subscription.complete:
            return
    for event in subscription.take_waiting():
        yield event
    yield last


class _Subscription:
    """One follower at the engine's streaming service; `complete` once the engine has reported the end."""

    def __init__(self, call: Call, identifier: str, flow: Any, loop: asyncio.AbstractEventLoop) -> None:
        self.complete = False
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._call = call
        self._identifier = identifier
        self._flow = flow
        self._loop = loop
        self._subscriber = str(uuid.uuid4())

    def open(self) -> None:
        """Register; from then on the engine calls back."""
        flux = self._call.java("reactor.core.publisher.Flux").create(_consumer(self._register))
        flux.subscribe(
            _consumer(self._on_next),
            _consumer(self._on_error),
            jpype.JProxy("java.lang.Runnable", dict={"run": self._on_complete}),
        )

    async def until_silent(self) -> AsyncIterator[Event]:
        """Yield events as they come, until the last one or until none came for a while."""
        with suppress(TimeoutError):
            while (event := await asyncio.wait_for(self._events.get(), _SILENT_SECONDS)) is not None:
                yield event
            self.complete = True

    def take_waiting(self) -> Iterator[Event]:
        """Yield events that have come and were not taken yet, except the end."""
        while not self._events.empty():
            event = self._events.get_nowait()
            if event is not None and event.id != "end":
                yield event

    def stored_end(self) -> Event | None:
        """Return the last event of an execution that has ended, None before that."""
        execution = find_by_id(self._call, self._identifier)
        over = execution is not None and _is_over(self._call, self._flow, execution)
        return Event("end", json_text(self._call.kestra, execution)) if over else None

    def close(self) -> None:
        """Leave; the engine forgets this follower."""
        self._call.runtime.streaming.unregisterSubscriber(self._identifier, self._subscriber)

    def _register(self, sink: Any) -> None:
        self._call.runtime.streaming.registerSubscriber(self._identifier, self._subscriber, sink, self._flow)

    def _on_next(self, event: Any) -> None:
        self._put(Event(str(event.getId()), json_text(self._call.kestra, event.getData())))

    def _on_error(self, error: Any) -> None:
        _log.error("following %s ended: %s", self._identifier, error)
        self._put(None)

    def _on_complete(self) -> None:
        self._put(None)

    def _put(self, event: Event | None) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._events.put_nowait, event)


async def await_execution(call: Call) -> Any:
    """Return the execution of the path, which may not be stored yet; raises Refusal (500) when it does not appear.

    The status is that of Kestra, which reports the timeout as its own fault, at least in `follow_dependencies`.
    """
    identifier = call.path["executionId"]
    loop = asyncio.get_running_loop()
    deadline = loop.time() + SECONDS_FOR_AN_UNKNOWN_ID
    while (found := await run_in_threadpool(find_by_id, call, identifier)) is None:
        if loop.time() > deadline:
            limit = f"PT{SECONDS_FOR_AN_UNKNOWN_ID:.0f}S"
            raise Refusal(500, f"Await failed to terminate within {limit}.", reason="Internal server error")
        await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
    return found


def _find_flow(call: Call, execution: Any) -> Any:
    try:
        return call.bean("repositories.FlowRepositoryInterface").findByExecutionWithoutAcl(execution)
    except call.java("java.lang.IllegalStateException"):
        raise Refusal(404, f"Unable to find flow for execution {execution.getId()}") from None


def _is_over(call: Call, flow: Any, execution: Any) -> bool:
    return bool(call.runtime.streaming.isStopFollow(flow, execution))


def _consumer(function: Any) -> Any:
    return jpype.JProxy("java.util.function.Consumer", dict={"accept": function})


ROUTES = (Route("GET", "executions/{executionId}/follow", follow, produces=(EVENTS,)),)
