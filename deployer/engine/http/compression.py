"""Compresses answers for clients that accept gzip, as Kestra's web server (Netty's compressor) does."""

from __future__ import annotations

import gzip

from starlette.datastructures import Headers
from starlette.responses import Response, StreamingResponse

_SMALLEST = 1024  # bytes; shorter answers are not compressed
_LEVEL = 6
_TEXTUAL = ("application/json", "text/")


def compress(response: Response, request: Headers) -> Response:
    """Return an answer, compressed if the headers of the `request` accept gzip and it is a text of some length."""
    kind = response.headers.get("content-type", "")
    takes = "gzip" in request.get("accept-encoding", "").lower()
    if not takes or isinstance(response, StreamingResponse) or not kind.startswith(_TEXTUAL):
        return response
    if len(response.body) < _SMALLEST:
        return response
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    body = gzip.compress(bytes(response.body), _LEVEL)
    return Response(body, response.status_code, headers | {"content-encoding": "gzip"})
