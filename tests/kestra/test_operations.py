"""What the client really asks, method by method, is what Kestra's specifications say that its operations take."""

from __future__ import annotations

import inspect
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import pytest
from kestra.scripted import scripted
from pytest_httpserver import HTTPServer
from shared import needs_shared
from specification.document import specified
from werkzeug import Request

from deployer.errors import KestraError
from deployer.kestra.answers import Execution, TaskRun
from deployer.kestra.client import KestraClient
from deployer.model.trigger import TriggerState
from deployer.model.version import Dialect

CUT = "id: a\n---\nid: b\n"  # a text that 1.x would cut in two goes as a file of its own to 2.x

STATES = [TriggerState("a.b", "x", "t")]

CALLS: Mapping[str, Callable[[KestraClient], Any]] = {
    "create_execution": lambda client: client.create_execution("a.b", "x", inputs={"n": 1}, labels={"k": "v"}),
    "create_flow": lambda client: client.create_flow("id: x", namespace="a.b", id="x"),
    "delete_execution": lambda client: client.delete_execution("E"),
    "delete_flow": lambda client: client.delete_flow("a.b", "x"),
    "delete_key_value": lambda client: client.delete_key_value("a.b", "k"),
    "disable_flows_by_ids": lambda client: client.disable_flows_by_ids([("a.b", "x")]),
    "delete_trigger": lambda client: client.delete_trigger("a.b", "x", "t"),
    "disabled_triggers_by_ids": lambda client: client.disabled_triggers_by_ids(STATES, disabled=True),
    "eval_expression": lambda client: client.eval_expression(
        Execution("E", "a.b", "x", "SUCCESS", task_runs=(TaskRun("R", "t", "SUCCESS"),)), "{{ inputs.n }}"
    ),
    "execution": lambda client: client.execution("E"),
    "export_flows_by_query": lambda client: client.export_flows_by_query(["a.b", "c"]),
    "find_execution": lambda client: client.find_execution({"k": "v"}),
    "flow": lambda client: client.flow("a.b", "x", revision=2, allow_deleted=True),
    "flow_schema": lambda client: client.flow_schema(),
    "follow_execution": lambda client: list(client.follow_execution("E", until=time.monotonic() + 5)),
    "key_value": lambda client: client.key_value("a.b", "k"),
    "kill_execution": lambda client: client.kill_execution("E"),
    "list_flow_revisions": lambda client: client.list_flow_revisions("a.b", "x"),
    "list_flows_by_namespace": lambda client: client.list_flows_by_namespace("a.b"),
    "list_keys": lambda client: client.list_keys("a.b"),
    "list_logs_from_execution": lambda client: client.list_logs_from_execution("E", min_level="WARN"),
    "outputs_from_execution": lambda client: client.outputs_from_execution("E"),
    "outputs_from_task_run": lambda client: client.outputs_from_task_run("E", TaskRun("R", "t", "SUCCESS")),
    "plugin_types": lambda client: client.plugin_types(),
    "restart_trigger": lambda client: client.restart_trigger("a.b", "x", "t"),
    "save_draft": lambda client: client.save_draft("a.b", "x", "id: x"),
    "search_executions": lambda client: client.search_executions(namespace="a.b", flow_id="x", kinds=["TEST"]),
    "search_flows": lambda client: client.search_flows(["a.b"]),
    "search_triggers": lambda client: client.search_triggers(["a.b"], flow_ids=["x", "y"]),
    "search_triggers_for_flow": lambda client: client.search_triggers_for_flow("a.b", "x"),
    "server": lambda client: client.server(),
    "set_key_value": lambda client: client.set_key_value("a.b", "k", 1, ttl="PT1H"),
    "unlock_trigger": lambda client: client.unlock_trigger("a.b", "x", "t"),
    "update_flow": lambda client: client.update_flow("a.b", "x", "id: x"),
    "validate_flows": lambda client: client.validate_flows(["id: x", CUT]),
}

UNDOCUMENTED = re.compile("/outputs/|/triggers/|/executions/E/eval|/api/v1/plugins$")
"""Paths that the specifications here leave out."""
LEFT_OUT = ("outputs_from_execution", "outputs_from_task_run", "eval_expression", "plugin_types")

VERSIONS = {Dialect.V1: "1.3.31", Dialect.V2: "2.0.0"}


Asked = Callable[[Dialect, Callable[[KestraClient], Any]], list[Request]]


@pytest.fixture
def asked(httpserver: HTTPServer) -> Asked:
    """Make a call to a server of a dialect that refuses all but to say its version, and return what it was asked."""

    def requests(dialect: Dialect, call: Callable[[KestraClient], Any]) -> list[Request]:
        httpserver.expect_request(re.compile(".*/configs")).respond_with_json({"version": VERSIONS[dialect]})
        httpserver.expect_request(re.compile(".*")).respond_with_json({"message": "Not here"}, status=400)
        with scripted(httpserver.url_for("")) as it, suppress(KestraError):
            call(it.client)
        return [request for request, _ in httpserver.log]

    return requests


def test_every_method_that_asks_the_server_is_called_here() -> None:
    methods = {name for name, _ in inspect.getmembers(KestraClient, inspect.isfunction) if not name.startswith("_")}
    assert methods - {"close", "watch"} == set(CALLS)


@needs_shared
@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("method", CALLS)
def test_each_request_takes_what_the_operation_produces_and_sends_what_it_consumes(
    asked: Asked, dialect: Dialect, method: str
) -> None:
    made = [request for request in asked(dialect, CALLS[method]) if not UNDOCUMENTED.search(request.path)]
    for request in made:
        operation = specified(dialect, request.method, request.path)
        produced = {kind for each in operation["responses"].values() for kind in each.get("content", {})}
        assert request.headers["Accept"] in (produced or {"*/*"}), request.path
        consumed = operation.get("requestBody", {}).get("content", {})
        assert request.mimetype in (consumed if request.data or request.files or request.form else {""}), request.path
    assert made or method in LEFT_OUT or "trigger" in method
