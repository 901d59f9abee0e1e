"""Starts an execution with fixtures: tasks that do not run, a trigger that did not start it, files for expressions.

Kestra's open-source server has no endpoint for that, though its engine knows fixtures: so the path is ours. The
engine's own class reads them; docs/tests.md says what it makes of them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import jpype
from starlette.responses import Response

from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.media import MULTIPART
from deployer.engine.http.exchange.refusal import Refusal
from deployer.engine.http.exchange.route import Route
from deployer.engine.http.executions.start import answer_started, start
from deployer.engine.jvm.context import CORE

PART = "kestra-deployer.fixtures"
"""The part of the body that is no input: Kestra's Fixtures, as JSON."""
_FILES = "io.kestra.datatype:test_fixtures_files"
"""The variable in which expressions find `files`."""


def create(call: Call) -> Response:
    """Start an execution as `start.create` does; 400 without fixtures, 422 for fixtures that Kestra cannot read."""
    fixtures = _read_fixtures(call)
    inputs = replace(call, parts=tuple(part for part in call.parts if part.name != PART))

    def mock(flow: Any, execution: Any) -> Any:
        execution = execution.withFixtures(fixtures.getTasks() or call.java("java.util.ArrayList")())
        if files := fixtures.getFiles():
            execution = execution.withVariables(_with_files(call, flow, execution, files))
        return execution.withTrigger(_trigger(call, fixtures)) if fixtures.getTrigger() else execution

    _, execution = start(inputs, mock)
    return answer_started(call, execution)


def _read_fixtures(call: Call) -> Any:
    for part in call.parts:
        if part.name == PART:
            return replace(call, body=part.data).json("fixtures", CORE + "test.flow.Fixtures")
    raise Refusal(400, f"Required Part [{PART}] not specified")


def _with_files(call: Call, flow: Any, execution: Any, files: Any) -> Any:
    """Return the variables of an execution with the addresses of these files, which are stored in its own folder."""
    storage, addresses = call.bean("storages.StorageInterface"), call.java("java.util.HashMap")()
    folder = f"{flow.getNamespace().replace('.', '/')}/{flow.getId()}/executions/{execution.getId()}/fixtures"
    for entry in files.entrySet():
        address = call.java("java.net.URI").create(f"kestra:///{folder}/{entry.getKey()}")
        data = jpype.JArray(jpype.JByte)(str(entry.getValue()).encode())
        content = call.java("java.io.ByteArrayInputStream")(data)
        addresses.put(entry.getKey(), str(storage.put(call.tenant, flow.getNamespace(), address, content)))
    variables = call.java("java.util.HashMap")(execution.getVariables() or {})
    variables.put(_FILES, addresses)
    return variables


def _trigger(call: Call, fixtures: Any) -> Any:
    trigger = fixtures.getTrigger()
    fired = call.core("models.executions.ExecutionTrigger").builder().id(trigger.getId()).type(trigger.getType())
    return fired.variables(trigger.getVariables()).build()


ROUTES = (Route("POST", "/api/v1/{tenant}/kestra-deployer/executions/{namespace}/{id}", create, consumes=(MULTIPART,)),)
