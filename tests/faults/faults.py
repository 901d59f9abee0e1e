"""What networks and servers do to a request: by name, what happens in place of a sound answer."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Mapping

from proxy import Fault, Passing, answers, pass_on

_AT_ONCE = struct.pack("ii", 1, 0)  # no lingering: closing resets the connection
_HTML = "<html><body><h1>A gateway's page</h1></body></html>"


def reset(request: Passing) -> None:
    """The connection is reset."""
    request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    request.close_connection = True


def reset_after(request: Passing) -> None:
    """The server does what it is asked for, and the answer is lost."""
    with request.passed() as answer:
        answer.read()
    reset(request)


def half(request: Passing) -> None:
    """Half of the answer comes."""
    with request.passed() as answer:
        body = answer.read()
        request.begin(answer)
        if answer.getheader("Content-Length") is None:
            request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body[: len(body) // 2])
    request.close_connection = True


def late(request: Passing) -> None:
    """The answer takes its time."""
    time.sleep(0.3)
    pass_on(request)


def after(fault: Fault) -> Fault:
    """The server does what it is asked for, and something else is answered."""

    def answer(request: Passing) -> None:
        with request.passed() as real:
            real.read()
        fault(request)

    return answer


PASSING: Mapping[str, Fault] = {
    "reset": reset,
    "reset after": reset_after,
    "half a body": half,
    "late": late,
    "429": answers(429, Retry_After="0"),
    "502": answers(502, _HTML, "text/html"),
    "503": answers(503),
    "504 after": after(answers(504, _HTML, "text/html")),
}
"""After these the same request is sent again, and does what it should."""

UNTOLD = after(answers(200, _HTML, "text/html"))
"""The server has done what it was asked for, and nobody knows."""

LASTING: Mapping[str, Fault] = {
    "401": answers(401),
    "404": answers(404, "404 page not found", "text/plain"),
    "500": answers(500, '{"message": "Internal Server Error"}'),
    "HTML": answers(200, _HTML, "text/html"),
    "no JSON": answers(200, "{"),
    "HTML after": UNTOLD,
}
"""These may end a run: nobody knows what the server has done, or it will not do it."""
