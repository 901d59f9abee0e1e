"""Checking flows without storing them: the engine's verdict on each text, in the order they came."""

from __future__ import annotations

import re

from starlette.responses import Response

from deployer.engine.http.answers import as_json
from deployer.engine.http.call import MULTIPART, YAML, Call
from deployer.engine.http.route import Route

_BETWEEN = re.compile(r"\n+---\n*?")  # Kestra's own: a `---` line inside a block scalar is cut too
_BLANKS = "".join(map(chr, range(0x21)))  # what Java's trim() takes away


def validate(call: Call) -> Response:
    """Return one verdict for each flow of a text split at `---` lines, or for each file of a multipart body."""
    call.require(YAML, *([MULTIPART] if call.runtime.validates_files else []))
    if call.media_type == MULTIPART:
        sources = [(part.filename, part.data.decode("utf-8", "replace")) for part in call.parts if part.name == "flows"]
        texts = [(name, text.strip(_BLANKS)) for name, text in sources]
    else:
        texts = [(None, text) for text in split(call.body.decode("utf-8", "replace"))]
    return as_json(call, call.runtime.validate(call.tenant, texts))


def split(text: str) -> list[str]:
    """Return the flows of a text as Kestra's web server cuts it: Java's split drops empty ends."""
    texts = _BETWEEN.split(text.strip(_BLANKS))
    while len(texts) > 1 and not texts[-1]:
        texts.pop()
    return texts


ROUTES = (Route("POST", "flows/validate", validate),)
