"""What a flow's text says: the data of its YAML."""

from __future__ import annotations

from typing import Any

from deployer.model.resource import Body
from deployer.parsing.parse import parse


def text_of(body: Body) -> str:
    """Return a flow's source as text, which it always is."""
    return body if isinstance(body, str) else body.decode()


def data_of(body: Body) -> dict[str, Any] | None:
    """Return what a source says, None where it cannot be read."""
    document, _ = parse("", text_of(body))
    return dict(document.data) if document else None
