"""Flows: create, read, change, delete, list, search, revisions, export. Checking them is `validation`."""

from __future__ import annotations

from typing import Any

import jpype
from starlette.responses import Response

from deployer.engine.http.answers import JSON, as_json, json_text, page, present
from deployer.engine.http.call import YAML, Call
from deployer.engine.http.filters import filters
from deployer.engine.http.paging import pageable
from deployer.engine.http.refusal import Refusal
from deployer.engine.http.route import Route

FLAT = ("q", "scope", "namespace", "labels")
_REPOSITORY = "repositories.FlowRepositoryInterface"


def create(call: Call) -> Response:
    """Store a new flow: 200 with its source and revision; 422 when it exists (2.x: 409) or is invalid."""
    text, is_json = _source(call, "flow")
    return _stored(call, call.runtime.create_flow(call.tenant, text, draft=call.flag("draft")), is_json=is_json)


def update(call: Call) -> Response:
    """Store a new text of a flow; 404 when there is none, asked before the text is looked at."""
    previous = present(call.bean(_REPOSITORY).findById(call.tenant, call.path["namespace"], call.path["id"]))
    text, is_json = _source(call, "source")
    stored = call.runtime.update_flow(call.tenant, text, previous, draft=call.flag("draft"))
    return _stored(call, stored, is_json=is_json)


def get(call: Call) -> Response:
    """Return one flow, of any revision, with its source if asked for."""
    flows, revision = call.bean(_REPOSITORY), call.number("revision")
    find = flows.findByIdWithSource if call.flag("source") else flows.findById
    wanted = call.optional(None if revision is None else call.java("java.lang.Integer").valueOf(revision))
    deleted = call.java("java.lang.Boolean").valueOf(call.flag("allowDeleted"))
    return as_json(call, present(find(call.tenant, call.path["namespace"], call.path["id"], wanted, deleted)))


def delete(call: Call) -> Response:
    """Delete a flow: 204, or 404."""
    flow = present(call.bean(_REPOSITORY).findByIdWithSource(call.tenant, call.path["namespace"], call.path["id"]))
    call.runtime.delete_flow(flow)
    return Response(status_code=204)


def of_namespace(call: Call) -> Response:
    """Return every flow of exactly this namespace, without sources."""
    return as_json(call, call.bean(_REPOSITORY).findByNamespace(call.tenant, call.path["namespace"]))


def search(call: Call) -> Response:
    """Return a page of flows without sources; one the engine cannot read any more comes with `exception`."""
    found = call.bean(_REPOSITORY).find(pageable(call, "searchFlows"), call.tenant, filters(call, *FLAT))
    return page(call, found, found.getTotal())


def revisions(call: Call) -> Response:
    """Return every revision of a flow with its source, oldest first; an unknown flow has none."""
    flow = (call.tenant, call.path["namespace"], call.path["id"])
    return as_json(call, call.runtime.revisions(*flow, deleted=call.flag("allowDelete")))


def distinct_namespaces(call: Call) -> Response:
    """Return the namespaces that hold flows, filtered by `q`."""
    return as_json(call, call.bean(_REPOSITORY).findDistinctNamespace(call.tenant, call.query.get("q")))


def export(call: Call) -> Response:
    """Return the sources of all matching flows as a ZIP; without any it is an empty archive."""
    found = call.runtime.export_flows(call.tenant, filters(call, *FLAT))
    name = jpype.JProxy(
        "java.util.function.Function", dict={"apply": lambda flow: f"{flow.getNamespace()}-{flow.getId()}.yml"}
    )
    archive = bytes(call.core("models.HasSource").asZipFile(found, name))
    headers = {"Content-Disposition": 'attachment; filename="flows.zip"'}
    return Response(archive, media_type="application/octet-stream", headers=headers)


def _source(call: Call, name: str) -> tuple[str, bool]:
    """Return the flow's text, and whether it came as JSON (1.x takes that too, and anything without a type is JSON)."""
    if call.media_type == YAML or not call.runtime.json_flows:
        call.require(YAML)
        return call.text(name), False
    if call.media_type not in (JSON, ""):
        raise Refusal(422, f"Required Body [{name}] not specified", reason="Invalid route params")
    mapper = call.kestra.bean("com.fasterxml.jackson.databind.ObjectMapper")
    try:
        flow = mapper.readValue(call.text(name), call.core("models.flows.Flow").class_)
    except call.java("com.fasterxml.jackson.core.JsonProcessingException") as error:
        raise Refusal(500, str(error.getMessage()), reason="Internal server error") from None
    return str(flow.sourceOrGenerateIfNull()), True


def _stored(call: Call, flow: Any, *, is_json: bool) -> Response:
    return Response(json_text(call.kestra, flow.toFlow() if is_json else flow), media_type=JSON)


ROUTES = (
    Route("GET", "flows/search", search),
    Route("GET", "flows/distinct-namespaces", distinct_namespaces),
    Route("GET", "flows/export/by-query", export),
    Route("POST", "flows", create),
    Route("GET", "flows/{namespace}", of_namespace),
    Route("GET", "flows/{namespace}/{id}", get),
    Route("PUT", "flows/{namespace}/{id}", update),
    Route("DELETE", "flows/{namespace}/{id}", delete),
    Route("GET", "flows/{namespace}/{id}/revisions", revisions),
)
