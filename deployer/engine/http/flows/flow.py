"""One flow: create, read, update and delete it, its revisions and its tasks."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from deployer.engine.http.exchange.answers import as_json, json_text, unwrap
from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.media import ANYTHING, JSON, YAML
from deployer.engine.http.exchange.paging import split_values
from deployer.engine.http.exchange.refusal import Refusal, invalid, not_found
from deployer.engine.http.exchange.route import LAST_1X, Route

REPOSITORY = "repositories.FlowRepositoryInterface"


def create(call: Call) -> Response:
    """Store a new flow: 200 with its source and revision; 422 if it exists (2.x: 409) or is invalid."""
    source, is_json = _read_source(call, "flow")
    flow = call.runtime.parse_flow(call.tenant, source, draft=call.flag("draft"))
    return _answer_stored(call, call.runtime.create_flow(flow), is_json=is_json)


def update(call: Call) -> Response:
    """Store a new source of a flow; 404 if it does not exist, which is checked before the source."""
    previous = unwrap(call.bean(REPOSITORY).findById(*_identity(call)))
    source, is_json = _read_source(call, "source")
    flow = call.runtime.parse_flow(call.tenant, source, draft=call.flag("draft"))
    return _answer_stored(call, call.runtime.update_flow(flow, previous), is_json=is_json)


def get(call: Call) -> Response:
    """Return a flow in any revision, with its source on request."""
    flows = call.bean(REPOSITORY)
    find = flows.findByIdWithSource if call.flag("source") else flows.findById
    deleted = call.java("java.lang.Boolean").valueOf(call.flag("allowDeleted"))
    return as_json(call, unwrap(find(*_identity(call), read_revision(call), deleted)))


def task(call: Call) -> Response:
    """Return a task of a flow, at any depth; 404 if there is no such task."""
    flow = unwrap(call.bean(REPOSITORY).findById(*_identity(call), read_revision(call)))
    try:
        return as_json(call, flow.findTaskByTaskId(call.path["taskId"]))
    except call.core("exceptions.InternalException"):
        raise not_found() from None


def delete(call: Call) -> Response:
    """Delete a flow: 204, or 404."""
    call.runtime.delete_flow(unwrap(call.bean(REPOSITORY).findByIdWithSource(*_identity(call))))
    return Response(status_code=204)


def revisions(call: Call) -> Response:
    """Return every revision of a flow with its source, oldest first; none for an unknown flow."""
    return as_json(call, call.runtime.revisions(*_identity(call), deleted=call.flag("allowDelete")))


def delete_revisions(call: Call) -> Response:
    """Delete revisions of a flow by their numbers: 204, or 404 if there is no such flow."""
    call.require("revisions")
    numbers = call.java("java.util.ArrayList")()
    for number in call.whole_numbers("revisions", split_values(call, "revisions")):
        if number < 1:
            raise invalid("deleteRevisions.revisions", "must be greater than or equal to 1")
        numbers.add(call.java("java.lang.Integer").valueOf(number))
    if numbers.isEmpty():
        raise invalid("deleteRevisions.revisions", "must not be empty")
    flows = call.bean(REPOSITORY)
    unwrap(flows.findByIdWithSource(*_identity(call)))
    flows.deleteRevisions(*_identity(call), numbers)
    return Response(status_code=204)


def read_revision(call: Call) -> Any:
    """Return the requested revision as a java.util.Optional, empty for the latest."""
    return call.optional(call.java_integer("revision"))


def _identity(call: Call) -> tuple[str, str, str]:
    return call.tenant, call.path["namespace"], call.path["id"]


def _read_source(call: Call, name: str) -> tuple[str, bool]:
    """Return the flow's source, and whether it was JSON (accepted in 1.x, and assumed if no type is given)."""
    if call.media_type == YAML or not call.runtime.json_flows:
        return call.text(name), False
    if call.media_type not in (JSON, ""):
        raise Refusal(422, f"Required Body [{name}] not specified", reason="Invalid route params")
    mapper = call.kestra.bean("com.fasterxml.jackson.databind.ObjectMapper")
    try:
        flow = mapper.readValue(call.text(name), call.core("models.flows.Flow").class_)
    except call.java("com.fasterxml.jackson.core.JsonProcessingException") as error:
        raise Refusal(500, str(error.getMessage()), reason="Internal server error") from None
    return str(flow.sourceOrGenerateIfNull()), True


def _answer_stored(call: Call, flow: Any, *, is_json: bool) -> Response:
    return Response(json_text(call.kestra, flow.toFlow() if is_json else flow), media_type=JSON)


ROUTES = (
    Route("POST", "flows", create, consumes=(YAML, ANYTHING), until=LAST_1X),
    Route("POST", "flows", create, consumes=(YAML,), since="2.0"),
    Route("GET", "flows/{namespace}/{id}", get),
    Route("PUT", "flows/{namespace}/{id}", update, consumes=(YAML, ANYTHING), until="1.0"),
    Route("PUT", "flows/{namespace}/{id}", update, consumes=(YAML, JSON), since="1.1", until=LAST_1X),
    Route("PUT", "flows/{namespace}/{id}", update, consumes=(YAML,), since="2.0"),
    Route("DELETE", "flows/{namespace}/{id}", delete),
    Route("GET", "flows/{namespace}/{id}/tasks/{taskId}", task),
    Route("GET", "flows/{namespace}/{id}/revisions", revisions),
    Route("DELETE", "flows/{namespace}/{id}/revisions", delete_revisions, since="1.2"),
)
