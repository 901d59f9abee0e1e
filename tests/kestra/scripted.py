"""Scripted servers for faults that a sound one does not have, and a client that counts its waits instead of waiting."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from deployer.kestra.client import KestraClient
from deployer.settings import Settings

FLOW = "id: hello\nnamespace: a.b\ntasks:\n  - id: t\n    type: io.kestra.plugin.core.log.Log\n    message: hi\n"
STORED: dict[str, Any] = {"id": "hello", "namespace": "a.b", "revision": 1, "disabled": False, "source": FLOW}
EXECUTION: dict[str, Any] = {"id": "X1", "namespace": "a.b", "flowId": "hello", "state": {"current": "CREATED"}}


class Scripted:
    """A client for `host`, and the seconds it would have slept."""

    def __init__(self, host: str, **settings: Any) -> None:
        self.waits: list[float] = []
        self.client = KestraClient(Settings(host=host.rstrip("/"), **settings), sleep=self.waits.append)


@contextmanager
def scripted(host: str, **settings: Any) -> Iterator[Scripted]:
    made = Scripted(host, **settings)
    with made.client:
        yield made


class RawServer:
    """Answers one connection after the other with exactly these bytes, then closes it. Keeps what it was asked.

    With `hold` it stays silent after an answer until the other side closes.
    """

    def __init__(self, answers: tuple[bytes, ...], *, hold: bool = False) -> None:
        self.requests: list[bytes] = []
        self.ended = threading.Event()
        self._answers = answers
        self._hold = hold
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        for answer in self._answers:
            connection, _ = self._listener.accept()
            with connection, suppress(ConnectionError):  # who asks may leave before the end
                self.requests.append(_request(connection))
                connection.sendall(answer)
                while self._hold and connection.recv(65536):
                    pass
        self._listener.close()
        self.ended.set()

    def close(self) -> None:
        for _ in range(len(self._answers) - len(self.requests)):  # nobody asked: wake the thread up
            with socket.create_connection(self._listener.getsockname()) as connection:
                connection.sendall(b"BYE\r\n\r\n")
        self._thread.join()

    @property
    def methods(self) -> list[str]:
        return [request.split(b" ")[0].decode() for request in self.requests]


def _request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data and (more := connection.recv(65536)):
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    length = int(lengths[0].split(b":")[1]) if lengths else 0
    while len(body) < length and (more := connection.recv(65536)):
        body += more
    return head + b"\r\n\r\n" + body


@contextmanager
def raw_server(*answers: bytes, hold: bool = False) -> Iterator[RawServer]:
    server = RawServer(answers, hold=hold)
    try:
        yield server
    finally:
        server.close()


@contextmanager
def dripping(first: bytes, drop: bytes, seconds: float = 0.05) -> Iterator[str]:
    """A server that answers one connection with some bytes and then drops, for ever: the other side has to leave."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ended = threading.Event()

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, suppress(ConnectionError):
                _request(connection)
                connection.sendall(first)
                while not ended.wait(seconds):
                    connection.sendall(drop)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            ended.set()
            thread.join()


CUT = b""  # the connection closes without an answer


def answer(status: int, body: str = "", *headers: str, kind: str = "application/json") -> bytes:
    data = body.encode()
    lines = [f"HTTP/1.1 {status} Reason", f"Content-Type: {kind}", f"Content-Length: {len(data)}", *headers]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + data
