"""A proxy between a deployer and an engine that counts the requests it passes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

_BETWEEN_TWO = {"connection", "transfer-encoding", "keep-alive"}  # headers that belong to one connection


@dataclass(slots=True)
class Proxy:
    """`url` stands for the server behind it; `requests` are those passed on, as `GET /path?query`, in their order."""

    url: str
    requests: list[str] = field(default_factory=list)

    def count(self, *methods: str) -> int:
        return sum(request.startswith(methods) for request in self.requests)


@contextmanager
def proxy(target: str) -> Iterator[Proxy]:
    """Pass requests on to the server at `target` as long as the block runs."""
    address = urlsplit(target).netloc
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            requests.append(f"{self.command} {self.path}")
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _BETWEEN_TWO}
            connection = HTTPConnection(address, timeout=60)
            with closing(connection), suppress(BrokenPipeError):  # whoever follows a stream may leave before its end
                connection.request(self.command, self.path, body, headers)
                answer = connection.getresponse()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in _BETWEEN_TWO:
                        self.send_header(name, value)
                if answer.getheader("Content-Length") is None:
                    self.send_header("Connection", "close")
                self.end_headers()
                while piece := answer.read1(65536):
                    self.wfile.write(piece)
                    self.wfile.flush()

        do_GET = _pass_on  # noqa: N815  these are the standard library's names
        do_POST = _pass_on  # noqa: N815
        do_PUT = _pass_on  # noqa: N815
        do_DELETE = _pass_on  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  as above
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield Proxy(f"http://127.0.0.1:{server.server_port}", requests)
        finally:
            server.shutdown()
            thread.join()
