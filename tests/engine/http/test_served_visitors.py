"""No web page reaches the development server, on any of its routes. Against the real one."""

from __future__ import annotations

import re
import socket
from urllib.parse import urlsplit

import httpx
import pytest
from engine.http.flow_texts import flow

from deployer.engine.http.resources import RESOURCES
from deployer.engine.http.visitors import LARGEST
from deployer.engine.process.launch import RunningEngine

FOREIGN = {
    "a name of its own": {"host": "evil.example.com"},
    "another origin": {"origin": "https://evil.example.com"},
    "another port": {"origin": "http://127.0.0.1:3000"},
    "no origin": {"origin": "null"},
    "what a browser says of it": {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"},
}
ROUTES = sorted(
    {(route.method, re.sub(r"\{\w+\}", "x", route.path)) for resource in RESOURCES for route in resource.ROUTES}
)


@pytest.mark.parametrize("page", FOREIGN)
def test_a_page_is_refused_on_every_route_and_told_why(engine: RunningEngine, page: str) -> None:
    with httpx.Client(base_url=engine.url, timeout=30) as client:
        for method, path in (*ROUTES, ("OPTIONS", "flows"), ("HEAD", "flows/search"), ("GET", "../../nothing")):
            answer = client.request(method, f"/api/v1/main/{path}", headers=FOREIGN[page])
            assert answer.status_code == 403, (method, path)
            assert method == "HEAD" or "development server" in answer.json()["message"]
            assert "access-control-allow-origin" not in answer.headers


def test_a_form_of_a_page_stores_nothing(engine: RunningEngine, tenant: str) -> None:
    files = {"fileUpload": ("flows.yaml", flow().encode(), "application/x-yaml")}
    with httpx.Client(base_url=f"{engine.url}/api/v1/{tenant}", timeout=30) as client:
        sent = client.post("/flows/import", files=files, headers={"origin": "https://evil.example.com"})
        assert sent.status_code == 403
        assert client.get("/flows/search").json()["total"] == 0
        assert client.post("/flows/import", files=files).status_code == 200
        assert client.get("/flows/search").json()["total"] == 1


def test_a_request_is_refused_before_its_body_is_read(engine: RunningEngine) -> None:
    place = urlsplit(engine.url)
    with socket.create_connection((place.hostname, place.port), timeout=30) as connection:
        connection.sendall(
            b"POST /api/v1/main/flows HTTP/1.1\r\nHost: evil.example.com\r\nContent-Length: 1000000\r\n\r\n"
        )
        assert connection.recv(12) == b"HTTP/1.1 403"


def test_a_body_has_a_bound(engine: RunningEngine, tenant: str) -> None:
    place, path = urlsplit(engine.url), f"/api/v1/{tenant}/flows"
    with socket.create_connection((place.hostname, place.port), timeout=30) as connection:
        head = f"POST {path} HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Type: application/x-yaml\r\n"
        connection.sendall(f"{head}Content-Length: {LARGEST + 1}\r\n\r\n".encode())
        assert connection.recv(12) == b"HTTP/1.1 413"
