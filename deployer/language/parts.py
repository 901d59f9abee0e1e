"""The result of reading a flow: its objects with their classes, and what the engine could not read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deployer.model.problem import Route


@dataclass(frozen=True, slots=True)
class Misread:
    """Something that the engine cannot read: `kind` is the name of the check that reports it.

    `name` is the wrong property, type or word, `known` are the valid ones, `owner` is the class it is in.
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
    """An object in a flow: its class, its data, and the objects inside it by property."""

    cls: str
    route: Route
    value: Mapping[str, Any]
    parts: dict[str, list[Part]] = field(default_factory=dict)


@dataclass(slots=True)
class Read:
    """The result for a whole flow: its parts, from `flow` down, what cannot be read, and which types are unknown.

    `fails` is what the engine reads, but cannot use when the flow runs.
    """

    flow: Part | None = None
    misreads: list[Misread] = field(default_factory=list)
    fails: list[Misread] = field(default_factory=list)
    unverified: list[tuple[Route, str]] = field(default_factory=list)
