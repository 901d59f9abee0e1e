"""Whatever a server sends, a request ends, and takes no more memory than an answer of Kestra's could."""

from __future__ import annotations

import gzip
import io
import json
import socket
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from kestra.scripted import answer, dripping, raw_server, scripted

from deployer.errors import KestraError, KestraUnreachableError
from deployer.kestra import bounds
from deployer.kestra.client import KestraClient

MB = 1024 * 1024
OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
PROMPT = 30.0  # seconds; never waited for where a stream ends by itself


@contextmanager
def little_memory(most: int = 150 * MB) -> Iterator[None]:
    """Fail where Python's own memory grows by more than this in between."""
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < most


def packed(*pieces: bytes, times: int = 1) -> bytes:
    """A gzip of pieces, one after the other, without ever having them unpacked."""
    made = zlib.compressobj(9, zlib.DEFLATED, 31)
    found = b"".join(made.compress(piece) for _ in range(times) for piece in pieces)
    return found + made.flush()


def archive(*texts: tuple[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", kind) as made:
        for name, text in texts:
            made.writestr(name, text)
    return data.getvalue()


def sent(body: bytes, kind: str = "application/json", *headers: bytes) -> bytes:
    length = f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n".encode()
    return OK + length + b"".join(each + b"\r\n" for each in headers) + b"\r\n" + body


@pytest.mark.parametrize(
    ("first", "drop"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["a status", "a header", "a body", "chunks", "promises"],
)
def test_an_answer_that_comes_byte_by_byte_is_given_up(first: bytes, drop: bytes) -> None:
    with (
        dripping(first, drop) as url,
        scripted(url, timeout=0.2, attempts=1) as it,
        pytest.raises(KestraUnreachableError, match=r"no answer in time|connection to"),
    ):
        it.client.server()


def test_a_write_that_is_not_taken_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        with scripted(url, timeout=0.2, attempts=1) as it, pytest.raises(KestraUnreachableError, match="no answer in"):
            it.client.create_flow("x" * 20 * MB, namespace="a.b", id="x")


BOMBS: dict[str, Callable[[], bytes]] = {
    "gzip": lambda: sent(packed(b"\0" * MB, times=512), "application/json", b"Content-Encoding: gzip"),
    "a long body": lambda: OK + b"Content-Type: application/json\r\n\r\n" + b"[" + b" " * 60 * MB,
    "empty lists": lambda: sent(b"[" + b"[]," * 3_000_000 + b"[]]"),
    "small objects": lambda: sent(b"[" + b'{"a":1},' * 2_500_000 + b"1]"),
    "lists in lists": lambda: sent(b"[" * 1_000_000),
    "objects in objects": lambda: sent(b'{"a":' * 300_000),
    "gzip of lists": lambda: sent(
        packed(b"[", *[b"[]," * 100_000] * 30, b"1]"), "application/json", b"Content-Encoding: gzip"
    ),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_an_answer_that_holds_too_much_is_refused_with_one_sentence(bomb: str) -> None:
    with raw_server(BOMBS[bomb]()) as server, scripted(server.url, attempts=1) as it, little_memory():
        with pytest.raises(KestraError, match=r"GET .*/configs (returned too large|did not return)") as caught:
            it.client.server()
        assert len(str(caught.value)) < 300


ARCHIVES: dict[str, Callable[[], bytes]] = {
    "one text": lambda: archive(("a.b-x.yml", b"\0" * 100 * MB)),
    "many texts": lambda: archive(*[(f"a.b-{number}.yml", b"#" * 4 * MB) for number in range(20)]),
    "many names": lambda: archive(*[(f"{number}", b"") for number in range(100_001)], kind=zipfile.ZIP_STORED),
}


@pytest.mark.parametrize("bomb", ARCHIVES)
def test_an_archive_that_holds_too_much_is_refused(bomb: str) -> None:
    body = sent(ARCHIVES[bomb](), "application/octet-stream")
    with (
        raw_server(body) as server,
        scripted(server.url, attempts=1) as it,
        little_memory(200 * MB),
        pytest.raises(KestraError, match="returned too large an answer"),
    ):
        it.client.export_flows_by_query(["a.b"])


def test_what_kestra_sends_is_within_the_bounds() -> None:
    flows = [
        {"id": f"f{number}", "namespace": "a.b", "revision": 1, "labels": [{"key": "k" * 40}] * 20}
        for number in range(1000)
    ]
    page = gzip.compress(json.dumps({"results": flows, "total": 1000}).encode())
    with raw_server(sent(page, "application/json", b"Content-Encoding: gzip")) as server, scripted(server.url) as it:
        assert len(it.client.search_flows(["a.b"])) == 1000
    texts = archive(*[(f"a.b-f{number}.yml", b"id: x\n" * 500) for number in range(5000)])
    with raw_server(sent(texts, "application/octet-stream")) as server, scripted(server.url) as it:
        assert len(it.client.export_flows_by_query(["a.b"])) == 5000


def test_a_page_of_a_search_that_is_too_large_is_asked_for_in_smaller_ones() -> None:
    flows = [{"id": f"f{number}", "namespace": "a.b", "tasks": ["x" * 30_000]} for number in range(150)]

    def page(*found: object, total: int = 150) -> bytes:
        return sent(json.dumps({"results": found, "total": total}).encode())

    large = sent(b'{"results": [' + b" " * 17 * MB)
    with raw_server(large, page(*flows[:100]), page(*flows[100:])) as server, scripted(server.url) as it:
        assert len(it.client.search_flows(["a.b"])) == 150
        assert [b"size=1000" in each for each in server.requests] == [True, False, False]


@pytest.mark.parametrize(
    ("how", "body"),
    [
        ("gzip", gzip.compress(b'{"version": "1.3.31"}')),
        ("gzip", gzip.compress(b'{"version": ') + gzip.compress(b'"1.3.31"}')),
        ("deflate", zlib.compress(b'{"version": "1.3.31"}')),
        ("deflate", zlib.compress(b'{"version": "1.3.31"}')[2:-4]),
        ("identity", b'{"version": "1.3.31"}'),
    ],
    ids=["gzip", "gzip in two", "deflate", "deflate without a head", "not at all"],
)
def test_an_answer_may_be_packed(how: str, body: bytes) -> None:
    answered = sent(body, "application/json", f"Content-Encoding: {how}".encode())
    with raw_server(answered) as server, scripted(server.url) as it:
        assert it.client.server().version == "1.3.31"
        assert b"gzip, deflate" in server.requests[0]


@pytest.mark.parametrize("how", ["gzip", "deflate", "br", "gzip, gzip"])
def test_one_that_is_not_packed_as_it_says_is_no_answer(how: str) -> None:
    answered = sent(b"{}", "application/json", f"Content-Encoding: {how}".encode())
    with raw_server(answered) as server, scripted(server.url, attempts=1) as it, pytest.raises(KestraError):
        it.client.server()


class TestStreams:
    """An event stream that never ends, or whose events do not."""

    HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"

    @staticmethod
    def followed(client: KestraClient) -> int:
        return len([*client.follow_execution("X1", until=time.monotonic() + PROMPT)])

    @pytest.mark.parametrize("event", [b"data: " + b"x" * MB, b": " + b"x" * MB, b"data: x\n" * MB])
    def test_an_event_without_an_end_ends_it(self, event: bytes) -> None:
        with raw_server(self.HEAD + event * 3) as server, scripted(server.url) as it, little_memory():
            assert self.followed(it.client) == 0

    def test_events_are_not_read_before_somebody_wants_them(self) -> None:
        running = (
            b'id: progress\ndata: {"id": "X1", "namespace": "a.b", "flowId": "h", "state": {"current": "RUNNING"}}\n\n'
        )
        with dripping(self.HEAD, running * 1000, seconds=0.0) as url, scripted(url) as it, little_memory():
            followed = it.client.follow_execution("X1", until=time.monotonic() + PROMPT)
            next(followed)
            time.sleep(1)  # in which a thousand megabytes could be read
            followed.close()  # type: ignore[attr-defined]


def test_the_bounds_hold_for_what_is_decoded_by_itself() -> None:
    assert bounds.decode('{"a": [1, "[[["]}') == {"a": [1, "[[["]}
    with pytest.raises(ValueError, match="Expecting"):
        bounds.decode("[")
    with pytest.raises(ValueError, match="nesting is too deep"):
        bounds.decode("[" * 100_000)
    with pytest.raises(bounds.TooLargeError):
        bounds.decode("[" + "1," * 2_000_001)


def test_a_short_answer_has_no_deadline_left_over() -> None:
    with raw_server(answer(200, '{"version": "1.3.31"}'), answer(200, "[]")) as server, scripted(server.url) as it:
        it.client.server()
        with bounds.within(60):
            assert it.client.list_flows_by_namespace("a.b") == []
