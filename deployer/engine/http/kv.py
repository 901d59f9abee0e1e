"""The key-value store of a namespace, which need not hold a flow."""

from __future__ import annotations

from typing import Any

import jpype
from starlette.responses import Response

from deployer.engine.http.answers import JSON, as_json, json_text, page
from deployer.engine.http.call import Call
from deployer.engine.http.filters import filters
from deployer.engine.http.paging import pageable
from deployer.engine.http.refusal import not_found
from deployer.engine.http.route import Route


def of_namespace(call: Call) -> Response:
    """Return the keys of a namespace with their dates (1.x)."""
    return as_json(call, _store(call).list())


def search(call: Call) -> Response:
    """Return a page of keys (2.x), of all namespaces unless `filters[namespace][...]` says otherwise."""
    asked, wanted = pageable(call, "listAllKeys"), filters(call)
    found = call.bean("services.KVStoreService").list(asked, call.tenant, None, wanted)
    return page(call, found, found.getTotal())


def get(call: Call) -> Response:
    """Return a value with its type; 404 when the key is not there, 410 when it has expired."""
    store, key = _store(call), call.path["key"]
    held = store.getValue(key)
    if held.isEmpty():
        raise not_found(f"No value found for key '{key}' in namespace '{call.path['namespace']}'")
    value = held.get().value()
    kind = call.core("models.kv.KVType").from_(value)
    fields: dict[str, Any] = call.runtime.key_value(store, key, {"type": kind, "value": value})
    body = ",".join(f'"{name}":{json_text(call.kestra, field)}' for name, field in fields.items())
    return Response(f"{{{body}}}", media_type=JSON)


def put(call: Call) -> Response:
    """Store the body as the value of a key; header `ttl` (ISO 8601) says for how long, `description` what it is."""
    ttl = call.headers.get("ttl")
    lifetime = jpype.JObject(None if ttl is None else call.runtime.duration(ttl), call.java("java.time.Duration"))
    metadata = call.core("storages.kv.KVMetadata")(call.headers.get("description"), lifetime)
    value = call.runtime.parse_value(call.text("value"))
    _store(call).put(call.path["key"], call.core("storages.kv.KVValueAndMetadata")(metadata, value))
    return Response(status_code=200)


def delete(call: Call) -> Response:
    """Delete a key: 200 with `true`, or `false` when it was not there."""
    return Response("true" if _store(call).delete(call.path["key"]) else "false", media_type=JSON)


def _store(call: Call) -> Any:
    return call.runtime.key_values(call.tenant, call.path["namespace"])


ROUTES = (
    Route("GET", "namespaces/{namespace}/kv", of_namespace, until="1.3"),
    Route("GET", "kv", search, since="2.0"),
    Route("GET", "namespaces/{namespace}/kv/{key}", get),
    Route("PUT", "namespaces/{namespace}/kv/{key}", put),
    Route("DELETE", "namespaces/{namespace}/kv/{key}", delete),
)
