"""The parts of a multipart body as the engine's own uploads, so that it reads, types and checks the inputs itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import jpype
from starlette.responses import Response

from deployer.engine.http.answers import json_text, object_text
from deployer.engine.http.media import JSON

if TYPE_CHECKING:
    from deployer.engine.http.call import Call, Part

_MULTIPART = "io.micronaut.http.multipart."


def read_inputs(call: Call, flow: Any, execution: Any) -> Any:
    """Return the typed inputs of an execution as a Java map; blocks, and throws what the engine throws on bad ones."""
    return call.bean("runners.FlowInputOutput").readExecutionInputs(flow, execution, input_parts(call)).block()


def input_parts(call: Call) -> Any:
    """Return the parts of the body as the Publisher of uploads that the engine reads inputs from."""
    parts = call.java("java.util.ArrayList")()
    for part in call.parts:
        parts.add(upload(call, part))
    return call.java("reactor.core.publisher.Flux").fromIterable(parts)


def verdict(call: Call, flow: Any, found: Any, failed_checks: Callable[[Any, Any], Any] | None = None) -> Response:
    """Return what was found for each input (Kestra's InputAndValue): its value and what is wrong with it.

    `failed_checks` returns the checks of the flow that fail with a map of inputs.
    """
    values = call.java("java.util.HashMap")()
    for each in found:
        values.put(each.input().getId(), each.value())
    told = object_text(call, id=flow.getId(), namespace=flow.getNamespace())
    told = f'{told[:-1]},"inputs":[{",".join(_verdict(call, each) for each in found)}]'
    if call.runtime.tells_checks:
        checks = failed_checks(flow, values) if failed_checks else []
        told += f',"checks":[{",".join(_check(call, each) for each in checks)}]'
    return Response(f"{told}}}", media_type=JSON)


def _verdict(call: Call, found: Any) -> str:
    errors = json_text(call.kestra, call.kestra.from_json(call.runtime.executions.input_errors(found)))
    shown = object_text(
        call, input=found.input(), value=found.value(), enabled=found.enabled(), isDefault=found.isDefault()
    )
    return f'{shown[:-1]},"errors":{errors}}}'


def _check(call: Call, check: Any) -> str:
    return object_text(call, message=check.getMessage(), style=check.getStyle(), behavior=check.getBehavior())


def upload(call: Call, part: Part) -> Any:
    """Return a part as Micronaut's interface for it: a file's has a name of its own and a stream."""
    content = jpype.JArray(jpype.JByte)(part.data)
    size = len(part.data)

    def stream() -> Any:
        return call.java("java.io.ByteArrayInputStream")(content)

    answers: dict[str, Any] = {
        "getName": lambda: part.name,
        "getBytes": lambda: content,
        "getInputStream": stream,
        "getByteBuffer": lambda: call.java("java.nio.ByteBuffer").wrap(content),
        "getContentType": lambda: call.optional(None),
        "getSize": lambda: size,
        "getDefinedSize": lambda: size,
        "isComplete": lambda: True,
        "discard": lambda: None,
    }
    if part.filename is None:
        return jpype.JProxy(_MULTIPART + "CompletedPart", dict=answers)
    return jpype.JProxy(_MULTIPART + "CompletedFileUpload", dict={**answers, "getFilename": lambda: part.filename})
