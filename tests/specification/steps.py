"""A request for every endpoint that is served; `{...}` in paths and bodies is filled in from the world it is in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.http.flow_texts import flow

YAML = {"content-type": "application/x-yaml"}
TEXT = {"content-type": "text/plain"}


@dataclass(frozen=True, slots=True)
class Step:
    """A request to the route `path`; `run` names the state of the execution that is made for it."""

    method: str
    path: str
    run: str = ""
    query: Mapping[str, Any] = field(default_factory=dict)
    sent: Mapping[str, Any] = field(default_factory=dict)
    refused: bool = False  # whether all that can be asked for is refused


def one(deed: str, run: str, **more: Any) -> tuple[Step, Step]:
    """Something done to one execution, at its path in 1.x and in 2.x."""
    return (
        Step("POST", f"executions/{{executionId}}/{deed}", run, **more),
        Step("POST", f"executions/{{executionId}}/actions/{deed}", run, **more),
    )


def many(
    deed: str,
    run: str,
    method: str = "POST",
    *,
    query: Mapping[str, Any] | None = None,
    by_ids: Any = ("{executionId}",),
    by_query: Any = None,
) -> tuple[Step, Step]:
    """Something done to many executions, named by their ids or found by a query; `by_...` is the body."""
    path, found = (
        (f"executions/{deed}/" if deed else "executions/"),
        {**(query or {}), "filters[state][IN]": "{state}"},
    )
    return (
        Step(method, f"{path}by-ids", run, query or {}, {"json": by_ids}),
        Step(method, f"{path}by-query", run, found, {"json": by_query}),
    )


MULTIPART = {"files": {"who": (None, "alice")}}
LABELS = [{"key": "team", "value": "a"}]

FLOWS = (
    Step("POST", "flows", sent={"content": flow("fresh", "team.b"), "headers": YAML}),
    Step("PUT", "flows/{namespace}/{id}", sent={"content": flow("greeter"), "headers": YAML}),
    Step("GET", "flows/{namespace}/{id}", query={"source": "true"}),
    Step("GET", "flows/{namespace}/{id}/revisions"),
    Step("GET", "flows/{namespace}"),
    Step("GET", "flows/search"),
    Step("GET", "flows/distinct-namespaces"),
    Step("GET", "flows/export/by-query"),
    Step("POST", "flows/validate", sent={"content": flow() + "---\n" + flow("a b") + "---\nid: [", "headers": YAML}),
    Step("DELETE", "flows/{namespace}/{id}"),
)

FLOW = [{"namespace": "{namespace}", "id": "{id}"}]
TRIGGER = {"id": "nightly", "type": "io.kestra.plugin.core.trigger.Schedule", "cron": "0 3 * * *"}
TASK = "id: say\ntype: io.kestra.plugin.core.log.Log\nmessage: hi\n"

MORE_OF_FLOWS = (
    *(
        step
        for method, deed in (("DELETE", "delete"), ("POST", "disable"), ("POST", "enable"))
        for step in (
            Step(method, f"flows/{deed}/by-ids", sent={"json": FLOW}),
            Step(method, f"flows/{deed}/by-query", query={"filters[namespace][EQUALS]": "{namespace}"}),
        )
    ),
    Step("POST", "flows/export/by-ids", sent={"json": FLOW}),
    Step("GET", "flows/export/by-query/csv"),
    Step("POST", "flows/graph", sent={"content": flow(), "headers": YAML}),
    Step("GET", "flows/{namespace}/{id}/graph"),
    Step("GET", "flows/{namespace}/{id}/dependencies"),
    Step("GET", "flows/{namespace}/{id}/tasks/{taskId}"),
    Step("DELETE", "flows/{namespace}/{id}/revisions", query={"revisions": "1"}),
    Step("POST", "flows/bulk", query={"delete": "false"}, sent={"content": flow("fresh"), "headers": YAML}),
    Step("POST", "flows/{namespace}", query={"delete": "false"}, sent={"content": flow("fresh"), "headers": YAML}),
    Step("POST", "flows/import", sent={"files": {"fileUpload": ("flows.yaml", flow("fresh"))}}),
    Step("GET", "flows/source", query={"q": "hello"}),
    Step("GET", "flows/deprecated"),
    Step("POST", "flows/validate/task", query={"section": "tasks"}, sent={"content": TASK, "headers": YAML}),
    Step("POST", "flows/validate/trigger", sent={"json": TRIGGER}),
)

FILES = (
    Step("POST", "namespaces/{namespace}/files", query={"path": "/b.txt"}, sent={"files": {"fileContent": ("b", "b")}}),
    Step("POST", "namespaces/{namespace}/files/directory", query={"path": "/folder"}),
    Step("PUT", "namespaces/{namespace}/files", query={"from": "/a.txt", "to": "/c.txt"}),
    Step("DELETE", "namespaces/{namespace}/files", query={"path": "/a.txt"}),
    Step("GET", "namespaces/{namespace}/files", query={"path": "/a.txt"}),
    Step("GET", "namespaces/{namespace}/files/stats", query={"path": "/a.txt"}),
    Step("GET", "namespaces/{namespace}/files/search", query={"q": "a"}),
    Step("GET", "namespaces/{namespace}/files/export"),
    Step("GET", "namespaces/{namespace}/files/directory"),
    Step("GET", "namespaces/{namespace}/files/revisions", query={"path": "/a.txt"}),
)

STORE = (
    Step("PUT", "namespaces/{namespace}/kv/{key}", sent={"content": '"v"', "headers": TEXT | {"ttl": "PT1H"}}),
    Step("GET", "namespaces/{namespace}/kv/{key}"),
    Step("GET", "namespaces/{namespace}/kv"),
    Step("GET", "kv"),
    Step("GET", "namespaces/{namespace}/kv/inheritance"),
    Step("DELETE", "namespaces/{namespace}/kv/{key}"),
    Step("DELETE", "namespaces/{namespace}/kv", sent={"json": {"keys": ["{key}"]}}),
)

EXECUTIONS = (
    Step("POST", "executions/{namespace}/{id}", sent=MULTIPART),
    Step("POST", "executions/{namespace}/{id}", query={"wait": "true"}, sent=MULTIPART),
    Step("POST", "executions/trigger/{namespace}/{id}", sent=MULTIPART),
    Step("POST", "executions/{namespace}/{id}/validate", sent=MULTIPART),
    Step("GET", "executions/{executionId}", "SUCCESS"),
    Step("GET", "executions/{executionId}", "FAILED"),
    Step("GET", "executions/{executionId}", "PAUSED"),
    Step("GET", "executions/{executionId}/flow", "SUCCESS"),
    Step("GET", "executions/{executionId}/graph", "SUCCESS"),
    Step("GET", "executions/{executionId}/follow", "SUCCESS"),
    Step("GET", "executions/flows/{namespace}/{flowId}"),
    Step("GET", "executions/namespaces", "SUCCESS"),
    Step("GET", "executions/namespaces/{namespace}/flows"),
    Step("GET", "executions", "SUCCESS", query={"namespace": "{namespace}", "flowId": "{id}"}),
    Step("GET", "executions/search", "SUCCESS"),
    Step("POST", "executions/latest", "SUCCESS", sent={"json": [{"namespace": "{namespace}", "id": "{id}"}]}),
    Step("GET", "logs/{executionId}", "SUCCESS"),
    Step("GET", "logs/search", "SUCCESS"),
    Step("GET", "logs/{executionId}/download", "SUCCESS"),
    Step("GET", "logs/{executionId}/follow", "SUCCESS"),
    Step("DELETE", "logs/{executionId}", "SUCCESS"),
    Step("DELETE", "logs/{namespace}/{flowId}", "SUCCESS", query={"triggerId": "nightly"}),
    Step("GET", "executions/{executionId}/file", "SUCCESS", query={"path": "{uri}"}),
    Step("GET", "executions/{executionId}/file/metas", "SUCCESS", query={"path": "{uri}"}),
    Step("GET", "executions/{executionId}/file/preview", "SUCCESS", query={"path": "{uri}"}),
    Step("GET", "executions/{executionId}/follow-dependencies", "SUCCESS"),
    *(
        Step(method, f"executions/webhook/{{namespace}}/{{id}}/{{key}}{more}", refused=more != "")
        for method in ("GET", "POST", "PUT")
        for more in ("", "/{path}")
    ),
    *one("eval", "SUCCESS", sent={"content": "{{ flow.id }}", "headers": TEXT}),
    *one("eval/{taskRunId}", "SUCCESS", sent={"content": "{{ flow.id }}", "headers": TEXT}),
)

CHANGES = (
    *one("restart", "FAILED"),
    *one("replay", "SUCCESS"),
    *one("replay-with-inputs", "SUCCESS", sent=MULTIPART),
    *one("pause", "RUNNING"),
    *one("resume", "PAUSED", sent=MULTIPART),
    *one("resume/validate", "PAUSED", sent=MULTIPART),
    *one("resume-from-breakpoint", "BREAKPOINT"),
    *one("change-status", "SUCCESS", query={"status": "WARNING"}),
    *one("state", "FAILED", sent={"json": {"taskRunId": "{taskRunId}", "state": "SUCCESS"}}),
    *one("unqueue", "QUEUED", query={"state": "RUNNING"}),
    *one("force-run", "QUEUED"),
    *one("labels", "SUCCESS", sent={"json": LABELS}),
    Step("DELETE", "executions/{executionId}/kill", "RUNNING"),
    Step("DELETE", "executions/{executionId}/actions/kill", "RUNNING"),
    Step("DELETE", "executions/{executionId}", "SUCCESS"),
)

BULK = (
    *many("restart", "FAILED"),
    *many("replay", "SUCCESS"),
    *many("pause", "RUNNING"),
    *many("resume", "PAUSED"),
    *many("change-status", "SUCCESS", query={"newStatus": "WARNING"}),
    *many("unqueue", "QUEUED", query={"state": "RUNNING"})[:1],
    *many("unqueue", "QUEUED", query={"newState": "RUNNING"})[1:],
    *many("force-run", "QUEUED"),
    *many("kill", "RUNNING", "DELETE"),
    *many("labels", "SUCCESS", by_ids={"executionsId": ["{executionId}"], "executionLabels": LABELS}, by_query=LABELS),
    *many("", "SUCCESS", "DELETE"),
)

INSTANCE = (
    Step("GET", "/api/v1/configs"),
    Step("GET", "/api/v1/plugins/schemas/{type}"),
)

STEPS = (*INSTANCE, *FLOWS, *MORE_OF_FLOWS, *FILES, *STORE, *EXECUTIONS, *CHANGES, *BULK)
