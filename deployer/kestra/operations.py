"""The table of all requests to Kestra: method, path, and the media types of request and answer.

Kestra uses `Accept` and `Content-Type` to choose a route. For a type that an operation does not produce it answers 406,
or chooses another route that matches: `flows/export/by-query` also matches `flows/{namespace}/{id}`. So each operation
accepts exactly what it produces according to Kestra's specification, and sends what it consumes.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from deployer.model.version import Dialect

JSON = "application/json"
YAML = "application/x-yaml"
TEXT = "text/plain"
MULTIPART = "multipart/form-data"
ANYTHING = "*/*"
"""The accepted types of an operation with an empty answer."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One row. `path` is relative to the tenant unless it begins with a slash; its `{...}` are filled in order.

    `produces` is the accepted type, `consumes` the type of the body, empty if none is sent.
    """

    method: str
    path: str
    produces: str = JSON
    consumes: str = ""

    def url(self, host: str, tenant: str, names: tuple[str, ...]) -> str:
        """Return the URL on a host, with each name in place of a `{...}`; ValueError for too few or too many."""
        path = self.path.removeprefix("/") if self.path.startswith("/") else f"api/v1/{{tenant}}/{self.path}"
        left = [*names] if self.path.startswith("/") else [tenant, *names]
        segments = [quote(left.pop(0), safe="") if part.startswith("{") else part for part in path.split("/")]
        if left:
            raise ValueError(f"{self.path} has no place for {left}")
        return f"{host}/{'/'.join(segments)}"

    @property
    def headers(self) -> dict[str, str]:
        """The headers for these types. The boundary of a multipart body is set by its sender."""
        sent = {"Content-Type": self.consumes} if self.consumes not in ("", MULTIPART) else {}
        return {"Accept": self.produces, **sent}


CONFIGS = Operation("GET", "/api/v1/configs")
PLUGINS = Operation("GET", "/api/v1/plugins")
FLOW_SCHEMA = Operation("GET", "/api/v1/plugins/schemas/flow")

CREATE_FLOW = Operation("POST", "flows", consumes=YAML)
UPDATE_FLOW = Operation("PUT", "flows/{namespace}/{id}", consumes=YAML)
DELETE_FLOW = Operation("DELETE", "flows/{namespace}/{id}", ANYTHING)
FLOW = Operation("GET", "flows/{namespace}/{id}")
FLOW_REVISIONS = Operation("GET", "flows/{namespace}/{id}/revisions")
FLOWS_OF_NAMESPACE = Operation("GET", "flows/{namespace}")
SEARCH_FLOWS = Operation("GET", "flows/search")
EXPORT_FLOWS = Operation("GET", "flows/export/by-query", "application/octet-stream")
DISABLE_FLOWS = Operation("POST", "flows/disable/by-ids", consumes=JSON)
VALIDATE_FLOWS = Operation("POST", "flows/validate", consumes=YAML)
VALIDATE_FILES = Operation("POST", "flows/validate", consumes=MULTIPART)
"""Only in 2.x."""

CREATE_EXECUTION = Operation("POST", "executions/{namespace}/{id}", consumes=MULTIPART)
CREATE_MOCKED_EXECUTION = Operation("POST", "kestra-deployer/executions/{namespace}/{id}", consumes=MULTIPART)
"""Only in an engine of our own: no server mocks tasks."""
EXECUTION = Operation("GET", "executions/{executionId}")
DELETE_EXECUTION = Operation("DELETE", "executions/{executionId}", ANYTHING)
SEARCH_EXECUTIONS = Operation("GET", "executions/search")
FOLLOW_EXECUTION = Operation("GET", "executions/{executionId}/follow", "text/event-stream")
KILL_EXECUTION = {
    Dialect.V1: Operation("DELETE", "executions/{executionId}/kill", "text/json"),
    Dialect.V2: Operation("DELETE", "executions/{executionId}/actions/kill", "text/json"),
}
EVAL_EXPRESSION = {
    Dialect.V1: Operation("POST", "executions/{executionId}/eval", consumes=TEXT),
    Dialect.V2: Operation("POST", "executions/{executionId}/actions/eval", consumes=TEXT),
}
"""Not in 1.0."""
EVAL_TASK_RUN_EXPRESSION = Operation("POST", "executions/{executionId}/eval/{taskRunId}", consumes=TEXT)
"""Only in 1.x."""
OUTPUTS = Operation("GET", "outputs/executions/{executionId}")
"""Only in 2.x."""
TASK_RUN_OUTPUTS = Operation("GET", "outputs/tasks/{executionId}/{taskRunId}")
"""Only in 2.x."""
LOGS = Operation("GET", "logs/{executionId}")

SEARCH_TRIGGERS = Operation("GET", "triggers/search")
TRIGGERS_OF_FLOW = Operation("GET", "triggers/{namespace}/{flowId}")
DISABLED_TRIGGERS = Operation("POST", "triggers/set-disabled/by-triggers", consumes=JSON)
UNLOCK_TRIGGER = Operation("POST", "triggers/{namespace}/{flowId}/{triggerId}/unlock")
RESTART_TRIGGER = Operation("POST", "triggers/{namespace}/{flowId}/{triggerId}/restart")
DELETE_TRIGGER = Operation("DELETE", "triggers/{namespace}/{flowId}/{triggerId}", ANYTHING)
"""Since 1.2."""

KEYS = {
    Dialect.V1: Operation("GET", "namespaces/{namespace}/kv"),
    Dialect.V2: Operation("GET", "kv"),
}
KEY_VALUE = Operation("GET", "namespaces/{namespace}/kv/{key}")
SET_KEY_VALUE = Operation("PUT", "namespaces/{namespace}/kv/{key}", ANYTHING, TEXT)
DELETE_KEY_VALUE = Operation("DELETE", "namespaces/{namespace}/kv/{key}")
