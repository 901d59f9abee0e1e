"""The parts of a multipart body as the engine's own uploads, so that it reads, types and checks the inputs itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jpype

if TYPE_CHECKING:
    from deployer.engine.http.call import Call, Part

_MULTIPART = "io.micronaut.http.multipart."


def read_inputs(call: Call, flow: Any, execution: Any) -> Any:
    """Return the typed inputs of an execution as a Java map; blocks, and throws what the engine throws on bad ones."""
    parts = call.java("java.util.ArrayList")()
    for part in call.parts:
        parts.add(_upload(call, part))
    published = call.java("reactor.core.publisher.Flux").fromIterable(parts)
    return call.bean("runners.FlowInputOutput").readExecutionInputs(flow, execution, published).block()


def _upload(call: Call, part: Part) -> Any:
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
