"""Streams the logs of an execution as server-sent events, until the client leaves.

It polls the store, as the engine's own stream needs an unpublished part in 2.x.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from deployer.engine.http.exchange.answers import json_text
from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.events import Event
from deployer.engine.http.exchange.media import EVENTS
from deployer.engine.http.exchange.route import LAST_1X, Route
from deployer.engine.http.logs.entries import find_by_filters, find_by_parameters

_SECONDS_BETWEEN_LOOKS = 0.25


def follow_1x(call: Call) -> Response:
    """Stream existing and new entries that match the parameters (1.x)."""
    return _answer_stream(call, find_by_parameters, lambda entry: entry)


def follow_2x(call: Call) -> Response:
    """Stream existing and new entries that match the filters, in the format of 2.x for streams."""
    return _answer_stream(call, find_by_filters, call.core("runners.FollowLogEvent").from_)


def _answer_stream(call: Call, find: Callable[[Call], Any], convert: Callable[[Any], Any]) -> Response:
    find(call)  # refuse wrong parameters before the stream begins
    return StreamingResponse(_stream(call, find, convert), headers={"content-type": EVENTS})


async def _stream(call: Call, find: Callable[[Call], Any], convert: Callable[[Any], Any]) -> AsyncIterator[bytes]:
    nothing_yet = convert(call.core("models.executions.LogEntry").builder().build())
    yield Event("start", json_text(call.kestra, nothing_yet)).encode()
    sent: Counter[str] = Counter()
    while True:
        texts = await run_in_threadpool(partial(_texts, call, find, convert))
        for text in (Counter(texts) - sent).elements():
            yield Event("progress", text).encode()
        sent = Counter(texts)
        await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)


def _texts(call: Call, find: Callable[[Call], Any], convert: Callable[[Any], Any]) -> list[str]:
    return [json_text(call.kestra, convert(entry)) for entry in find(call)]


ROUTES = (
    Route("GET", "logs/{executionId}/follow", follow_1x, produces=(EVENTS,), until=LAST_1X),
    Route("GET", "logs/{executionId}/follow", follow_2x, produces=(EVENTS,), since="2.0"),
)
