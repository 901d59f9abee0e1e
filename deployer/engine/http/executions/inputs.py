"""Inputs of executions: a multipart body is given to the engine, which reads, converts and checks them itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from deployer.engine.http.exchange.answers import json_text, object_text
from deployer.engine.http.exchange.media import JSON
from deployer.engine.http.exchange.uploads import upload

if TYPE_CHECKING:
    from deployer.engine.http.exchange.call import Call


def read_inputs(call: Call, flow: Any, execution: Any) -> Any:
    """Return the typed inputs of an execution as a Java map; blocks, and passes on the engine's exceptions."""
    return call.bean("runners.FlowInputOutput").readExecutionInputs(flow, execution, input_parts(call)).block()


def input_parts(call: Call) -> Any:
    """Return the parts of the body as a Publisher of uploads, from which the engine reads inputs."""
    parts = call.java("java.util.ArrayList")()
    for part in call.parts:
        parts.add(upload(call, part))
    return call.java("reactor.core.publisher.Flux").fromIterable(parts)


def answer_verdict(
    call: Call, flow: Any, found: Any, failed_checks: Callable[[Any, Any], Any] | None = None
) -> Response:
    """Return the value and the errors of each input (Kestra's InputAndValue).

    `failed_checks` returns the flow's checks that fail with a map of inputs.
    """
    values = call.java("java.util.HashMap")()
    for each in found:
        values.put(each.input().getId(), each.value())
    text = object_text(call, id=flow.getId(), namespace=flow.getNamespace())
    text = f'{text[:-1]},"inputs":[{",".join(_input_json(call, each) for each in found)}]'
    if call.runtime.reports_checks:
        checks = failed_checks(flow, values) if failed_checks else []
        text += f',"checks":[{",".join(_check_json(call, each) for each in checks)}]'
    return Response(f"{text}}}", media_type=JSON)


def _input_json(call: Call, found: Any) -> str:
    errors = json_text(call.kestra, call.kestra.from_json(call.runtime.executions.input_errors(found)))
    fields = object_text(
        call, input=found.input(), value=found.value(), enabled=found.enabled(), isDefault=found.isDefault()
    )
    return f'{fields[:-1]},"errors":{errors}}}'


def _check_json(call: Call, check: Any) -> str:
    return object_text(call, message=check.getMessage(), style=check.getStyle(), behavior=check.getBehavior())
