"""Whatever a server answers to whatever is asked: a result of its kind, or one sentence that names the request."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kestra.scripted import EXECUTION, STORED
from kestra.test_operations import CALLS

from deployer.errors import KestraError
from deployer.kestra.client import KestraClient
from deployer.settings import Settings

pytestmark = pytest.mark.untraced

_NAMES = (
    "id", "namespace", "flowId", "revision", "source", "deleted", "draft", "disabled", "exception", "results", "total",
    "version", "state", "current", "labels", "key", "value", "type", "index", "constraints", "warnings", "taskRunList",
    "outputs", "inputs", "message", "level", "parentId", "definitions", "tenantId",
)  # fmt: skip
_SIMPLE = (
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=True) | st.text(max_size=8)
    | st.sampled_from(["a.b", "x", "E", "id: x", "SUCCESS", "1.3.31", "2.0.0"])
)  # fmt: skip
JSON = st.recursive(
    _SIMPLE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_NAMES), inner, max_size=6),
    max_leaves=12,
)
NEARLY: tuple[Any, ...] = (
    STORED,
    EXECUTION,
    {"results": [STORED, EXECUTION], "total": 2},
    [{"index": 0, "constraints": None}, {"index": 1}],
    {"version": "1.3.31"},
    {"key": "k", "value": 1, "type": "NUMBER"},
    [STORED],
)


@st.composite
def answers(draw: st.DrawFn) -> tuple[int, bytes, str]:
    """A status, a body and its type: any JSON, an answer of Kestra's with one part of it spoilt, or no JSON at all."""
    if draw(st.booleans()):
        data = json.loads(json.dumps(draw(st.sampled_from(NEARLY))))
        part = data
        while isinstance(part, dict | list) and part:
            name = (
                draw(st.sampled_from(sorted(part))) if isinstance(part, dict) else draw(st.integers(0, len(part) - 1))
            )
            if draw(st.booleans()) or not isinstance(part[name], dict | list):
                part[name] = draw(JSON)
                break
            part = part[name]
        body = json.dumps(data).encode()
    else:
        body = draw(JSON.map(lambda data: json.dumps(data).encode()) | st.binary(max_size=30))
    status = draw(st.sampled_from([200, 200, 200, 200, 201, 204, 302, 400, 404, 409, 422, 423, 500]))
    return status, body, draw(st.sampled_from(["application/json", "text/html", "text/event-stream", "image/png", ""]))


def client(respond: Callable[[httpx.Request], httpx.Response]) -> KestraClient:
    made = KestraClient(Settings(host="http://kestra.invalid", attempts=1), sleep=lambda _: None)
    made._connection._http = httpx.Client(transport=httpx.MockTransport(respond))
    return made


@pytest.mark.parametrize("method", CALLS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_it_is_a_result_or_an_error_that_says_what_was_asked(method: str, data: st.DataObject) -> None:
    said = data.draw(st.lists(answers(), min_size=1, max_size=3))
    asked: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        status, body, kind = said[min(len(asked), len(said)) - 1]
        return httpx.Response(status, stream=httpx.ByteStream(body), headers={"content-type": kind} if kind else {})

    with client(respond) as one:
        error = failure(CALLS[method], one)
    assert error is None or (error.method and "kestra.invalid" in str(error) and len(str(error)) < 2500)


def failure(call: Callable[[KestraClient], Any], one: KestraClient) -> KestraError | None:
    """The error that a call ends with; any other is not caught."""
    try:
        call(one)
    except KestraError as error:
        return error
    return None
