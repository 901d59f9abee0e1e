"""Who may speak to the development server: programs on this machine, and no web pages.

A browser sends what any page on the web tells it to send, to addresses of this machine too. Of such requests it says
where they come from (`Origin`, `Sec-Fetch-Site`), and where a page has its own name point here, the `Host` is that
name. So these are looked at before anything else of a request is, on every route.
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
_OWN = ("same-origin", "none")  # what a browser says of a page's own requests, and of what a person typed


class OnlyPrograms:
    """An ASGI app that lets only requests through to `app` that no foreign web page has made, and none too large.

    `host` is the address that is listened on.
    """

    def __init__(self, app: ASGIApp, *, host: str) -> None:
        self._app = app
        self._host = host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 with the reason, or hand the request on; a body beyond the bound is 413."""
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


_TOO_LARGE = f"the development server takes no more than {LARGEST // 1024 // 1024} MB in a request"


def find_objection(headers: Collection[tuple[str, str]], listening: str) -> str:
    """Return why a request with these headers (names in lower case) is refused, empty where it is not."""
    hosts, origins, sites = (
        [value.strip() for name, value in headers if name == wanted] for wanted in ("host", "origin", "sec-fetch-site")
    )
    if len(hosts) != 1 or not is_ours(hosts[0], listening):
        shown = ", ".join(hosts) or "none"
        return f"the host {shown} is not this development server's: is a web page asking under a name of its own?"
    if foreign := [origin for origin in origins if urlsplit(origin).netloc.lower() != hosts[0].lower()]:
        return f"a web page of {foreign[0]} may not use this development server"
    if any(site.lower() not in _OWN for site in sites):
        return "a web page from elsewhere may not use this development server"
    return ""


def is_ours(host: str, listening: str) -> bool:
    """Whether a `Host` names this machine as the server is reached that listens there.

    Of an address in numbers no page can make a name of its own, so where all addresses are listened on any one will do.
    """
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".").lower()
        urlsplit(f"//{host}").port  # noqa: B018  (raises for what is none)
    except ValueError:
        return False
    if is_loopback(name) or name == listening.lower():
        return True
    return listening in WILDCARDS and (is_address(name) or name == socket.gethostname().lower())


def _limit_body(receive: Receive) -> Receive:
    """Return what receives a body that is not too large; beyond the bound, whoever reads it raises a 413."""
    so_far = 0

    async def bounded() -> Message:
        nonlocal so_far
        message = await receive()
        so_far += len(message.get("body", b""))
        if so_far > LARGEST:
            raise HTTPException(413, _TOO_LARGE)
        return message

    return bounded


def _error_response(status: int, why: str) -> Response:
    """Return an answer in the shape of Kestra's errors."""
    return Response(json.dumps({"message": why}), status, media_type=JSON)
