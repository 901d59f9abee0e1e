"""A YAML file that was read: its exact text, its data, and where in the text each value is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from deployer.model import secret
from deployer.model.problem import Route, Span


class Marks(Protocol):
    """Places in a text, looked up only when asked for: most files never need a line."""

    def at(self, route: Route) -> Span | None:
        """Return where the value at `route` is, or its key where it has no value; None when there is none."""

    def key(self, route: Route) -> Span | None:
        """Return where the key of the value at `route` is; None when there is none."""

    def outside(self, line: int, column: int) -> bool:
        """Return whether a place is outside every value and key, as comments are."""

    def scalar(self, route: Route) -> str | None:
        """Return the scalar at `route` as it is written (`010`, not 8); None when there is no scalar."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file. `text` is what the file holds, line ends and comments included, and so what is sent to Kestra."""

    file: str
    text: str
    data: Mapping[str, Any]
    marks: Marks = field(repr=False, compare=False)

    def excerpt(self, span: Span | None) -> str:
        """Return the line that a place begins in, without secrets; empty where it cannot be shown."""
        return secret.excerpt(self.text, span)
