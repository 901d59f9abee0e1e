"""Whether a flow has a valid `id` and `namespace`.

Why: the two together identify the flow on the server; Kestra refuses a flow without them. An id that looks like a
number or a boolean needs quotes: without them Kestra stores the flow, and then refuses every update of it.

Bad:  `namespace: Company Team`
Good: `namespace: company.team`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding, FlowFile
from deployer.language.identity import written
from deployer.language.leaves import as_text
from deployer.model.document import Document
from deployer.model.problem import Severity
from deployer.model.resource import NAMES

_RULES = {
    "id": (*NAMES["id"], "letters, digits, `.`, `_` and `-`; the first character must be a letter or digit"),
    "namespace": (
        *NAMES["namespace"],
        "lowercase letters, digits, `.`, `_` and `-`; the first character must be a letter or digit",
    ),
}

ROUTES = tuple((key,) for key in _RULES)
"""The places that this check covers: other checks report nothing there."""


def check(flow: FlowFile) -> Iterator[Finding]:
    """Yield a finding for every `id` and `namespace` that is missing or malformed."""
    for key in _RULES:
        yield from _one(flow.document, key)
    if flow.document.data.get("id") is not None and not isinstance(flow.document.data["id"], str | list | dict):
        yield _warn_unquoted(flow)


def _warn_unquoted(flow: FlowFile) -> Finding:
    """Return the warning for an id such as `010` or `off` (1.0.36 to 2.0.0: "Illegal flow id update")."""
    name = written(flow.document, "id")
    message = f"Kestra stores a flow with the id `{name}`, but refuses every update of it"
    return Finding(("id",), message, f'quote it: `id: "{name}"`', Severity.WARNING)


def _one(document: Document, key: str) -> Iterator[Finding]:
    pattern, longest, allowed = _RULES[key]
    if document.data.get(key) in (None, ""):
        yield Finding((key,), f"the flow has no `{key}`", f"add a line `{key}: …` at the top of the file")
        return
    text = written(document, key)
    if text is None:
        yield Finding((key,), f"`{key}` is not a single value", f"use {allowed}")
    elif not pattern.fullmatch(as_text(document.data[key])):
        yield Finding((key,), f"`{key}` is not valid: {text!r}", f"use {allowed}")
    elif len(text) > longest:
        yield Finding((key,), f"`{key}` is {len(text)} characters long; at most {longest} are allowed")


CHECK = Check("flow-identity", __doc__, each=check)
