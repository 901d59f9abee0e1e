"""Recorded endpoints that the development server has not. What they did is done by others, for what comes after."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import httpx
from fidelity.recorded import Exchange

from deployer.engine.http.route import Route, in_order
from deployer.model.version import DEFAULT

UNSERVED = (
    ("POST", "flows/bulk"),
    ("POST", "flows/{namespace}"),
    ("POST", "flows/validate/task"),
    ("DELETE", "flows/delete/by-ids"),
    ("GET", "logs/search"),
    ("GET", "logs/{executionId}/download"),
    ("GET", "namespaces/search"),
    ("GET", "/api/v1/plugins"),
    ("GET", "/api/v1/plugins/schemas/{type}"),
    ("GET", "/api/v1/plugins/{cls}"),
)
"""Method and path as in a table of routes. A row whose endpoint is served now fails the test."""


def is_unserved(exchange: Exchange, served: Iterable[Route]) -> bool:
    """Whether Kestra would answer the exchange by an endpoint that is not among those served."""
    lacking = [Route(method, path, _nothing) for method, path in UNSERVED]
    asked = exchange.path.split("?")[0]
    paths = (f"/api/v1{asked}", f"/api/v1/main{asked}")
    for route in in_order([*served, *lacking], DEFAULT.name):
        pattern = re.sub(r"{\w+}", "[^/]+", route.template)
        if route.method == exchange.method and any(re.fullmatch(pattern, path) for path in paths):
            return route in lacking
    return False


def _nothing(_: object) -> None:
    """Stand for the function that an endpoint does not have."""


def bring_about(exchange: Exchange, tenant: httpx.Client) -> None:
    """Do what a recorded bulk update did; `tenant` is a client whose paths are below the tenant.

    Its answer has what it stored and what it deleted: stored is what its body names. Three were refused half way.
    """
    if exchange.name == "88-delete-by-ids":
        _delete(tenant, [{"namespace": "oracle.samples", "id": "bk2"}])
    if exchange.method != "POST" or not exchange.path.startswith("/flows"):
        return
    texts = [text.strip() for text in exchange.body.decode().split("---")]
    named = dict(zip((_ID.findall(text)[0] for text in texts if _ID.search(text)), texts, strict=False))
    if exchange.name == "74-bulk-one-invalid":
        _store(tenant, [{"id": "bk3", "namespace": "oracle.samples"}], named)
    elif exchange.name == "24-bulk-delete-true-with-invalid":
        _delete(tenant, tenant.get("flows/search", params={"size": 100}).json()["results"])
    elif exchange.answer.status == 200 and isinstance(exchange.answer.body, list):
        _delete(tenant, [flow for flow in exchange.answer.body if flow["id"] not in named])
        _store(tenant, [flow for flow in exchange.answer.body if flow["id"] in named], named)


_ID = re.compile(r"^id: (\S+)", re.MULTILINE)
_YAML = {"content-type": "application/x-yaml"}


def _store(tenant: httpx.Client, stored: Iterable[dict[str, Any]], texts: dict[str, str]) -> None:
    for flow in stored:
        text = texts[flow["id"]].encode()
        updated = tenant.put(f"flows/{flow['namespace']}/{flow['id']}", content=text, headers=_YAML)
        if updated.status_code == 404:
            updated = tenant.post("flows", content=text, headers=_YAML)
        updated.raise_for_status()


def _delete(tenant: httpx.Client, deleted: Iterable[dict[str, Any]]) -> None:
    for flow in deleted:
        tenant.delete(f"flows/{flow['namespace']}/{flow['id']}")
