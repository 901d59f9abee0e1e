"""Parts of a multipart body as Micronaut's uploads, for the engine to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jpype

if TYPE_CHECKING:
    from deployer.engine.http.exchange.call import Call, Part

_MULTIPART = "io.micronaut.http.multipart."


def upload(call: Call, part: Part) -> Any:
    """Return a part as Micronaut's CompletedFileUpload if it is a file, else as its CompletedPart."""
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
