"""Flows as files: ZIP archives of their sources, or a table of all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jpype
from starlette.responses import Response

from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.filters import read_filters
from deployer.engine.http.exchange.media import CSV, OCTETS
from deployer.engine.http.exchange.route import Route
from deployer.engine.http.exchange.tables import table_response
from deployer.engine.http.flows.bulk_actions import find_named_flows
from deployer.engine.http.flows.flow import REPOSITORY
from deployer.engine.http.flows.search import FLAT


def export_by_query(call: Call) -> Response:
    """Return the sources of all matching flows as a ZIP, which is empty if there are none."""
    found = call.runtime.export_flows(call.tenant, read_filters(call, *FLAT))
    return _archive(call, found, lambda flow: f"{flow.getNamespace()}-{flow.getId()}.yml")


def export_by_ids(call: Call) -> Response:
    """Return the sources of the flows named in the body as a ZIP; 404 if one of them does not exist."""
    return _archive(
        call,
        call.java("java.util.ArrayList")(list(find_named_flows(call))),
        lambda flow: f"{flow.getNamespace()}.{flow.getId()}.yaml",
    )


def export_table(call: Call) -> Response:
    """Return all matching flows as CSV."""
    found = call.bean(REPOSITORY).findAsync(call.tenant, read_filters(call)).collectList().block()
    return table_response(call, found, "flows.csv")


def _archive(call: Call, flows: Any, name: Callable[[Any], str]) -> Response:
    naming = jpype.JProxy("java.util.function.Function", dict={"apply": name})
    archive = bytes(call.core("models.HasSource").asZipFile(flows, naming))
    headers = {"Content-Disposition": 'attachment; filename="flows.zip"'}
    return Response(archive, media_type="application/octet-stream", headers=headers)


ROUTES = (
    Route("GET", "flows/export/by-query", export_by_query, produces=(OCTETS,)),
    Route("GET", "flows/export/by-query/csv", export_table, produces=(CSV,), since="1.2"),
    Route("POST", "flows/export/by-ids", export_by_ids, produces=(OCTETS,)),
)
