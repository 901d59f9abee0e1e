"""The web application: which path and method is answered by which resource, in which dialect."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from http import HTTPStatus
from typing import Any

import jpype
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from deployer.engine.http import configs, executions, flows, follow, kv, logs, outputs, validation
from deployer.engine.http.answers import failed, refused
from deployer.engine.http.auth import BasicAuth
from deployer.engine.http.call import Call, read, sent_uri
from deployer.engine.http.refusal import Refusal
from deployer.engine.jvm import Kestra
from deployer.engine.runtime import Runtime
from deployer.model.version import Dialect

Handler = Callable[[Call], Any]  # returns a Response, or is a coroutine function that does
Endpoint = tuple[str, str, Handler]

_FLOWS = "/api/v1/{tenant}/flows"
_FLOW = _FLOWS + "/{namespace}/{id}"
_EXECUTIONS = "/api/v1/{tenant}/executions"
_EXECUTION = _EXECUTIONS + "/{executionId}"
_KEYS = "/api/v1/{tenant}/namespaces/{namespace}/kv"
_OUTPUTS = "/api/v1/{tenant}/outputs"
_LOGS = "/api/v1/{tenant}/logs/{executionId}"

EVERY_LINE: tuple[Endpoint, ...] = (
    ("GET", "/api/v1/configs", configs.configs),
    ("GET", _FLOWS + "/search", flows.search),
    ("GET", _FLOWS + "/distinct-namespaces", flows.distinct_namespaces),
    ("GET", _FLOWS + "/export/by-query", flows.export),
    ("POST", _FLOWS + "/validate", validation.validate),
    ("POST", _FLOWS, flows.create),
    ("GET", _FLOWS + "/{namespace}", flows.of_namespace),
    ("GET", _FLOW, flows.get),
    ("PUT", _FLOW, flows.update),
    ("DELETE", _FLOW, flows.delete),
    ("GET", _FLOW + "/revisions", flows.revisions),
    ("GET", _EXECUTIONS + "/search", executions.search),
    ("POST", _EXECUTIONS + "/{namespace}/{id}", executions.create),
    ("GET", _EXECUTION, executions.get),
    ("GET", _EXECUTION + "/follow", follow.follow),
    ("GET", _KEYS + "/{key}", kv.get),
    ("PUT", _KEYS + "/{key}", kv.put),
    ("DELETE", _KEYS + "/{key}", kv.delete),
)
ONLY: dict[Dialect, tuple[Endpoint, ...]] = {
    Dialect.V1: (
        ("DELETE", _EXECUTION + "/kill", executions.kill),
        ("GET", _LOGS, logs.by_parameters),
        ("GET", _KEYS, kv.of_namespace),
    ),
    Dialect.V2: (
        ("DELETE", _EXECUTION + "/actions/kill", executions.kill),
        ("GET", _OUTPUTS + "/executions/{executionId}", outputs.of_execution),
        ("GET", _OUTPUTS + "/tasks/{executionId}", outputs.task_runs),
        ("GET", _OUTPUTS + "/tasks/{executionId}/{taskRunId}", outputs.of_task_run),
        ("GET", _LOGS, logs.by_filters),
        ("GET", "/api/v1/{tenant}/kv", kv.search),
    ),
}


def application(kestra: Kestra, runtime: Runtime, *, basic_auth: tuple[str, str] | None) -> Starlette:
    """Return the web application of a started runtime; `basic_auth` is username and password, None leaves it open."""
    endpoints = (*ONLY[kestra.version.dialect], *EVERY_LINE)
    app = Starlette(
        routes=[
            Route(path, _answering(handler, kestra, runtime), methods=[method]) for method, path, handler in endpoints
        ],
        exception_handlers={HTTPException: partial(_unserved, kestra, endpoints), Exception: partial(_broken, kestra)},
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


def _unserved(kestra: Kestra, endpoints: Iterable[Endpoint], request: Request, error: Exception) -> Response:
    """Return Kestra's 405 for a known path, and for everything else a 404 that tells whose lack it is."""
    path = request.url.path
    status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.NOT_FOUND
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = ", ".join(dict.fromkeys(method for method, template, _ in endpoints if _matches(template, path)))
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
