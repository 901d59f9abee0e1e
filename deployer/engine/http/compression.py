"""Answers as gzip for those who take it, as Kestra's web server (Netty's compressor) sends them."""

from __future__ import annotations

import gzip

from starlette.datastructures import Headers
from starlette.responses import Response, StreamingResponse

_SMALLEST = 1024  # bytes; what is shorter goes as it is
_LEVEL = 6
_TEXTUAL = ("application/json", "text/")


def compress(response: Response, asked: Headers) -> Response:
    """Return an answer, compressed where whoever `asked` takes gzip and it is a text of some length."""
    kind = response.headers.get("content-type", "")
    takes = "gzip" in asked.get("accept-encoding", "").lower()
    if not takes or isinstance(response, StreamingResponse) or not kind.startswith(_TEXTUAL):
        return response
    if len(response.body) < _SMALLEST:
        return response
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    body = gzip.compress(bytes(response.body), _LEVEL)
    return Response(body, response.status_code, headers | {"content-encoding": "gzip"})
