"""Who may use the development server: programs, but no web pages of other sites.

A browser sends what any page on the web makes it send, also to addresses of this machine. It says where such a request
comes from (`Origin`, `Sec-Fetch-Site`), and if a page's own name resolves to this machine, the `Host` is that name. So
these headers are checked on every route, before anything else of a request.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from deployer.engine.http.addresses import WILDCARDS, is_address, is_loopback
from deployer.engine.http.exchange.media import JSON

LARGEST = 256 * 1024 * 1024
"""Bytes of a request's body."""
_OWN = ("same-origin", "none")  # for a page's own requests, and for what a person typed


class OnlyPrograms:
    """An ASGI app that passes requests to `app` unless a foreign web page made them or they are too large.

    `host` is the address it listens on.
    """

    def __init__(self, app: ASGIApp, *, host: str) -> None:
        self._app = app
        self._host = host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 with the reason, or pass the request on; a body that is too large is 413."""
        if scope["type"] != "http":
            return
        if why := find_objection(
            [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]], self._host
        ):
            await _error_response(403, why)(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"")
        if declared.isdigit() and int(declared) > LARGEST:
            await _error_response(413, _TOO_LARGE)(scope, receive, send)
            return
        await self._app(scope, _limit_body(receive), send)


_TOO_LARGE = f"the development server accepts at most {LARGEST // 1024 // 1024} MB in a request"


def find_objection(headers: Collection[tuple[str, str]], listening: str) -> str:
    """Return why a request with these headers (names in lowercase) is refused, empty if it is not."""
    hosts, origins, sites = (
        [value.strip() for name, value in headers if name == wanted] for wanted in ("host", "origin", "sec-fetch-site")
    )
    if len(hosts) != 1 or not is_ours(hosts[0], listening):
        names = ", ".join(hosts) or "none"
        return f"the host {names} is not this development server's: is a web page using its own name for this machine?"
    if foreign := [origin for origin in origins if urlsplit(origin).netloc.lower() != hosts[0].lower()]:
        return f"a web page of {foreign[0]} may not use this development server"
    if any(site.lower() not in _OWN for site in sites):
        return "a web page of another site may not use this development server"
    return ""


def is_ours(host: str, listening: str) -> bool:
    """Whether a `Host` is a name of this machine for a server that is `listening` on an address.

    A page cannot make its own name a numeric address, so if the server listens on all addresses, any of them is fine.
    """
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".").lower()
        urlsplit(f"//{host}").port  # noqa: B018  (raises for an invalid port)
    except ValueError:
        return False
    if is_loopback(name) or name == listening.lower():
        return True
    return listening in WILDCARDS and (is_address(name) or name == socket.gethostname().lower())


def _limit_body(receive: Receive) -> Receive:
    """Return a `receive` that raises a 413 once a body is too large."""
    size = 0

    async def bounded() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > LARGEST:
            raise HTTPException(413, _TOO_LARGE)
        return message

    return bounded


def _error_response(status: int, why: str) -> Response:
    """Return an answer in the shape of Kestra's errors."""
    return Response(json.dumps({"message": why}), status, media_type=JSON)
