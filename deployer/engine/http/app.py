"""The web application: which path and method is answered by which resource, in which dialect."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from http import HTTPStatus
from itertools import chain

import jpype
from starlette import routing
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from deployer.engine.http import (
    bulk,
    change,
    configs,
    delete,
    evaluate,
    execution_files,
    execution_flow,
    executions,
    files,
    flow_bulk,
    flow_export,
    flow_graph,
    flow_import,
    flow_search,
    flows,
    follow,
    follow_dependencies,
    follow_logs,
    kv,
    labels,
    logs,
    namespaces,
    outputs,
    plugins,
    start,
    triggers,
    validation,
    webhook,
)
from deployer.engine.http.answers import failed, refused
from deployer.engine.http.auth import BasicAuth
from deployer.engine.http.call import read, sent_uri
from deployer.engine.http.refusal import Refusal
from deployer.engine.http.route import Handler, Route, in_order
from deployer.engine.jvm import Kestra
from deployer.engine.runtime import Runtime

RESOURCES = (
    bulk,
    change,
    configs,
    delete,
    evaluate,
    execution_files,
    execution_flow,
    executions,
    files,
    flow_bulk,
    flow_export,
    flow_graph,
    flow_import,
    flow_search,
    flows,
    follow,
    follow_dependencies,
    follow_logs,
    kv,
    labels,
    logs,
    namespaces,
    outputs,
    plugins,
    start,
    triggers,
    validation,
    webhook,
)
"""Every file with a table of ROUTES."""


def application(kestra: Kestra, runtime: Runtime, *, basic_auth: tuple[str, str] | None) -> Starlette:
    """Return the web application of a started runtime; `basic_auth` is username and password, None leaves it open."""
    served = in_order(chain.from_iterable(resource.ROUTES for resource in RESOURCES), kestra.version.name)
    app = Starlette(
        routes=[
            routing.Route(route.template, _answering(route.handler, kestra, runtime), methods=[route.method])
            for route in served
        ],
        exception_handlers={HTTPException: partial(_unserved, kestra, served), Exception: partial(_broken, kestra)},
    )
    app.router.redirect_slashes = False
    if basic_auth is not None:
        app.add_middleware(BasicAuth, username=basic_auth[0], password=basic_auth[1])
    return app


def _answering(handler: Handler, kestra: Kestra, runtime: Runtime) -> Callable[[Request], Awaitable[Response]]:
    """Return the Starlette endpoint of a resource's function: a plain one runs in a thread, as engine calls block."""

    async def answer(request: Request) -> Response:
        call = await read(request, kestra, runtime)
        try:
            if inspect.iscoroutinefunction(handler):
                response: Response = await handler(call)
            else:
                response = await run_in_threadpool(handler, call)
        except Refusal as refusal:
            return refused(kestra, call.uri, refusal)
        except jpype.JException as error:
            return failed(call, error)
        return response

    return answer


def _unserved(kestra: Kestra, served: Iterable[Route], request: Request, error: Exception) -> Response:
    """Return Kestra's 405 for a known path, and for everything else a 404 that tells whose lack it is."""
    path = request.url.path
    status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.NOT_FOUND
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = ", ".join(dict.fromkeys(route.method for route in served if _matches(route.template, path)))
        message = f"Method [{request.method}] not allowed for URI [{path}]. Allowed methods: [{allowed}]"
        return refused(kestra, sent_uri(request), Refusal(405, message))
    if status != HTTPStatus.NOT_FOUND:  # a body that Starlette could not read
        return refused(kestra, sent_uri(request), Refusal(status, str(error)))
    message = f"the development server does not have {request.method} {path}"
    return refused(kestra, sent_uri(request), Refusal(404, message))


def _broken(kestra: Kestra, request: Request, error: Exception) -> Response:
    """Return a 500 in Kestra's shape for a fault of this server; the traceback goes to its log."""
    return refused(kestra, sent_uri(request), Refusal(500, repr(error), reason="Internal server error"))


def _matches(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path) is not None
