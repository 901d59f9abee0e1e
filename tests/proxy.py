"""A proxy between a deployer and an engine: it counts the requests, and may do to one of them what networks do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from urllib.parse import urlsplit

_BETWEEN_TWO = {"connection", "transfer-encoding", "keep-alive"}  # headers that belong to one connection


@dataclass(slots=True)
class Proxy:
    """`url` stands for the server at `target`; `requests` are those that came, as `GET /path?query`, in their order.

    `fault` is asked about each request, by its number from 1, and may give what is to be done instead of passing it on.
    """

    target: str
    url: str = ""
    requests: list[str] = field(default_factory=list)
    fault: Callable[[int, str], Fault | None] = lambda _, __: None
    under_way: set[int] = field(default_factory=set)
    _one: Lock = field(default_factory=Lock, repr=False)

    def number(self, request: str) -> int:
        """Keep a request, and return its number, which no other has that comes at the same time."""
        with self._one:
            self.requests.append(request)
            return len(self.requests)

    @contextmanager
    def failing(self, fault: Callable[[int, str], Fault | None]) -> Iterator[None]:
        """Count the requests anew, and have a fault as long as the block runs."""
        self.requests.clear()
        before, self.fault = self.fault, fault
        try:
            yield
        finally:
            self.fault = before

    def count(self, *methods: str) -> int:
        return sum(request.startswith(methods) for request in self.requests)


class Passing(BaseHTTPRequestHandler):
    """One connection to the proxy."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else an answer's body waits for its headers to be acknowledged: 40 ms
    between: Proxy
    body: bytes

    def handle_one(self) -> None:
        """Pass a request on, or do to it what is to be done."""
        self.between.under_way.add(id(self))
        try:
            self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = f"{self.command} {self.path}"
            fault = self.between.fault(self.between.number(asked), asked)
            (fault or pass_on)(self)
        except (ConnectionError, HTTPException):  # who asks may leave before the end, and a server may go away
            self.close_connection = True
        finally:
            self.between.under_way.discard(id(self))

    do_GET = do_POST = do_PUT = do_DELETE = handle_one  # noqa: N815  these are the standard library's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  as above
        pass

    @contextmanager
    def passed(self) -> Iterator[HTTPResponse]:
        """Ask the server behind the proxy."""
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _BETWEEN_TWO}
        connection = HTTPConnection(urlsplit(self.between.target).netloc, timeout=60)
        with closing(connection):
            connection.request(self.command, self.path, self.body, headers)
            yield connection.getresponse()

    def begin(self, answer: HTTPResponse) -> None:
        """Send an answer's status and headers."""
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in _BETWEEN_TWO:
                self.send_header(name, value)


Fault = Callable[[Passing], None]
"""What is done to a request in place of passing it on."""


def pass_on(request: Passing) -> None:
    """Answer what the server answers, a piece at a time as it comes."""
    with request.passed() as answer:
        request.begin(answer)
        if answer.getheader("Content-Length") is None:
            request.send_header("Connection", "close")
        request.end_headers()
        while piece := answer.read1(65536):
            request.wfile.write(piece)
            request.wfile.flush()


def answers(status: int, text: str = "", kind: str = "application/json", **headers: str) -> Fault:
    """Answer this, without asking the server."""

    def answer(request: Passing) -> None:
        request.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(text)), **headers}.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(text.encode())

    return answer


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # many may come at once; of more than this, the system cuts connections


@contextmanager
def proxy(target: str) -> Iterator[Proxy]:
    """Pass requests on to the server at `target` as long as the block runs."""
    between = Proxy(target)
    handler = type("Handler", (Passing,), {"between": between})
    with _Server(("127.0.0.1", 0), handler) as server:
        between.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield between
        finally:
            server.shutdown()
            thread.join()
