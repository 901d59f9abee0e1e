"""Stores many flows in one request: `bulk`, a whole namespace, and imported files.

By default `bulk` and the whole namespace delete every flow that the request does not contain, before they store the
first one, as Kestra does.
"""

from __future__ import annotations

import json
import re
from functools import partial
from typing import Any

import jpype
from starlette.responses import Response

from deployer.engine.http.exchange.answers import as_json, json_text
from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.media import JSON, MULTIPART, YAML
from deployer.engine.http.exchange.refusal import Refusal, invalid
from deployer.engine.http.exchange.route import LAST_1X, Route
from deployer.engine.http.exchange.uploads import upload
from deployer.engine.http.flows.flow import REPOSITORY
from deployer.engine.http.flows.java_split import java_split
from deployer.model.java import BLANKS

_NAMESPACE = re.compile(r"^namespace:[^\r\n]+", re.MULTILINE)


def bulk(call: Call) -> Response:
    """Store the flows of a body split at every `---`; delete all others of `namespace`, or else of the tenant."""
    flows = [call.runtime.parse_flow(call.tenant, text) for text in _texts(call)]
    namespace = call.query.get("namespace")
    return as_json(call, _store(call, namespace, flows, children=call.flag("allowNamespaceChild")))


def namespace_from_text(call: Call) -> Response:
    """Store the flows of a body split at every `---`; delete all others of the namespace; 1.x accepts JSON too."""
    if call.media_type != YAML and call.runtime.json_flows:
        return _namespace_from_json(call)
    flows = [call.runtime.parse_flow(call.tenant, text.strip(BLANKS)) for text in _texts(call)]
    return as_json(call, _store(call, call.path["namespace"], flows))


def namespace_from_files(call: Call) -> Response:
    """Store the flows of an upload, one per file; with `override` their namespace is replaced by that of the path."""
    if call.media_type != MULTIPART:
        return namespace_from_text(call)
    namespace, flows = call.path["namespace"], []
    for part in call.parts:
        if part.name == "flows":
            text = part.data.decode("utf-8", "replace").strip(BLANKS)
            if call.flag("override"):
                text = _NAMESPACE.sub(lambda _: f"namespace: {namespace}", text, count=1)
            flows.append(call.runtime.parse_flow(call.tenant, text))
    return as_json(call, _store(call, namespace, flows))


def import_file(call: Call, *, may_fail: bool) -> Response:
    """Create or update each flow of an archive or YAML file separately, and answer which were refused, not why.

    If it `may_fail` and the query has `failOnError`, a refused flow makes it 422 after all others are stored.
    """
    service, refused = call.bean("services.FlowService"), []

    def store(text: str, name: str) -> None:
        try:
            service.importFlow(call.tenant, text)
        except jpype.JException:
            refused.append(str(name))

    reader = jpype.JProxy("java.util.function.BiConsumer", dict={"accept": store})
    call.runtime.read_sources(upload(call, call.upload("fileUpload")), reader)
    if refused and may_fail and call.flag("failOnError"):
        message = f"Following invalid flows were not imported: {', '.join(refused)}"
        raise Refusal(422, message, reason="Illegal argument")
    return Response(json.dumps(refused), media_type=JSON)


def _texts(call: Call) -> list[str]:
    return java_split("---", call.body.decode("utf-8", "replace")) if call.body else []


def _namespace_from_json(call: Call) -> Response:
    sent = call.json_list("flows", "io.kestra.core.models.flows.Flow")
    flows = [call.runtime.parse_flow(call.tenant, str(each.sourceOrGenerateIfNull())) for each in sent]
    stored = _store(call, call.path["namespace"], flows)
    return Response(f"[{','.join(json_text(call.kestra, flow.toFlow()) for flow in stored)}]", media_type=JSON)


def _store(call: Call, namespace: str | None, flows: list[Any], *, children: bool = False) -> Any:
    """Return deleted, then stored flows; nothing is changed if a flow is in the wrong namespace."""
    repository, changed = call.bean(REPOSITORY), call.java("java.util.ArrayList")()
    ids = {str(flow.getId()) for flow in flows}
    _check(namespace, flows, ids, children=children)
    if call.flag("delete", default=True):
        there = repository.findAllWithSource(call.tenant)
        if namespace is not None:
            there = repository.findByNamespaceWithSource(call.tenant, namespace)
        for flow in there:
            if str(flow.getId()) not in ids:
                call.runtime.delete_flow(flow)
                changed.add(flow)
    for flow in flows:
        previous = repository.findById(call.tenant, flow.getNamespace(), flow.getId())
        new = previous.isEmpty()
        changed.add(call.runtime.create_flow(flow) if new else call.runtime.replace_flow(flow, previous.get()))
    return changed


def _check(namespace: str | None, flows: list[Any], ids: set[str], *, children: bool) -> None:
    if namespace is not None:
        wrong = [flow for flow in flows if not _belongs_to(str(flow.getNamespace()), namespace, children=children)]
        if wrong:
            errors = [(f"{flow.uid()} - flow namespace is invalid", "flow.namespace") for flow in wrong]
            message = ", ".join(f"{path}: {message}" for message, path in errors)
            raise Refusal(422, message, reason="Invalid entity", errors=tuple(errors))
    if len(ids) < len(flows):
        raise invalid("flow.id", "Duplicate flow id")


def _belongs_to(namespace: str, wanted: str, *, children: bool) -> bool:
    return namespace == wanted or (children and namespace.startswith(wanted))


ROUTES = (
    Route("POST", "flows/bulk", bulk, consumes=(YAML,)),
    Route("POST", "flows/import", partial(import_file, may_fail=False), consumes=(MULTIPART,), until="1.1"),
    Route("POST", "flows/import", partial(import_file, may_fail=True), consumes=(MULTIPART,), since="1.2"),
    Route("POST", "flows/{namespace}", namespace_from_text, consumes=(YAML, JSON), until="1.1"),
    Route(
        "POST", "flows/{namespace}", namespace_from_files, consumes=(YAML, MULTIPART, JSON), since="1.2", until=LAST_1X
    ),
    Route("POST", "flows/{namespace}", namespace_from_files, consumes=(YAML, MULTIPART), since="2.0"),
)
