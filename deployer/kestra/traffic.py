"""The requests to the server, one by one: to count them, and to report their answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

_NO_WRITES = ("flows/validate",)
"""POST requests that store nothing."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One answer. `path` is relative to the tenant, without a leading slash; each retry is a separate one."""

    method: str
    path: str
    status: int

    def __str__(self) -> str:
        """Return it for users: `GET flows/search: 200`."""
        return f"{self.method} {self.path}: {self.status}"

    @property
    def writes(self) -> bool:
        """Whether the request changes the server."""
        return self.method != "GET" and self.path not in _NO_WRITES


@dataclass(slots=True)
class Traffic:
    """Every exchange of a connection since recording began, in the order of the answers. Threads may share it."""

    _all: list[Exchange] = field(default_factory=list)
    _one: Lock = field(default_factory=Lock, repr=False)

    def note(self, method: str, path: str, status: int) -> None:
        """Record one answer."""
        with self._one:
            self._all.append(Exchange(method, path, status))

    @property
    def count(self) -> int:
        """The number of answers so far, for a later `since`."""
        with self._one:
            return len(self._all)

    def since(self, count: int) -> Sequence[Exchange]:
        """Return the exchanges after the first `count`."""
        with self._one:
            return tuple(self._all[count:])
