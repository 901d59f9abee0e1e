"""Turns an answer, or its absence, into an error that users can act on. Sends nothing."""

from __future__ import annotations

import html
import os
import re
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from deployer.errors import (
    KestraAccessError,
    KestraError,
    KestraNotFoundError,
    KestraRefusedError,
    KestraTooLargeError,
    KestraUnreachableError,
    KestraUnreadableError,
)
from deployer.kestra.bounds import TooLargeError, decode
from deployer.kestra.way import Proxy
from deployer.model.resource import MAIN
from deployer.settings import plain

_PREFIXES = re.compile(r"^(Invalid entity|Invalid route params|Illegal argument|Illegal state|Bad Request): ")
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<(script|style).*?</\1>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_NUMBER = re.compile(r"^\[Errno -?\d+\] ")
_LONGEST = 2000  # characters of the server's message that are shown

_KINDS: dict[int, type[KestraError]] = {
    401: KestraAccessError,
    403: KestraAccessError,
    404: KestraNotFoundError,
    409: KestraRefusedError,
    422: KestraRefusedError,
    423: KestraUnreadableError,
}
_REFUSALS = {401: "Kestra at {} refused the login", 403: "Kestra at {} denies access"}
_UNDONE = frozenset({400, 401, 403, 405, 406, 409, 413, 415, 422})
"""Answers to a request that was not carried out. With any other error, it may have been."""
_TENANT = "Tenant must be"
_FIRST_USER = (
    "the server has no users yet: open it in a browser to create the first, or set kestra.server.basic-auth there"
)
_HINTS = {
    403: "ask an administrator for access to this tenant and namespace, or use other credentials",
    404: "check the tenant, and whether the host needs a path prefix",
    413: "a proxy in front of Kestra limits the size of requests: raise its limit",
    423: "Kestra can no longer read this stored flow, often since an upgrade: fix or delete it there",
    429: "the server limits requests: lower `concurrency`, or wait",
    500: "see the server's log",
    502: "a proxy in front of Kestra answered: is Kestra running?",
    503: "the server, or a proxy in front of it, is not ready: is it starting?",
    504: "a proxy in front of Kestra got no answer in time",
}


def place(request: httpx.Request) -> str:
    """Return the URL of a request for messages, without credentials and query."""
    url = request.url
    return f"{url.scheme}://{url.netloc.decode('ascii')}{url.path}"


def _origin(request: httpx.Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc.decode('ascii')}"


def refusal(response: httpx.Response, *, signed_in: str, userless: bool = False) -> KestraError:
    """Return the error for an unsuccessful answer.

    `signed_in` is "token", "password" or ""; `userless` says that the server has no users yet.
    """
    request, status, reason = response.request, response.status_code, words(response)
    kind = _KINDS.get(status, KestraError)
    if kind is KestraNotFoundError and not _is_json(response):
        kind = KestraError  # a gateway without a connection to a server says nothing about its content
    hint = _HINTS.get(status, "")
    if status == httpx.codes.UNAUTHORIZED:
        hint = _FIRST_USER if userless else _access_hint(signed_in)
    if status == httpx.codes.BAD_REQUEST and _TENANT in reason:
        hint = f"Kestra's open-source edition has only the tenant {MAIN}: omit the tenant, or use --tenant {MAIN}"
    if response.has_redirect_location:
        target = plain(str(response.headers["location"]))
        reason, hint = f"redirects to {target}", "set the host to the server's actual address (https?)"
    what = f"{request.method} {place(request)}"
    return kind(
        f"{_REFUSALS[status].format(_origin(request))}: {what} answered {_describe(status, reason)}"
        if status in _REFUSALS
        else f"{what} answered {_describe(status, reason)}",
        method=request.method,
        url=place(request),
        status=status,
        reason=reason,
        retry_after=_retry_after(response),
        hint=hint,
    )


def _describe(status: int, reason: str) -> str:
    return f"{status}: {reason}" if reason else str(status)


def _access_hint(signed_in: str) -> str:
    if signed_in == "token":
        return "check KESTRA_API_TOKEN: is it for this server, and not expired?"
    if signed_in == "password":
        return (
            "check KESTRA_USERNAME and KESTRA_PASSWORD; Kestra Enterprise 2.x accepts only API tokens: KESTRA_API_TOKEN"
        )
    return "set KESTRA_API_TOKEN, or KESTRA_USERNAME and KESTRA_PASSWORD"


def no_answer(request: httpx.Request, error: httpx.RequestError, way: Proxy | None = None) -> KestraError:
    """Return the error for a request without a complete answer, sent through this proxy."""
    about: dict[str, Any] = {"method": request.method, "url": place(request)}
    server, what = _origin(request), f"({request.method} {place(request)})"
    certificate = next((cause for cause in _causes(error) if isinstance(cause, ssl.SSLError)), None)
    if certificate is not None:
        hint = (
            "set the CA that signed it (tls: ca), or check that the host is a TLS server and accepts your certificate"
        )
        if used := " and ".join(name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)):
            hint += f"; only certificates in {used} are trusted"
        return KestraError(f"no secure connection to {server}: {_reason(certificate)} {what}", **about, hint=hint)
    if isinstance(error, httpx.ConnectTimeout | httpx.ConnectError) and way:
        by = f"the proxy {way.place}, set by {way.named_by}"
        hint = f"fix {way.named_by}, or list the host in NO_PROXY to connect directly"
        return KestraUnreachableError(f"cannot connect to {by}: {_reason(error)} {what}", **about, hint=hint)
    if isinstance(error, httpx.ConnectTimeout | httpx.ConnectError):
        hint = "is the server running, and is the host right? Inside a container, localhost is the container itself"
        return KestraUnreachableError(
            f"cannot connect to Kestra at {server}: {_reason(error)} {what}", **about, hint=hint
        )
    if isinstance(error, httpx.ProxyError):
        hint = "check the proxy (`proxy`, HTTPS_PROXY, NO_PROXY) and its credentials"
        return KestraUnreachableError(
            f"the proxy refuses to connect to {server}: {_reason(error)} {what}", **about, hint=hint
        )
    if isinstance(error, httpx.TimeoutException):
        hint = "if the server is slow, increase --timeout"
        return KestraUnreachableError(f"no answer in time from {server} {what}", **about, hint=hint)
    hint = "a proxy, or a server that restarts, may have cut it: try again"
    return KestraUnreachableError(f"the connection to {server} was cut: {_reason(error)} {what}", **about, hint=hint)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _reason(error: BaseException) -> str:
    """Return the reason in words, without the system's error number."""
    said = _NUMBER.sub("", str(error)) or type(error).__name__
    return said[0].lower() + said[1:] if said[1:2].islower() else said


def is_undone(error: KestraError) -> bool:
    """Whether a request was not carried out, according to the answer, or because there was no connection."""
    if isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout):
        return True  # it was never sent
    return error.status in _UNDONE or isinstance(error, KestraNotFoundError)


def wrong_shape(response: httpx.Response, expected: str) -> KestraError:
    """Return the error for an answer with a good status that is not Kestra's."""
    request = response.request
    what, hint = f"did not return {expected}", "is this the address of a Kestra server?"
    if is_html(response):
        title = words(response)
        what = f"answered with a web page{f' ({title})' if title else ''} instead of {expected}"
        hint = "the host is behind a login page, or its path prefix is missing"
    return KestraError(
        f"{request.method} {place(request)} {what}",
        method=request.method,
        url=place(request),
        status=response.status_code,
        hint=hint,
    )


def too_large(response: httpx.Response, how: str) -> KestraTooLargeError:
    """Return the error for an answer that is larger than Kestra's answers."""
    request = response.request
    return KestraTooLargeError(
        f"{request.method} {place(request)} returned too large an answer: {how}",
        method=request.method,
        url=place(request),
        status=response.status_code,
        hint="check what is running there: a Kestra server sends less",
    )


def is_html(response: httpx.Response) -> bool:
    """Whether the answer is a web page."""
    kind = response.headers.get("content-type", "")
    return "text/html" in kind or response.text.lstrip()[:15].lower().startswith(("<!doctype html", "<html"))


def _is_json(response: httpx.Response) -> bool:
    try:
        decode(response.content)
    except (ValueError, TooLargeError):
        return False
    return True


def words(response: httpx.Response) -> str:
    """Return the server's message: its JSON `message`, the title of its page, or its text."""
    if is_html(response):
        title = _TITLE.search(response.text)
        return _shorten(" ".join(html.unescape(title[1] if title else _TAG.sub(" ", response.text)).split()))
    try:
        body = decode(response.content)
    except (ValueError, TooLargeError):
        return _shorten(response.text)
    message = body.get("message") if isinstance(body, dict) else None
    return _shorten(_PREFIXES.sub("", message)) if isinstance(message, str) else ""


def _shorten(text: str) -> str:
    text = text.strip()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _retry_after(response: httpx.Response) -> float | None:
    """Return the seconds that `Retry-After` asks to wait; it may be written as seconds or as a date."""
    value = response.headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError, TypeError):
        return None
    return max(0.0, (date.replace(tzinfo=date.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
