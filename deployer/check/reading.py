"""Reads a flow's data as Kestra's engine would, class by class, and notes what the engine would not read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from deployer.check.leaves import LEAVES, Leaf, anything
from deployer.check.types import FLOW, Types
from deployer.model.problem import Route

_NESTED = re.compile(r"(\w+)<(.*)>")


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


@dataclass(slots=True)
class Part:
    """An object in a flow: its class, its own data, and the objects within it by property."""

    cls: str
    route: Route
    value: Mapping[str, Any]
    parts: dict[str, list[Part]] = field(default_factory=dict)


@dataclass(slots=True)
class Read:
    """What was read of a whole flow: its parts, from `flow` down, what could not be read, which types nobody knows."""

    flow: Part | None
    misreads: list[Misread] = field(default_factory=list)
    unverified: list[tuple[Route, str]] = field(default_factory=list)


CORE = ("io.kestra.core.", "io.kestra.plugin.core.")
"""How the names of Kestra's own types begin; every other type belongs to a plugin."""

_Reader = Callable[[Any, Route, "list[Part]"], None]


def read(data: Any, types: Types) -> Read:
    """Return what the engine of this version would read of a flow's data."""
    reading = _Reading(types)
    parts: list[Part] = []
    reading.reader(f"bean:{FLOW}")(data, (), parts)
    return Read(parts[0] if parts else None, reading.misreads, reading.unverified)


class _Reading:
    """One reading: readers are made once for each kind of value."""

    def __init__(self, types: Types) -> None:
        self.misreads: list[Misread] = []
        self.unverified: list[tuple[Route, str]] = []
        self._types = types
        self._readers: dict[str, _Reader] = {}
        self._holders: dict[str, Callable[[str], _Reader]] = {
            "list": self._list,
            "map": self._map,
            "optional": self.reader,
            "ListOrMapOfLabelDeserializer": self._labels,
        }

    def reader(self, kind: str) -> _Reader:
        """Return the reader of a kind of value; it adds the parts it finds to the list it is given."""
        known = self._readers.get(kind)
        if known is None:
            known = self._readers[kind] = self._made(kind)
        return known

    def _made(self, kind: str) -> _Reader:
        if nested := _NESTED.fullmatch(kind):
            return self._holders[nested[1]](nested[2])
        word, _, name = kind.partition(":")
        match word:
            case "bean":
                return partial(self._bean, name)
            case "plugin":
                return partial(self._plugin, name)
            case "poly":
                return partial(self._poly, name)
            case "enum":
                return partial(self._enum, name)
        return partial(self._leaf, _never if word == "abstract" else LEAVES.get(kind, anything))

    def _leaf(self, leaf: Leaf, value: Any, route: Route, _: list[Part]) -> None:
        if wanted := leaf(value):
            self._wrong(route, wanted)

    def _wrong(self, route: Route, wanted: str) -> None:
        self.misreads.append(Misread("wrong-type", route, wanted=wanted))

    def _list(self, item: str) -> _Reader:
        each = self.reader(item)

        def read_list(value: Any, route: Route, parts: list[Part]) -> None:
            if isinstance(value, list):
                for at, one in enumerate(value):
                    if one is not None:
                        each(one, (*route, at), parts)
            elif value is not None:
                self._wrong(route, "a list")

        return read_list

    def _map(self, inner: str) -> _Reader:
        key, _, item = inner.partition(",")
        each = self.reader(item)
        enum = key.removeprefix("enum:") if key.startswith("enum:") else ""

        def read_map(value: Any, route: Route, parts: list[Part]) -> None:
            if isinstance(value, dict):
                for name, one in value.items():
                    if enum:
                        self._enum(enum, name, (*route, name), parts)
                    if one is not None:
                        each(one, (*route, name), parts)
            elif value is not None:
                self._wrong(route, "a mapping")

        return read_map

    def _bean(self, cls: str, value: Any, route: Route, parts: list[Part], skip: str = "") -> None:
        described = self._types.types[cls]
        if "made_of" in described:
            self._made_of(described, cls, value, route, parts)
            return
        if not isinstance(value, dict):
            if value is not None and not (isinstance(value, str) and "String" in described.get("from", ())):
                self._wrong(route, "a mapping")
            return
        part = Part(cls, route, value)
        parts.append(part)
        props, ignored = described["props"], described.get("ignored", ())
        for name, one in value.items():
            kind = props.get(name)
            if kind is None:
                if name != skip and name not in ignored and "open" not in described:
                    known = tuple(props)
                    self.misreads.append(Misread("unknown-property", (*route, name), str(name), known, cls))
            elif one is not None:
                found: list[Part] = []
                self.reader(kind)(one, (*route, name), found)
                if found:
                    part.parts[name] = found

    def _made_of(self, described: Mapping[str, Any], cls: str, value: Any, route: Route, parts: list[Part]) -> None:
        """Read what an object is made of: any value will do for the reader, and the object decides itself."""
        self.reader(described["made_of"])(value, route, [])
        if isinstance(value, dict):
            parts.append(Part(cls, route, value))

    def _plugin(self, base: str, value: Any, route: Route, parts: list[Part]) -> None:
        if not isinstance(value, dict):
            return  # the engine makes nothing of it, and says nothing
        name = value.get("type")
        cls = self._types.plugins.get(name) if isinstance(name, str) else None
        if cls is None and isinstance(name, str) and "." in name and not name.startswith(CORE):
            self.unverified.append(((*route, "type"), name))
            self._common(base, value, route)
        elif cls is None or cls not in self._types.types:
            place = (*route, "type") if "type" in value else route
            self.misreads.append(Misread("unknown-type", place, str(name or ""), owner=base))
        else:
            self._bean(cls, value, route, parts)

    def _common(self, base: str, value: dict[str, Any], route: Route) -> None:
        """Read of a plugin that is not known what every plugin of its kind has."""
        props = self._types.common(base)
        for name, one in value.items():
            if name in props and one is not None:
                self.reader(props[name])(one, (*route, name), [])

    def _poly(self, base: str, value: Any, route: Route, parts: list[Part]) -> None:
        if value is None:
            return
        if not isinstance(value, dict):
            self._wrong(route, "a mapping")
            return
        poly = self._types.polys[base]
        by = poly["by"]
        name = value.get(by)
        kind = poly["of"].get(name) if isinstance(name, str) else None
        if kind is None:
            place = (*route, by) if by in value else route
            self.misreads.append(Misread("unknown-type", place, str(name or ""), tuple(poly["of"]), base))
        else:
            self._bean(kind.removeprefix("bean:"), value, route, parts, skip=by)

    def _enum(self, name: str, value: Any, route: Route, _: list[Part]) -> None:
        words = self._types.enums[name]
        if value is None or (isinstance(value, str) and value.strip() in words):
            return
        index = value if isinstance(value, int) and not isinstance(value, bool) else None
        if isinstance(value, str) and value.strip().isdigit():
            index = int(value)
        if index is None or not 0 <= index < len(words):
            self.misreads.append(Misread("unknown-word", route, str(value), tuple(words)))

    def _labels(self, label: str) -> _Reader:
        """Labels are a mapping, or a list of `key` and `value`."""
        listed = self.reader(f"list<{label}>")

        def read_labels(value: Any, route: Route, parts: list[Part]) -> None:
            if isinstance(value, list):
                listed(value, route, parts)
            elif not isinstance(value, dict) and value is not None:
                self._wrong(route, "a mapping of texts")

        return read_labels


def _never(value: Any) -> str | None:
    return None if value is None else "nothing"
