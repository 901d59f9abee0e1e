"""The one table of Kestra versions: what each is called, which engine release represents it, which paths it speaks.

What a further version needs besides its row here, docs/extending.md says and `tests/test_versions.py` holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Dialect(StrEnum):
    """The two families of paths and shapes in Kestra's HTTP API."""

    V1 = "1.x"
    V2 = "2.x"


@dataclass(frozen=True, slots=True)
class KestraVersion:
    """A minor version of Kestra, as users name it (`1.3`), with the release whose engine we embed for it."""

    name: str
    engine: str  # the exact release on Maven Central, and the name of its lock
    dialect: Dialect


VERSIONS = (
    KestraVersion("1.0", engine="1.0.36", dialect=Dialect.V1),
    KestraVersion("1.1", engine="1.1.15", dialect=Dialect.V1),
    KestraVersion("1.2", engine="1.2.14", dialect=Dialect.V1),
    KestraVersion("1.3", engine="1.3.31", dialect=Dialect.V1),
    KestraVersion("2.0", engine="2.0.0", dialect=Dialect.V2),
)
"""Oldest first."""
NAMES = tuple(version.name for version in VERSIONS)


def at_least(name: str, first: str) -> bool:
    """Whether the version `name` is `first` or a later one; ValueError for a name of none."""
    return NAMES.index(name) >= NAMES.index(first)


def named(name: str) -> KestraVersion:
    """Return the row called `name`; KeyError when there is none."""
    return {version.name: version for version in VERSIONS}[name]


def nearest(version: str) -> KestraVersion:
    """Return the row for what a server says it is (`1.2.7`, `2.4.0-SNAPSHOT`): the newest not above it."""
    match = re.match(r"v?(\d+)\.(\d+)", version)
    if not match:
        return DEFAULT
    number = (int(match[1]), int(match[2]))
    below = [row for row in VERSIONS if tuple(map(int, row.name.split("."))) <= number]
    return below[-1] if below else VERSIONS[0]


DEFAULT = named("1.3")
