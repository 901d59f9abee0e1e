"""Namespaces, which the open-source edition derives from flows: each one with a flow, and its parents."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from starlette.responses import Response

from deployer.engine.http.exchange.answers import as_json
from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.media import JSON
from deployer.engine.http.exchange.paging import pageable
from deployer.engine.http.exchange.route import Route
from deployer.engine.http.flows.flow import REPOSITORY
from deployer.model.resource import SYSTEM

_AUTOCOMPLETED = 50


def get(call: Call) -> Response:
    """Return a namespace, which need not exist."""
    return as_json(call, call.core("models.namespaces.Namespace").builder().id(call.path["id"]).build())


def search(call: Call) -> Response:
    """Return a page of the namespaces whose names contain `q`, sorted by name."""
    page = pageable(call, "searchNamespaces")
    first = int(page.getOffset()) - int(page.getSize())
    orders = list(page.getSort().getOrderBy())
    names, total = _page(
        call, call.query.get("q"), first, int(page.getSize()), down=bool(orders) and not orders[0].isAscending()
    )
    answer = {"results": [{"id": name} for name in names], "total": total}
    return Response(json.dumps(answer), media_type=JSON)


def autocomplete(call: Call) -> Response:
    """Return up to fifty names that contain `q`, and all existing namespaces that the body names."""
    body: Any = call.json("autocomplete", "java.util.Map")
    wanted = {str(each) for each in body.get("ids") or ()}
    names, _ = _page(call, body.get("q"), 0, _AUTOCOMPLETED, forced=wanted)
    return Response(json.dumps(names), media_type=JSON)


def _page(
    call: Call, query: Any, first: int, size: int, *, down: bool = False, forced: Collection[str] = ()
) -> tuple[list[str], int]:
    """Return one page of names and their total; names in `forced` that exist are on every page."""
    known = {name for found in call.bean(REPOSITORY).findDistinctNamespace(call.tenant) for name in _tree(str(found))}
    held = {name for name in {*known.difference(forced), SYSTEM} if query is None or str(query).lower() in name.lower()}
    always = known.intersection(forced)
    names = sorted({*sorted(held, reverse=down)[first : first + size], *always}, reverse=down)
    return names, len(held | always) if names else 0


def _tree(name: str) -> list[str]:
    """Return a namespace and all its parents."""
    parts = name.split(".")
    return [".".join(parts[: length + 1]) for length in range(len(parts))]


ROUTES = (
    Route("GET", "namespaces/search", search),
    Route("POST", "namespaces/autocomplete", autocomplete, since="1.1"),
    Route("GET", "namespaces/{id}", get),
)
