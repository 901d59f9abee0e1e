"""Which method and path is answered by which function, from which Kestra version on: one row each, beside its function.

Every resource's file ends with its own table, `ROUTES`; `app` puts them together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.model.version import NAMES, at_least

if TYPE_CHECKING:
    from deployer.engine.http.call import Call

Handler = Callable[["Call"], Any]
"""Returns a Response, or is a coroutine function that does."""

_TENANT = "/api/v1/{tenant}/"


@dataclass(frozen=True, slots=True)
class Route:
    """A row: `path` is within the tenant unless it begins with a slash; versions are names such as `1.3`."""

    method: str
    path: str
    handler: Handler
    since: str = NAMES[0]
    until: str = NAMES[-1]

    @property
    def template(self) -> str:
        """The whole path, with its parameters in braces."""
        return self.path if self.path.startswith("/") else _TENANT + self.path

    def serves(self, version: str) -> bool:
        """Whether Kestra `version` has it."""
        return at_least(version, self.since) and at_least(self.until, version)


def in_order(routes: Iterable[Route], version: str) -> list[Route]:
    """Return what `version` has, so that the first that matches is the one Kestra takes: a word before a parameter."""
    served = (route for route in routes if route.serves(version))
    return sorted(served, key=lambda route: [segment.startswith("{") for segment in route.template.split("/")])
