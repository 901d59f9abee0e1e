"""The key-value store of a namespace, which need not have a flow."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import jpype
from starlette.responses import Response

from deployer.engine.http.exchange.answers import as_json, object_text, page_response
from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.filters import read_filters
from deployer.engine.http.exchange.media import JSON, TEXT
from deployer.engine.http.exchange.paging import pageable
from deployer.engine.http.exchange.refusal import not_found
from deployer.engine.http.exchange.route import LAST_1X, Route


def of_namespace(call: Call) -> Response:
    """Return the keys of a namespace with their dates (1.x)."""
    return as_json(call, _store(call).list())


def search(call: Call) -> Response:
    """Return a page of keys (since 1.1), of all namespaces unless there is a `filters[namespace][...]`."""
    paging, wanted = pageable(call, "listAllKeys", lambda name: "name" if name == "key" else name), read_filters(call)
    found = call.runtime.search_keys(paging, call.tenant, wanted)
    return page_response(call, found, found.getTotal())


def get_inherited(call: Call, *, own: bool) -> Response:
    """Return the keys of the parents of a namespace; of several with the same name, that of the nearest.

    1.0 includes the namespace's `own` keys.
    """
    found: dict[str, Any] = {}
    above = call.path["namespace"] if own else call.path["namespace"].rpartition(".")[0]
    while above:
        for entry in call.runtime.key_values(call.tenant, above).list():
            found.setdefault(str(entry.key()), entry)
        above = above.rpartition(".")[0]
    return as_json(call, call.java("java.util.ArrayList")(list(found.values())))


def get(call: Call) -> Response:
    """Return a value with its type, since 1.3 with revision and date; 404 if it does not exist, 410 if expired."""
    store, key = _store(call), call.path["key"]
    stored = store.getValue(key)
    if stored.isEmpty():
        raise not_found(f"No value found for key '{key}' in namespace '{call.path['namespace']}'")
    value = stored.get().value()
    kind = call.core("models.kv.KVType").from_(value)
    return Response(object_text(call, type=kind, value=value, **call.runtime.key_details(store, key)), media_type=JSON)


def put(call: Call) -> Response:
    """Store the body as the value of a key; the headers `ttl` (ISO 8601) and `description` are optional."""
    ttl = call.headers.get("ttl")
    lifetime = jpype.JObject(None if ttl is None else call.runtime.duration(ttl), call.java("java.time.Duration"))
    metadata = call.core("storages.kv.KVMetadata")(call.headers.get("description"), lifetime)
    value = call.runtime.parse_value(call.text("value"))
    _store(call).put(call.path["key"], call.core("storages.kv.KVValueAndMetadata")(metadata, value))
    return Response(status_code=200)


def delete(call: Call) -> Response:
    """Delete a key: 200 with `true`, or `false` if it did not exist."""
    return Response("true" if _store(call).delete(call.path["key"]) else "false", media_type=JSON)


def delete_many(call: Call) -> Response:
    """Delete the keys that the body names, and answer which of them existed."""
    store, sent = _store(call), call.json("request", "java.util.Map").get("keys")
    deleted = [str(key) for key in sent or () if store.delete(key)]
    return Response(json.dumps({"keys": deleted}), media_type=JSON)


def _store(call: Call) -> Any:
    return call.runtime.key_values(call.tenant, call.path["namespace"])


_AT = "namespaces/{namespace}/kv"
ROUTES = (
    Route("GET", "kv", search, since="1.1"),
    Route("GET", _AT, of_namespace, until=LAST_1X),
    Route("DELETE", _AT, delete_many),
    Route("GET", _AT + "/inheritance", partial(get_inherited, own=True), until="1.0"),
    Route("GET", _AT + "/inheritance", partial(get_inherited, own=False), since="1.1"),
    Route("GET", _AT + "/{key}", get),
    Route("PUT", _AT + "/{key}", put, consumes=(JSON, TEXT), until="1.0"),
    Route("PUT", _AT + "/{key}", put, consumes=(TEXT,), since="1.1"),
    Route("DELETE", _AT + "/{key}", delete),
)
