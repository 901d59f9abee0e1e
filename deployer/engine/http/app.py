"""The web application: every request goes to the row of a resource's table that `routing` finds for it."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

import jpype
from starlette import routing
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from deployer.engine.http.auth import BasicAuth
from deployer.engine.http.compression import compress
from deployer.engine.http.exchange.answers import answer_exception, answer_refusal
from deployer.engine.http.exchange.call import Call, read_call, sent_uri
from deployer.engine.http.exchange.refusal import Refusal
from deployer.engine.http.exchange.route import Handler
from deployer.engine.http.resources import RESOURCES
from deployer.engine.http.routing import Criteria, Miss, Router, parse_accept
from deployer.engine.http.visitors import OnlyPrograms
from deployer.engine.jvm.context import Kestra
from deployer.engine.runtime.runtime import Runtime
from deployer.model.resource import MAIN

_SET_SIZE = 5  # of the sets in which Micronaut collects names for its messages


def application(
    kestra: Kestra, runtime: Runtime, *, host: str, basic_auth: tuple[str, str] | None, tenants: Collection[str]
) -> Starlette:
    """Return the web application of a started runtime.

    `host` is the address it listens on. `basic_auth` is username and password, None for open access; `tenants` are the
    tenants that exist, empty for any.
    """
    served = [route for resource in RESOURCES for route in resource.ROUTES if route.serves(kestra.version.name)]
    answering = _Endpoint(kestra, runtime, Router(served), tenants, guarded=basic_auth is not None)
    app = Starlette(
        routes=[routing.Route("/{path:path}", answering)],
        exception_handlers={
            HTTPException: partial(_answer_unreadable, kestra),
            Exception: partial(_answer_fault, kestra),
        },
    )
    app.router.redirect_slashes = False
    if basic_auth is not None:
        app.add_middleware(BasicAuth, username=basic_auth[0], password=basic_auth[1])
    app.add_middleware(OnlyPrograms, host=host)  # the last one added is called first
    return app


@dataclass(frozen=True, slots=True)
class _Endpoint:
    """The only endpoint: finds the row for a request, and lets its function answer."""

    kestra: Kestra
    runtime: Runtime
    router: Router
    tenants: Collection[str]
    guarded: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request as an ASGI app does."""
        request = Request(scope, receive)
        response = compress(await self._answer(request), request.headers)
        if request.method == "HEAD":
            response = Response(status_code=response.status_code)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        match = self.router.find(criteria_of(request))
        if isinstance(match, Miss):
            return answer_refusal(self.kestra, sent_uri(request), _refusal(self.kestra, request, match))
        if self.tenants and match.parameters.get("tenant", MAIN) not in self.tenants:
            message = f"Tenant must be '{MAIN}' for OSS version"
            return answer_refusal(self.kestra, sent_uri(request), Refusal(400, message))
        call = await read_call(request, self.kestra, self.runtime, match.parameters, guarded=self.guarded)
        return await _run_handler(match.route.handler, call)


async def _run_handler(handler: Handler, call: Call) -> Response:
    """Return the answer of a resource's function; a plain one runs in a thread, as engine calls block."""
    try:
        if inspect.iscoroutinefunction(handler):
            response: Response = await handler(call)
        else:
            response = await run_in_threadpool(handler, call)
    except Refusal as refusal:
        return answer_refusal(call.kestra, call.uri, refusal)
    except jpype.JException as error:
        return answer_exception(call, error)
    return response


def criteria_of(request: Request) -> Criteria:
    """Return the parts of a request that decide which row answers it."""
    path = sent_uri(request).partition("?")[0]
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Criteria(request.method, path, parse_accept(request.headers.get("accept", "")), kind)


def _refusal(kestra: Kestra, request: Request, miss: Miss) -> Refusal:
    """Return why no row matches, in Kestra's words; for an unknown path, say that this server does not have it."""
    if miss.consumable:
        sent = request.headers.get("content-type", "")
        return Refusal(415, f"Content Type [{sent}] not allowed. Allowed types: {_types(kestra, miss.consumable)}")
    if miss.producible:
        wanted = ", ".join(parse_accept(request.headers.get("accept", "")))
        given = _types(kestra, miss.producible)
        return Refusal(406, f"Specified Accept Types [{wanted}] not supported. Supported types: {given}")
    path = request.url.path
    if miss.methods:
        allowed = _in_java_order(kestra, miss.methods)
        return Refusal(405, f"Method [{request.method}] not allowed for URI [{path}]. Allowed methods: {allowed}")
    return Refusal(404, f"the development server does not have {request.method} {path}")


def _types(kestra: Kestra, names: Iterable[str]) -> str:
    return _in_java_order(kestra, map(kestra.java("io.micronaut.http.MediaType").of, names))


def _in_java_order(kestra: Kestra, things: Iterable[Any]) -> str:
    """Return things in the order of a Java set, as text."""
    found = kestra.java("java.util.HashSet")(_SET_SIZE)
    for thing in things:
        found.add(thing)
    return str(found)


def _answer_unreadable(kestra: Kestra, request: Request, error: Exception) -> Response:
    """Return the refusal of a body that could not be read."""
    status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.BAD_REQUEST
    return answer_refusal(kestra, sent_uri(request), Refusal(status, str(error)))


def _answer_fault(kestra: Kestra, request: Request, error: Exception) -> Response:
    """Return a 500 in Kestra's shape for a fault of this server, whose traceback is in its log."""
    return answer_refusal(kestra, sent_uri(request), Refusal(500, repr(error), reason="Internal server error"))
