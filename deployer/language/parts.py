"""What was read of a flow: its objects, each with its class, and what the engine would not have read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deployer.model.problem import Route


@dataclass(frozen=True, slots=True)
class Misread:
    """Something the engine would not read: `kind` is the name of the check that speaks of it.

    `name` is the property, type or word that is wrong, `known` what would be right there, `owner` the class it is in.
    """

    kind: str
    route: Route
    name: str = ""
    known: tuple[str, ...] = ()
    owner: str = ""
    wanted: str = ""
    hint: str = ""


@dataclass(slots=True)
class Part:
    """An object in a flow: its class, its own data, and the objects within it by property."""

    cls: str
    route: Route
    value: Mapping[str, Any]
    parts: dict[str, list[Part]] = field(default_factory=dict)


@dataclass(slots=True)
class Read:
    """What was read of a whole flow: its parts, from `flow` down, what could not be read, which types nobody knows.

    `useless` is what the engine reads all the same, and cannot use when the flow runs.
    """

    flow: Part | None = None
    misreads: list[Misread] = field(default_factory=list)
    useless: list[Misread] = field(default_factory=list)
    unverified: list[tuple[Route, str]] = field(default_factory=list)
