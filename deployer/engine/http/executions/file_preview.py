"""A file as the user interface shows it. 2.x brings renderers; in 1.x they are part of the unpublished web server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jpype

if TYPE_CHECKING:
    from deployer.engine.http.exchange.call import Call

_RENDERERS = "io.kestra.plugin.core.preview."
_IMAGES = ("jpg", "jpeg", "png", "svg", "gif", "bmp", "webp")
_LONGEST = 2 * 1024 * 1024  # bytes of a text


def render_1x(call: Call, extension: str, stream: Any, charset: Any, rows: int) -> Any:
    """Return type, content and whether it is cut, as a Java map: a list of rows, a text, or base64 of an image."""
    shown: dict[str, Any] = {"extension": extension, "maxLine": rows, "truncated": False}
    if extension == "ion":
        content = call.java("java.util.ArrayList")()
        add = jpype.JProxy("java.util.function.Consumer", dict={"accept": content.add})
        reader = call.java("java.io.BufferedReader")(call.java("java.io.InputStreamReader")(stream))
        cut = bool(call.core("serializers.FileSerde").reader(reader, rows, add))
        shown |= {"type": "LIST", "content": content, "truncated": cut}
    elif extension in _IMAGES or extension == "pdf":
        encoded = str(call.java("java.util.Base64").getEncoder().encodeToString(stream.readAllBytes()))
        shown |= {"type": "PDF" if extension == "pdf" else "IMAGE", "content": encoded}
    else:
        if extension == "md":
            charset = call.java("java.nio.charset.StandardCharsets").UTF_8
        text, cut = _cut_text(str(call.java("java.lang.String")(stream.readAllBytes(), charset)), rows)
        shown |= {"type": "MARKDOWN" if extension == "md" else "TEXT", "content": text, "truncated": cut}
    fields = call.java("java.util.LinkedHashMap")()
    for name, value in shown.items():
        fields.put(name, value)
    return fields


def render_2x(call: Call, extension: str, stream: Any, charset: Any, rows: int) -> Any:
    """Return what the engine's renderer for the extension makes of the file; that for texts takes all the others."""
    renderers = [
        call.java(f"{_RENDERERS}{kind}FileRenderer").builder().build() for kind in ("Image", "Ion", "Pdf", "Text")
    ]
    renderer = next((each for each in renderers if each.supports(extension)), renderers[-1])
    return renderer.render(extension, stream, call.optional(charset), rows)


def _cut_text(text: str, rows: int) -> tuple[str, bool]:
    """Return the first rows of a text, up to 2 MiB, and whether there was more; a last line break is dropped."""
    lines = text.splitlines()
    content = "\n".join(lines[:rows]) + ("\n" if len(lines) > rows else "")
    encoded = content.encode()
    if len(encoded) > _LONGEST:
        return encoded[:_LONGEST].decode(errors="replace"), True
    return content, len(lines) > rows
