"""Which triggers a request is about, and what is answered about them."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from deployer.engine.http.exchange.answers import as_json, json_text
from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.filters import read_filters
from deployer.engine.http.exchange.media import JSON
from deployer.engine.runtime.triggers import Place

FLAT = ("q", "namespace", "workerId", "flowId", "timeRange")
_MAPPER = "com.fasterxml.jackson.databind.ObjectMapper"
_MAP = "java.util.Map"


def place_of_path(call: Call) -> Place:
    """Return the trigger that the path names."""
    return Place(call.tenant, call.path["namespace"], call.path["flowId"], call.path["triggerId"])


def read_body(call: Call, name: str) -> tuple[Place, Any]:
    """Return the trigger that the body names, and the body (in 1.x a state, in 2.x a map)."""
    sent = call.json(name, call.runtime.triggers.sent)
    return _place(call, sent), sent


def read_places(call: Call, name: str) -> list[Place]:
    """Return the triggers that the body lists."""
    return [_place(call, each) for each in call.json_list(name, call.runtime.triggers.sent)]


def convert_places(call: Call, listed: Any) -> list[Place]:
    """Return the triggers in a list of a body that was read as a map."""
    return [_place(call, convert(call, each, call.runtime.triggers.sent)) for each in listed]


def convert(call: Call, value: Any, kind: str) -> Any:
    """Return a part of a body as an object of the Java class `kind`; an illegal argument if it has another shape."""
    return call.kestra.bean(_MAPPER).convertValue(value, call.java(kind).class_)


def read_filters_of(call: Call, *flat: str) -> Any:
    """Return the filters of the query; `flat` names the flat parameters that 1.x reads here, 2.x refuses all."""
    return read_filters(call, *(flat if call.runtime.flat_filters else FLAT))


def answer_state(call: Call, state: Any) -> Response:
    """Return 200 with a state; None is 404."""
    return as_json(call, None if state is None else call.runtime.triggers.describe(state))


def answer_many(call: Call, answer: dict[str, Any]) -> Response:
    """Return how many were changed, or are going to be."""
    text = json_text(call.kestra, call.kestra.from_json(answer))
    return Response(text, status_code=call.runtime.triggers.bulk_status, media_type=JSON)


def _place(call: Call, sent: Any) -> Place:
    """Return where a trigger is; a tenant that is missing where Kestra needs it, or another one, is as good as none."""
    fields = convert(call, sent, _MAP)
    names = [str(fields.get(name)) for name in ("namespace", "flowId", "triggerId")]
    known = not call.runtime.triggers.tenant_in_body or str(fields.get("tenantId")) == call.tenant
    return Place(call.tenant if known else None, *names)
