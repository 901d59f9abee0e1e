"""Which function answers which method, path and media types, in which versions of Kestra: one row each.

Every resource's file ends with its own table, `ROUTES`; `resources` lists these files, `routing` chooses among rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.engine.http.exchange.media import JSON
from deployer.model.version import NAMES, VERSIONS, Dialect, at_least

if TYPE_CHECKING:
    from deployer.engine.http.exchange.call import Call

Handler = Callable[["Call"], Any]
"""Returns a Response; may be a coroutine function."""

LAST_1X = [version.name for version in VERSIONS if version.dialect is Dialect.V1][-1]
"""The newest 1.x, whichever that is: rows that 2.0 no longer has are served `until` then."""

_TENANT = "/api/v1/{tenant}/"


@dataclass(frozen=True, slots=True)
class Route:
    """A row: `path` is below the tenant unless it begins with a slash; versions are names such as `1.3`.

    `produces` and `consumes` are the media types of answer and body, which are JSON unless Kestra specifies others.
    """

    method: str
    path: str
    handler: Handler
    produces: tuple[str, ...] = (JSON,)
    consumes: tuple[str, ...] = (JSON,)
    since: str = NAMES[0]
    until: str = NAMES[-1]

    @property
    def template(self) -> str:
        """The complete path, with its parameters in braces."""
        return self.path if self.path.startswith("/") else _TENANT + self.path

    def serves(self, version: str) -> bool:
        """Whether Kestra `version` has this row."""
        return at_least(version, self.since) and at_least(self.until, version)
