"""The connection to one tenant of one Kestra server: sends requests, retries them if that is safe, raises clear errors.

The endpoints are in flows.py, executions.py, logs.py and key_values.py.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from httpx_sse import EventSource, ServerSentEvent, connect_sse

from deployer.errors import KestraError, KestraNotFoundError
from deployer.kestra.answers import UnexpectedShapeError
from deployer.kestra.bounds import LARGEST, LARGEST_ARCHIVE, TooLargeError, decode, whole, within
from deployer.kestra.dialect import ServerInfo, UnsupportedVersionError, server_info
from deployer.kestra.failures import is_undone, no_answer, refusal, too_large, wrong_shape
from deployer.kestra.operations import CONFIGS, EXPORT_FLOWS, Operation
from deployer.kestra.pool import CONNECT, pool
from deployer.kestra.retry import is_transient, repeat
from deployer.kestra.streams import events
from deployer.kestra.traffic import Traffic
from deployer.kestra.way import proxy
from deployer.redaction import also_hidden, redactor
from deployer.settings import Settings, secrets

_T = TypeVar("_T")

WHOLE = 4
"""The time for a whole answer, as a multiple of the time for its beginning."""
_SHOWN = 64 * 1024  # bytes of an answer that an error may quote
_OF_THE_BODY = ("content-encoding", "content-length", "transfer-encoding")
_REPEATABLE = frozenset({"GET", "PUT", "DELETE"})


class Connection:
    """Sends requests with the settings' credentials. Threads may share it; `close` it at the end."""

    def __init__(self, settings: Settings, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.host = settings.require_host()
        self.tenant = settings.tenant
        self.sleep = sleep
        self._settings = settings
        self._way = proxy(settings)
        self._http = pool(settings, self._way)
        self._ours = redactor(secrets(settings, self._way.url if self._way else ""))
        self._server: ServerInfo | None = None
        self._asking = threading.Lock()
        self._met = False  # anything has answered in this run
        self._is_there = False  # it has answered in this run, and did not fail for good since

    def close(self) -> None:
        """Close every connection of the pool."""
        self._http.close()

    def watch(self) -> Traffic:
        """Return a recorder of all answers from now on; an earlier recorder gets no more."""
        traffic = Traffic()
        within = f"{urlsplit(self.host).path}/api/v1/{self.tenant}/"

        def note(response: httpx.Response) -> None:
            request = response.request
            traffic.note(request.method, request.url.path.removeprefix(within), response.status_code)

        self._http.event_hooks = {"response": [note]}
        return traffic

    def server(self) -> ServerInfo:
        """The server's version and edition: asked on first use, once for all threads. Raises KestraError."""
        with self._asking:
            if self._server is None:
                self._server = self._ask_server()
            return self._server

    @property
    def known(self) -> ServerInfo | None:
        """The server's version and edition, None if it was not asked yet."""
        return self._server

    def _ask_server(self) -> ServerInfo:
        def read(configs: object) -> ServerInfo:
            return server_info(configs, self._settings.kestra)

        try:
            return self.ask(CONFIGS, read)
        except UnsupportedVersionError as error:
            raise KestraError(
                f"the server is Kestra {error}; the oldest supported version is 1.0",
                method=CONFIGS.method,
                url=self.url(CONFIGS),
                hint="upgrade the server, or set the version to treat it as: --kestra 1.3",
            ) from None
        except KestraError as error:
            if error.status == httpx.codes.NOT_FOUND or httpx.codes.is_success(error.status or 0):
                error.args = (f"{self.host} answers, but is not a Kestra server: {error}",)
            raise

    def url(self, operation: Operation, *names: str) -> str:
        """Return the URL of an operation, with these names in its path."""
        return operation.url(self.host, self.tenant, names)

    def send(
        self, operation: Operation, *names: str, url: str = "", repeat: bool | None = None, **parts: Any
    ) -> httpx.Response:
        """Carry out an operation with these names in its path, and return the successful answer. Raises KestraError.

        GET, PUT and DELETE are retried automatically, a POST only with `repeat`. `url` replaces the server's own.
        `parts` are httpx's (`params`, `content`, `files`, `headers`).
        """
        parts["headers"] = operation.headers | parts.get("headers", {})
        return self._sent(operation.method, url or self.url(operation, *names), parts, repeat=repeat)

    def tell(self, operation: Operation, *names: str, **parts: Any) -> None:
        """Send a request whose answer is empty, or any JSON. Raises KestraError, also for a web page."""
        response = self.send(operation, *names, **parts)
        if response.content:
            self._read(response, lambda _: None)

    def ask(self, operation: Operation, read: Callable[[object], _T], *names: str, **parts: Any) -> _T:
        """Send a request and return its JSON answer, read with `read`. Raises KestraError."""
        return self._read(self.send(operation, *names, **parts), read)

    def repeat(self, call: Callable[[int], _T]) -> _T:
        """Call with the number of the attempt, within the limits of the settings, while the error is transient."""
        settings = self._settings
        try:
            found = repeat(
                call,
                attempts=settings.attempts,
                seconds=settings.retry_seconds,
                sleep=self.sleep,
                is_there=lambda: self._is_there,
            )
        except KestraError as error:
            self._is_there = not is_transient(error)  # waited for once: the next request does not wait as long
            raise
        self._is_there = True
        return found

    def events(self, operation: Operation, *names: str, until: float) -> Iterator[ServerSentEvent]:
        """Yield a stream's events. It ends without an error: normally, if cut, and at `until` (monotonic seconds)."""
        patience = until - time.monotonic()
        if patience <= 0:
            return
        timeout = httpx.Timeout(patience, connect=min(CONNECT, patience))
        method, url, headers = operation.method, self.url(operation, *names), operation.headers

        def connect() -> AbstractContextManager[EventSource]:
            return connect_sse(self._http, method, url, headers=headers, timeout=timeout)

        yield from events(connect, until)

    def _sent(self, method: str, url: str, parts: Mapping[str, Any], *, repeat: bool | None = None) -> httpx.Response:
        undone = True  # what was sent so far

        def once(_: int) -> httpx.Response:
            nonlocal undone
            try:
                return self._once(method, url, parts)
            except KestraError as error:
                if method == "DELETE" and isinstance(error, KestraNotFoundError) and not undone:
                    return httpx.Response(httpx.codes.NO_CONTENT)  # an answer was lost before, not its effect
                undone = error.undone = undone and (method == "GET" or is_undone(error))
                raise

        if repeat if repeat is not None else method in _REPEATABLE:
            return self.repeat(once)
        return once(1)

    def _once(self, method: str, url: str, parts: Mapping[str, Any]) -> httpx.Response:
        request = self._http.build_request(method, url, **parts)
        try:
            response = self._whole(request)
        except httpx.RequestError as error:
            raise self._redact_error(no_answer(request, error, self._way)) from error
        if not response.is_success:
            userless = self._server is not None and self._server.userless
            raise self._redact_error(refusal(self._clean(response), signed_in=self._signed_in, userless=userless))
        return response

    def _whole(self, request: httpx.Request) -> httpx.Response:
        """Return the complete answer, within its time and size limits. Raises KestraError and RequestError."""
        archive = request.headers.get("accept") == EXPORT_FLOWS.produces
        with within(self._settings.timeout * WHOLE):
            opened = self._http.send(request, stream=True)
            self._is_there = self._is_there or not self._met
            self._met = True
            try:
                content = whole(opened, LARGEST_ARCHIVE if archive else LARGEST)
            except TooLargeError as error:
                raise too_large(opened, str(error)) from None
            finally:
                opened.close()
        headers = [(name, value) for name, value in opened.headers.multi_items() if name not in _OF_THE_BODY]
        return httpx.Response(opened.status_code, headers=headers, content=content, request=request)

    def _read(self, response: httpx.Response, read: Callable[[object], _T]) -> _T:
        try:
            return read(decode(response.content))
        except UnexpectedShapeError as error:
            raise self._redact_error(wrong_shape(self._clean(response), str(error))) from None
        except TooLargeError as error:
            raise self._redact_error(too_large(response, str(error))) from None
        except ValueError:
            raise self._redact_error(wrong_shape(self._clean(response), "JSON")) from None

    def _redact_error(self, error: KestraError) -> KestraError:
        """Return the error without our secrets, which a server or a proxy may have quoted."""
        error.reason = self._redact(error.reason)
        error.hint = self._redact(error.hint)
        error.args = (self._redact(str(error)),)
        return error

    def _redact(self, text: str) -> str:
        return also_hidden(self._ours(text))

    def _clean(self, response: httpx.Response) -> httpx.Response:
        """Return an answer without our secrets, for an error: before its text is shortened or extracted."""
        headers = {"content-type": self._redact(response.headers.get("content-type", ""))}
        for name in ("location", "retry-after"):
            if name in response.headers:
                headers[name] = self._redact(response.headers[name])
        begins = httpx.Response(200, headers=headers, content=response.content[:_SHOWN])
        text = self._redact(begins.text).encode("utf-8", "surrogatepass")
        return httpx.Response(response.status_code, headers=headers, content=text, request=response.request)

    @property
    def _signed_in(self) -> str:
        return "token" if self._settings.api_token else "password" if self._settings.password else ""
