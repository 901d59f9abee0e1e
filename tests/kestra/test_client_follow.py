"""Following an execution: events come as they are told, and a stream that ends in any way raises nothing."""

from __future__ import annotations

import json
import time

import pytest
from kestra.scripted import CUT, EXECUTION, answer, dripping, raw_server, scripted

PROMPT = 30.0  # seconds; never waited for where the stream ends by itself


def event(name: str, state: str, **more: object) -> str:
    return f"id: {name}\ndata: {json.dumps(EXECUTION | {'state': {'current': state}} | more)}\n\n"


def stream(*events: str) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + "".join(events).encode()


def states(*events: str, whole: bool = True) -> list[str]:
    sent = stream(*events)
    with raw_server(sent if whole else sent[:-20]) as server, scripted(server.url) as it:
        return [seen.state for seen in it.client.follow_execution("X1", until=time.monotonic() + PROMPT)]


def test_each_change_is_told_until_the_end() -> None:
    assert states(event("progress", "CREATED"), event("progress", "RUNNING"), event("end", "SUCCESS")) == [
        "CREATED",
        "RUNNING",
        "SUCCESS",
    ]


def test_what_comes_after_the_end_is_not_read() -> None:
    assert states(event("end", "FAILED"), event("progress", "RUNNING")) == ["FAILED"]


def test_the_empty_execution_that_1_x_starts_with_is_left_out() -> None:
    assert states('id: start\ndata: {"id": "X1"}\n\n', event("end", "SUCCESS")) == ["SUCCESS"]


def test_a_stream_without_an_end_simply_ends() -> None:
    assert states(event("progress", "RUNNING")) == ["RUNNING"]


def test_a_stream_cut_within_an_event_gives_the_events_before_it() -> None:
    assert states(event("progress", "CREATED"), event("progress", "RUNNING"), whole=False) == ["CREATED"]


@pytest.mark.parametrize("data", ["{", "[]", '{"id": "X1"}'])
def test_an_event_that_is_no_execution_ends_the_stream(data: str) -> None:
    assert states(event("progress", "CREATED"), f"id: progress\ndata: {data}\n\n") == ["CREATED"]


def test_line_separators_inside_a_text_do_not_split_an_event() -> None:
    told = EXECUTION | {"inputs": {"text": "a\u2028b\x85c"}}
    sent = f"id: end\ndata: {json.dumps(told, ensure_ascii=False)}\n\n"
    with raw_server(stream(sent)) as server, scripted(server.url) as it:
        (seen,) = it.client.follow_execution("X1", until=time.monotonic() + PROMPT)
    assert seen.inputs == {"text": "a\u2028b\x85c"}


def test_lines_may_end_as_those_of_windows() -> None:
    told = "".join((event("progress", "RUNNING"), event("end", "SUCCESS"))).replace("\n", "\r\n")
    assert states(told) == ["RUNNING", "SUCCESS"]


def test_an_event_may_come_in_pieces_of_a_byte() -> None:
    told = event("end", "SUCCESS", inputs={"who": "Zoë"}).encode()
    pieces = b"".join(b"1\r\n" + bytes([each]) + b"\r\n" for each in told) + b"0\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    with raw_server(head + pieces) as server, scripted(server.url) as it:
        (seen,) = it.client.follow_execution("X1", until=time.monotonic() + PROMPT)
    assert seen.inputs == {"who": "Zoë"}


@pytest.mark.parametrize(
    "first",
    [CUT, answer(404, "Unable to find the execution"), answer(503), answer(200, "{}"), answer(401)],
    ids=["cut", "404", "503", "no stream", "401"],
)
def test_a_stream_that_cannot_be_had_gives_nothing_and_is_asked_for_once(first: bytes) -> None:
    with raw_server(first) as server, scripted(server.url) as it:
        assert list(it.client.follow_execution("X1", until=time.monotonic() + PROMPT)) == []
        assert server.methods == ["GET"]
        assert it.waits == []


def test_a_deadline_in_the_past_asks_nobody() -> None:
    with raw_server() as server, scripted(server.url) as it:
        assert list(it.client.follow_execution("X1", until=time.monotonic() - 1)) == []


def test_a_silent_stream_ends_at_the_deadline() -> None:
    silent = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 100000\r\n\r\n"
    told = silent + event("progress", "PAUSED").encode()
    with raw_server(told, hold=True) as server, scripted(server.url) as it:
        seen = list(it.client.follow_execution("X1", until=time.monotonic() + 0.3))
        assert [execution.state for execution in seen] == ["PAUSED"]


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
TOLD = event("progress", "PAUSED").encode()


@pytest.mark.parametrize(
    ("first", "drop", "states"),
    [
        (HEAD + TOLD, b": ping\n\n", ["PAUSED"]),
        (HEAD + TOLD, b"id: progress\n", ["PAUSED"]),
        (HEAD + TOLD, TOLD, None),
        (HEAD, b"x", []),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x", []),
    ],
    ids=["comments", "lines", "events", "one endless line", "headers"],
)
def test_the_deadline_holds_whatever_the_bytes_do(first: bytes, drop: bytes, states: list[str] | None) -> None:
    with dripping(first, drop) as host, scripted(host) as it:
        until = time.monotonic() + 0.4
        seen = [execution.state for execution in it.client.follow_execution("X1", until=until)]
        assert time.monotonic() < until + 5
    assert set(seen) == {"PAUSED"} if states is None else seen == states


def test_who_leaves_a_stream_closes_it() -> None:
    told = HEAD + event("end", "SUCCESS").encode()
    with raw_server(told, hold=True) as server, scripted(server.url) as it:
        until = time.monotonic() + PROMPT
        assert [seen.state for seen in it.client.follow_execution("X1", until=until)] == ["SUCCESS"]
        server.ended.wait(PROMPT)  # it holds the connection until the other side closes
        assert time.monotonic() < until


def test_every_execution_has_the_address_of_its_page() -> None:
    with raw_server(stream(event("end", "SUCCESS"))) as server, scripted(server.url, tenant="team") as it:
        (seen,) = it.client.follow_execution("X1", until=time.monotonic() + PROMPT)
    assert seen.url == f"{server.url}/ui/team/executions/a.b/hello/X1"


@pytest.mark.parametrize(
    ("given", "shown"),
    [("/ui/x/1", "{host}/ui/x/1"), ("https://kestra.example.com/ui/x/1", "https://kestra.example.com/ui/x/1")],
)
def test_an_address_that_the_server_gives_is_completed_or_kept(given: str, shown: str) -> None:
    with raw_server(answer(200, json.dumps(EXECUTION | {"url": given}))) as server, scripted(server.url) as it:
        assert it.client.create_execution("a.b", "hello").url == shown.format(host=server.url)
