"""Which flow a document declares."""

from __future__ import annotations

from deployer.language.leaves import as_text
from deployer.model.document import Document
from deployer.model.flow import Flow
from deployer.model.resource import NAMES


def flow_of(document: Document) -> Flow | None:
    """Return the flow that a document declares; None where its `id` or `namespace` is missing or malformed."""
    name, namespace = (_sound(document, key) for key in ("id", "namespace"))
    return Flow(document, namespace=namespace, id=name) if name and namespace else None


def written(document: Document, key: str) -> str | None:
    """Return a scalar as the file has it: Kestra reads `id: 010` as the string 010. None where it is no scalar."""
    value = document.data[key]
    return value if isinstance(value, str) else document.marks.scalar((key,))


def _sound(document: Document, key: str) -> str | None:
    pattern, longest = NAMES[key]
    value = document.data.get(key)
    text = None if value in (None, "") else written(document, key)
    return text if text is not None and pattern.fullmatch(as_text(value)) and len(text) <= longest else None
