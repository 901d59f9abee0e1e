"""Limits for answers of a server: how long a whole answer takes, how large it is, and how many values it contains.

A read timeout restarts with every byte, a few kilobytes can decompress to gigabytes, and a list of millions of empty
lists is small as JSON. Measured in CPython: an empty list in a list needs 64 bytes of memory, and three in JSON.
"""

from __future__ import annotations

import json
import re
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore
import httpx

MB = 1024 * 1024
LARGEST = 16 * MB
"""Bytes of an answer, decompressed. A thousand flows on a page of a search have about one megabyte."""
LARGEST_ARCHIVE = 48 * MB
"""Bytes of an archive, compressed."""
LARGEST_TEXT, LARGEST_TEXTS = 4 * MB, 64 * MB
"""Bytes of one text in an archive, and of all of them."""
MOST_TEXTS = 100_000
LARGEST_EVENT = MB
"""Bytes of one event of a stream, including comments and empty lines."""
ENCODINGS = ("gzip", "deflate")
"""How an answer may be compressed."""
_EITHER, _BARE = 47, -15  # zlib's numbers: a header of gzip or of zlib, and none
_PIECE = MB // 4
_MOST_VALUES = 2_000_000
_BETWEEN_EVENTS = re.compile(rb"(?:\r\n|\n|\r){2}")

_until: ContextVar[float] = ContextVar("until", default=float("inf"))


class TooLargeError(Exception):
    """An answer exceeds a limit; says which."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let all sending and reading of this thread in the block time out after so many seconds in total."""
    token = _until.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _until.reset(token)


def _remaining(timeout: float | None, error: type[Exception]) -> float | None:
    """Return how long to wait. Raises `error` if the time is over."""
    left = _until.get() - time.monotonic()
    if left <= 0:
        raise error("the whole answer took too long")
    return timeout if left == float("inf") else min(left, timeout if timeout is not None else left)


class _Stream(httpcore.NetworkStream):
    """A connection whose reads and writes obey the deadline."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _remaining(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _remaining(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> _Stream:
        left = _remaining(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Opens connections whose reads and writes obey the deadline."""

    def __init__(self, backend: httpcore.NetworkBackend) -> None:
        self._backend = backend

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> _Stream:
        left = _remaining(timeout, httpcore.ConnectTimeout)
        return _Stream(self._backend.connect_tcp(host, port, left, local_address, socket_options))

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(seconds)


class Transport(httpx.HTTPTransport):
    """httpx's transport, with connections that obey the deadline. httpx has no public option for a network backend."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._pool._network_backend = _Backend(self._pool._network_backend)  # noqa: SLF001


def whole(response: httpx.Response, most: int) -> bytes:
    """Return the content of an open answer, decompressed. Raises TooLargeError if it has more than `most` bytes.

    It is decompressed piece by piece: httpx decompresses everything received, which may be a thousand times as much.
    Raises httpx.DecodingError for a wrong compression, or one that was not requested.
    """
    found = bytearray()
    try:
        for piece in _unpack(response):
            found += piece
            if len(found) > most:
                raise TooLargeError(f"more than {most // MB} MB")
    except zlib.error as error:
        raise httpx.DecodingError(str(error), request=response.request) from error
    return bytes(found)


def _unpack(response: httpx.Response) -> Iterator[bytes]:
    how = response.headers.get("content-encoding", "identity").strip().lower()
    if how == "identity":
        yield from response.iter_raw()
        return
    if how not in ENCODINGS:
        raise httpx.DecodingError(f"it is compressed with {how}, which was not requested", request=response.request)
    unpack = zlib.decompressobj(_EITHER)
    first = True
    for packed in response.iter_raw():
        data = packed
        while data:
            try:
                piece = unpack.decompress(data, _PIECE)
            except zlib.error:
                if not first or how != "deflate":
                    raise
                unpack = zlib.decompressobj(_BARE)  # some servers send this
                piece = unpack.decompress(data, _PIECE)
            first = False
            yield piece
            data = unpack.unconsumed_tail
            if unpack.eof:
                data, unpack = unpack.unused_data, zlib.decompressobj(_EITHER)


def decode(content: bytes | str) -> Any:
    """Return the value of a JSON text. Raises ValueError if it is not JSON, TooLargeError if it contains too much."""
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    if len(data) > LARGEST:
        raise TooLargeError(f"more than {LARGEST // MB} MB")
    if data.count(b",") + data.count(b"[") + data.count(b"{") > _MOST_VALUES:
        raise TooLargeError(f"more than {_MOST_VALUES:,} values")
    try:
        return json.loads(data)
    except RecursionError:
        raise ValueError("the nesting is too deep") from None


def split_events(stream: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the pieces of an event stream. It ends at an event that is too large."""
    since = 0
    for piece in stream:
        ends = [match.end() for match in _BETWEEN_EVENTS.finditer(piece)]
        since = len(piece) - ends[-1] if ends else since + len(piece)
        if since > LARGEST_EVENT:
            return
        yield piece
