"""What is true of the whole server: its configuration, unknown paths, wrong methods, authentication."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from engine.http.since import since
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from deployer.engine.http.auth import BasicAuth
from deployer.engine.process.launch import RunningEngine


def test_configs_names_the_release(engine: RunningEngine) -> None:
    configs = httpx.get(f"{engine.url}/api/v1/configs").json()

    assert (configs["version"], configs["edition"]) == (engine.version.engine, "OSS")
    assert configs["uuid"]
    assert configs["systemNamespace"] == "system"
    assert configs["chartDefaultDuration"] == ("PT24H" if since(engine, "2.0") else "P30D")
    assert ("isTemplateEnabled" in configs) is not since(engine, "1.1")


def test_what_is_not_served_says_so(engine: RunningEngine) -> None:
    answer = httpx.get(f"{engine.url}/api/v1/main/dashboards?x=1")

    assert answer.status_code == 404
    assert answer.json()["message"] == "Not Found: the development server does not have GET /api/v1/main/dashboards"
    assert answer.json()["_links"]["self"]["href"] == "/api/v1/main/dashboards?x=1"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/flows", "POST"),
        ("PATCH", "/flows/team.a/x", "HEAD, DELETE, PUT, GET"),
        ("PUT", "/flows/search", "HEAD, POST, GET"),
    ],
)
def test_a_wrong_method_is_405_with_the_right_ones(api: httpx.Client, method: str, path: str, allowed: str) -> None:
    answer = api.request(method, path)

    assert answer.status_code == 405
    assert answer.json()["message"] == (
        f"Method Not Allowed: Method [{method}] not allowed for URI [{api.base_url.path.rstrip('/')}{path}]. "
        f"Allowed methods: [{allowed}]"
    )


def test_a_multipart_body_without_a_boundary_is_400(api: httpx.Client) -> None:
    answer = api.post("/flows/import", content=b"x", headers={"content-type": "multipart/form-data"})

    assert answer.status_code == 400
    assert answer.json()["message"].startswith("Bad Request: ")


def asked(path: str, auth: tuple[str, str] | None) -> httpx.Response:
    """What an app behind BasicAuth answers."""

    async def hello(_: Request) -> PlainTextResponse:
        return PlainTextResponse("hello")

    app = BasicAuth(
        Starlette(routes=[Route("/api/v1/{rest:path}", hello)]), username="root@root.com", password="päss:word"
    )

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://kestra") as client:
            return await client.get(path, auth=httpx.BasicAuth(*auth) if auth else None)

    return asyncio.run(ask())


@pytest.mark.parametrize("auth", [None, ("root@root.com", "no"), ("no", "päss:word"), ("root@root.com", "")])
def test_without_the_right_password_it_is_401_with_an_empty_body(auth: tuple[str, str] | None) -> None:
    answer = asked("/api/v1/main/flows/search", auth)

    assert (answer.status_code, answer.content) == (401, b"")
    assert answer.headers["www-authenticate"] == "Basic"


def test_the_right_password_lets_through() -> None:
    assert asked("/api/v1/main/flows/search", ("root@root.com", "päss:word")).text == "hello"


def test_configs_needs_no_password_but_nothing_that_only_looks_like_it() -> None:
    assert asked("/api/v1/configs", None).status_code == 200
    assert asked("/api/v1/main/flows/configs", None).status_code == 401
