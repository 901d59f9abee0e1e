"""HTTP Basic authentication for everything but `configs`, which Kestra leaves open."""

from __future__ import annotations

import base64
import hmac

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

OPEN = ("/api/v1/configs",)


class BasicAuth:
    """An ASGI app that passes only requests with the right `username` and `password` to `app`.

    Others get 401, an empty body and `WWW-Authenticate: Basic`, as recorded from 1.0 to 2.0.
    """

    def __init__(self, app: ASGIApp, *, username: str, password: str) -> None:
        self._app = app
        self._expected = b"Basic " + base64.b64encode(f"{username}:{password}".encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401, or pass the request on."""
        if scope["type"] == "http" and scope["path"] not in OPEN and not self._knows(Headers(scope=scope)):
            refused = Response(status_code=401, headers={"WWW-Authenticate": "Basic"})
            await refused(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _knows(self, headers: Headers) -> bool:
        return hmac.compare_digest(headers.get("authorization", "").encode(), self._expected)
