"""Finds flows: by filters, namespace, source and deprecated tasks."""

from __future__ import annotations

import json

from starlette.responses import Response

from deployer.engine.http.exchange.answers import as_json, json_text, page_response
from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.filters import read_filters
from deployer.engine.http.exchange.media import JSON
from deployer.engine.http.exchange.paging import pageable
from deployer.engine.http.exchange.route import LAST_1X, Route
from deployer.engine.http.flows.flow import REPOSITORY
from deployer.engine.jvm.context import CORE

_SCOPE = CORE + "models.flows.SourceSearchScope"
FLAT = ("q", "scope", "namespace", "labels")


def search(call: Call) -> Response:
    """Return a page of flows without sources; a flow that the engine can no longer read has an `exception`."""
    found = call.bean(REPOSITORY).find(pageable(call, "searchFlows"), call.tenant, read_filters(call, *FLAT))
    return page_response(call, found, found.getTotal())


def of_namespace(call: Call) -> Response:
    """Return every flow of exactly this namespace, without sources."""
    return as_json(call, call.bean(REPOSITORY).findByNamespace(call.tenant, call.path["namespace"]))


def by_source(call: Call) -> Response:
    """Return a page of the flows whose source contains `q`, with the matches (1.x)."""
    paging = pageable(call, "searchFlowsBySourceCode")
    found = call.bean(REPOSITORY).findSourceCode(paging, call.query.get("q"), call.tenant, call.query.get("namespace"))
    return page_response(call, found, found.getTotal())


def lines_of_source(call: Call) -> Response:
    """Return a page of the names of the flows whose source contains `q`, each with the matching lines (2.x).

    `caseSensitive`, `wholeWord` and `regex` say how to match, `scope` in which part of a flow.
    """
    paging = pageable(call, "searchFlowsBySourceCode")
    options = [call.flag(name) for name in ("caseSensitive", "wholeWord", "regex")]
    scope = call.choice("scope", _SCOPE) or call.java(_SCOPE).ALL
    place = (call.tenant, call.query.get("namespace"))
    found = call.bean(REPOSITORY).findSourceCode(paging, call.query.get("q"), *options, scope, *place)
    results = call.java("java.util.ArrayList")()
    for each in found:
        line = call.java("java.util.LinkedHashMap")()
        line.put("namespace", each.getModel().getNamespace())
        line.put("id", each.getModel().getId())
        line.put("editable", each.isEditable())
        line.put("matches", each.getMatches())
        results.add(line)
    return page_response(call, results, found.getTotal())


def distinct_namespaces(call: Call) -> Response:
    """Return the namespaces with flows, filtered by `q`."""
    return as_json(call, call.bean(REPOSITORY).findDistinctNamespace(call.tenant, call.query.get("q")))


def find_deprecated(call: Call) -> Response:
    """Return the flows with tasks of deprecated types, with these tasks and their replacements."""
    service, namespace = call.bean("services.FlowService"), call.query.get("namespace")
    flows = service.findAll(call.tenant) if namespace is None else service.findByNamespace(call.tenant, namespace)
    results = []
    for flow in flows:
        tasks = service.findDeprecatedTasks(flow)
        if tasks:
            identity = {"namespace": str(flow.getNamespace()), "flowId": str(flow.getId())}
            listed = json.loads(json_text(call.kestra, tasks))
            results.append({**identity, "revision": int(flow.getRevision()), "deprecatedTasks": listed})
    return Response(json.dumps(results), media_type=JSON)


ROUTES = (
    Route("GET", "flows/search", search),
    Route("GET", "flows/source", by_source, until=LAST_1X),
    Route("GET", "flows/source", lines_of_source, since="2.0"),
    Route("GET", "flows/distinct-namespaces", distinct_namespaces),
    Route("GET", "flows/deprecated", find_deprecated, since="1.3"),
    Route("GET", "flows/{namespace}", of_namespace),
)
