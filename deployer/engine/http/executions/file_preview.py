"""Previews of files as the user interface shows them. Only 2.x publishes the renderers; 1.x is reproduced here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jpype

if TYPE_CHECKING:
    from deployer.engine.http.exchange.call import Call

_RENDERERS = "io.kestra.plugin.core.preview."
_IMAGES = ("jpg", "jpeg", "png", "svg", "gif", "bmp", "webp")
_LONGEST = 2 * 1024 * 1024  # bytes of text


def render_1x(call: Call, extension: str, stream: Any, charset: Any, rows: int) -> Any:
    """Return type, content and whether it is truncated, as a Java map: rows, text, or an image in base64."""
    fields: dict[str, Any] = {"extension": extension, "maxLine": rows, "truncated": False}
    if extension == "ion":
        content = call.java("java.util.ArrayList")()
        add = jpype.JProxy("java.util.function.Consumer", dict={"accept": content.add})
        reader = call.java("java.io.BufferedReader")(call.java("java.io.InputStreamReader")(stream))
        cut = bool(call.core("serializers.FileSerde").reader(reader, rows, add))
        fields |= {"type": "LIST", "content": content, "truncated": cut}
    elif extension in _IMAGES or extension == "pdf":
        encoded = str(call.java("java.util.Base64").getEncoder().encodeToString(stream.readAllBytes()))
        fields |= {"type": "PDF" if extension == "pdf" else "IMAGE", "content": encoded}
    else:
        if extension == "md":
            charset = call.java("java.nio.charset.StandardCharsets").UTF_8
        text, cut = _cut_text(str(call.java("java.lang.String")(stream.readAllBytes(), charset)), rows)
        fields |= {"type": "MARKDOWN" if extension == "md" else "TEXT", "content": text, "truncated": cut}
    answer = call.java("java.util.LinkedHashMap")()
    for name, value in fields.items():
        answer.put(name, value)
    return answer


def render_2x(call: Call, extension: str, stream: Any, charset: Any, rows: int) -> Any:
    """Return the preview by the engine's renderer for the extension; the one for text takes any other extension."""
    renderers = [
        call.java(f"{_RENDERERS}{kind}FileRenderer").builder().build() for kind in ("Image", "Ion", "Pdf", "Text")
    ]
    renderer = next((each for each in renderers if each.supports(extension)), renderers[-1])
    return renderer.render(extension, stream, call.optional(charset), rows)


def _cut_text(text: str, rows: int) -> tuple[str, bool]:
    """Return the first rows of a text, up to 2 MiB, and whether there is more; a trailing line break is dropped."""
    lines = text.splitlines()
    content = "\n".join(lines[:rows]) + ("\n" if len(lines) > rows else "")
    encoded = content.encode()
    if len(encoded) > _LONGEST:
        return encoded[:_LONGEST].decode(errors="replace"), True
    return content, len(lines) > rows
