"""Finding flows: by filters, by namespace, by what their texts say, by tasks that are to go."""

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
    """Return a page of flows without sources; one the engine cannot read any more comes with `exception`."""
    found = call.bean(REPOSITORY).find(pageable(call, "searchFlows"), call.tenant, read_filters(call, *FLAT))
    return page_response(call, found, found.getTotal())


def of_namespace(call: Call) -> Response:
    """Return every flow of exactly this namespace, without sources."""
    return as_json(call, call.bean(REPOSITORY).findByNamespace(call.tenant, call.path["namespace"]))


def by_source(call: Call) -> Response:
    """Return a page of the flows whose text holds `q`, with the places where it does (1.x)."""
    asked = pageable(call, "searchFlowsBySourceCode")
    found = call.bean(REPOSITORY).findSourceCode(asked, call.query.get("q"), call.tenant, call.query.get("namespace"))
    return page_response(call, found, found.getTotal())


def lines_of_source(call: Call) -> Response:
    """Return a page of the names of the flows whose text holds `q`, each with the lines that do (2.x).

    `caseSensitive`, `wholeWord` and `regex` say how they are compared, `scope` in which part of a flow.
    """
    asked = pageable(call, "searchFlowsBySourceCode")
    how = [call.flag(name) for name in ("caseSensitive", "wholeWord", "regex")]
    scope = call.choice("scope", _SCOPE) or call.java(_SCOPE).ALL
    place = (call.tenant, call.query.get("namespace"))
    found = call.bean(REPOSITORY).findSourceCode(asked, call.query.get("q"), *how, scope, *place)
    shown = call.java("java.util.ArrayList")()
    for each in found:
        line = call.java("java.util.LinkedHashMap")()
        line.put("namespace", each.getModel().getNamespace())
        line.put("id", each.getModel().getId())
        line.put("editable", each.isEditable())
        line.put("matches", each.getMatches())
        shown.add(line)
    return page_response(call, shown, found.getTotal())


def distinct_namespaces(call: Call) -> Response:
    """Return the namespaces that hold flows, filtered by `q`."""
    return as_json(call, call.bean(REPOSITORY).findDistinctNamespace(call.tenant, call.query.get("q")))


def find_deprecated(call: Call) -> Response:
    """Return the flows with tasks of deprecated types, with these tasks and what is to be used instead."""
    service, namespace = call.bean("services.FlowService"), call.query.get("namespace")
    flows = service.findAll(call.tenant) if namespace is None else service.findByNamespace(call.tenant, namespace)
    shown = []
    for flow in flows:
        tasks = service.findDeprecatedTasks(flow)
        if tasks:
            named = {"namespace": str(flow.getNamespace()), "flowId": str(flow.getId())}
            listed = json.loads(json_text(call.kestra, tasks))
            shown.append({**named, "revision": int(flow.getRevision()), "deprecatedTasks": listed})
    return Response(json.dumps(shown), media_type=JSON)


ROUTES = (
    Route("GET", "flows/search", search),
    Route("GET", "flows/source", by_source, until=LAST_1X),
    Route("GET", "flows/source", lines_of_source, since="2.0"),
    Route("GET", "flows/distinct-namespaces", distinct_namespaces),
    Route("GET", "flows/deprecated", find_deprecated, since="1.3"),
    Route("GET", "flows/{namespace}", of_namespace),
)
