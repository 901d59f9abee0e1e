"""What was asked of the server, request by request: to count, and to say what a request was answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

_NO_WRITES = ("flows/validate",)
"""What is asked with POST and stores nothing."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One answer. `path` counts from the tenant, with no slash in front; each repetition is one of its own."""

    method: str
    path: str
    status: int

    def __str__(self) -> str:
        """Return it for people: `GET flows/search: 200`."""
        return f"{self.method} {self.path}: {self.status}"

    @property
    def writes(self) -> bool:
        """Whether the request was one that changes the server."""
        return self.method != "GET" and self.path not in _NO_WRITES


@dataclass(slots=True)
class Traffic:
    """Every exchange of a connection since it is watched, in the order of the answers. Threads may share it."""

    _all: list[Exchange] = field(default_factory=list)
    _one: Lock = field(default_factory=Lock, repr=False)

    def note(self, method: str, path: str, status: int) -> None:
        """Note one answer."""
        with self._one:
            self._all.append(Exchange(method, path, status))

    @property
    def count(self) -> int:
        """How many answers came so far: what `since` takes later."""
        with self._one:
            return len(self._all)

    def since(self, count: int) -> Sequence[Exchange]:
        """Return what was asked after the first `count`."""
        with self._one:
            return tuple(self._all[count:])
