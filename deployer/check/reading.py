"""Reads a flow's data as Kestra's engine would, class by class, and notes what the engine would not read.

A key without a value counts for nothing: before Kestra reads a flow it drops them. Only lists keep empty items. When it
stores a flow it reads the text once more, for what it looks flows up by, and then such keys count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from deployer.check import gone, merging
from deployer.check.leaves import LEAVES, Leaf, anything, as_text, enum_word
from deployer.check.types import FLOW, STORED_FLOW, Types, former, stranger
from deployer.model.problem import Route

_NESTED = re.compile(r"(\w+)<(.*)>")

CORE = ("io.kestra.core.", "io.kestra.plugin.core.")
"""How the names of Kestra's own types begin; every other type belongs to a plugin."""

_STRICT = {
    "io.kestra.core.models.tasks.Task": "a task",
    "io.kestra.core.models.triggers.AbstractTrigger": "a trigger",
}
"""Kinds of plugins that Kestra itself looks at; anything goes for a condition as long as no flow runs."""

_MADE_OF = {"io.kestra.core.models.flows.input.ValueOption": "value"}
"""Classes with a maker of their own that takes anything, but of a mapping needs this key."""


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

    flow: Part | None = None
    misreads: list[Misread] = field(default_factory=list)
    unverified: list[tuple[Route, str]] = field(default_factory=list)


_Reader = Callable[[Any, Route, "list[Part]", Read], None]


def read(data: Mapping[str, Any], types: Types) -> Read:
    """Return what the engine of this version would read of a flow's data.

    The parts are those with plugin defaults merged in, if all could be read without: their routes may name places that
    stand in no file.
    """
    given = merging.defaults(data, types)
    versions = merging.versions(given)
    result = _once(merging.merged(data, versions, types) if versions else data, types)
    _cast(data, types, result)
    if not result.misreads:
        result.misreads += _once(data, types, STORED_FLOW).misreads
    whole = merging.merged(data, given, types) if given else data
    if given and not result.misreads:
        again = _once(whole, types)
        result.flow = again.flow
        result.misreads += [each for each in again.misreads if each.kind != "unknown-property"]
    if types.since("1.3") and not types.since("2.0"):
        for route in merging.unresolved(whole):
            _wrong(result, route, "the `ref` of plugin defaults for this type")
    return result


def _once(data: Mapping[str, Any], types: Types, cls: str = FLOW) -> Read:
    result = Read()
    parts: list[Part] = []
    _readers(types, nulls=cls == STORED_FLOW).of(f"bean:{cls}")(data, (), parts, result)
    result.flow = parts[0] if parts else None
    return result


def _cast(data: Mapping[str, Any], types: Types, notes: Read) -> None:
    """Note what Kestra takes out of a flow's data before it reads it, as exactly one kind of value."""
    namespace, revision = data.get("namespace"), data.get("revision")
    if namespace is not None and not isinstance(namespace, str) and not types.since("2.0"):
        _wrong(notes, ("namespace",), "a text in quotes")
    whole = isinstance(revision, int) and not isinstance(revision, bool) and abs(revision) < 1 << 31
    if revision is not None and not whole:
        _wrong(notes, ("revision",), "a whole number")


@cache
def _readers(types: Types, *, nulls: bool) -> _Readers:
    return _Readers(types, nulls=nulls)


def _wrong(notes: Read, route: Route, wanted: str) -> None:
    notes.misreads.append(Misread("wrong-type", route, wanted=wanted))


class _Readers:
    """The readers of one version, each made once. A reader adds the parts it finds to a list, the rest to the notes."""

    def __init__(self, types: Types, *, nulls: bool) -> None:
        self._types = types
        self._nulls = nulls  # whether keys without a value are seen too
        self._known: dict[str, _Reader] = {}
        self._props: dict[str, dict[str, _Reader]] = {}
        self._holders: dict[str, Callable[[str], _Reader]] = {
            "list": self._list,
            "map": self._map,
            "optional": self.of,
            "ListOrMapOfLabelDeserializer": self._labels,
        }

    def of(self, kind: str) -> _Reader:
        """Return the reader of a kind of value."""
        known = self._known.get(kind)
        if known is None:
            known = self._known[kind] = self._made(kind)
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
        return partial(_leaf, _never if word == "abstract" else LEAVES.get(kind, anything))

    def _list(self, item: str) -> _Reader:
        each = self.of(item)

        def read_list(value: Any, route: Route, parts: list[Part], notes: Read) -> None:
            if isinstance(value, list):
                for at, one in enumerate(value):
                    if one is not None:
                        each(one, (*route, at), parts, notes)
            else:
                _wrong(notes, route, "a list")

        return read_list

    def _map(self, inner: str) -> _Reader:
        key, _, item = inner.partition(",")
        each = self.of(item)
        enum = key.removeprefix("enum:") if key.startswith("enum:") else ""

        def read_map(value: Any, route: Route, parts: list[Part], notes: Read) -> None:
            if isinstance(value, dict):
                for name, one in value.items():
                    if one is not None:
                        if enum:
                            self._enum(enum, name, (*route, name), parts, notes)
                        each(one, (*route, name), parts, notes)
            else:
                _wrong(notes, route, "a mapping")

        return read_map

    def _bean(
        self, cls: str, value: Any, route: Route, parts: list[Part], notes: Read, *, skip: str | None = None
    ) -> None:
        described = self._types.of(cls)
        if not isinstance(value, dict):
            self._other(cls, value, route, notes)
            return
        part = Part(cls, route, value)
        parts.append(part)
        if needed := _MADE_OF.get(cls):
            if value.get(needed) is None:
                _wrong(notes, route, f"a mapping with `{needed}`")
            return
        readers = self._props.get(cls)
        if readers is None:
            readers = self._props[cls] = {name: self.of(kind) for name, kind in described["props"].items()}
        for name, one in value.items():
            if one is None and (name in readers or not self._nulls):
                continue
            reader = readers.get(name)
            if reader is not None:
                found: list[Part] = []
                reader(one, (*route, name), found, notes)
                if found:
                    part.parts[name] = found
            elif name != skip and name not in described.get("ignored", ()) and "open" not in described:
                known = tuple(described["props"])
                notes.misreads.append(Misread("unknown-property", (*route, name), str(name), known, cls))

    def _other(self, cls: str, value: Any, route: Route, notes: Read) -> None:
        """Read what is no mapping as an object, where its class can be made of that."""
        if made_of := self._types.types[cls].get("made_of"):
            self.of(made_of)(value, route, [], notes)
            return
        if not (isinstance(value, str) and "String" in self._types.types[cls].get("from", ())):
            _wrong(notes, route, "a mapping")

    def _plugin(self, base: str, value: Any, route: Route, parts: list[Part], notes: Read) -> None:
        if not isinstance(value, dict):
            return  # the engine makes nothing of it, and says nothing
        name = value.get("type")
        cls = self._types.plugins.get(name) if isinstance(name, str) else None
        if cls is None and isinstance(name, str) and "." in name and not name.startswith(CORE):
            notes.unverified.append(((*route, "type"), name))
            self._bean(stranger(base), value, route, parts, notes)
        elif cls is None or cls not in self._types.types:
            place = (*route, "type") if "type" in value else route
            notes.misreads.append(Misread("unknown-type", place, str(name or ""), owner=base))
            self._former(str(name), value, route, parts, notes)
        elif base in _STRICT and base not in self._types.types[cls].get("is", ()):
            _wrong(notes, (*route, "type"), f"a type of {_STRICT[base]}")
        else:
            self._bean(cls, value, route, parts, notes)

    def _former(self, name: str, value: dict[str, Any], route: Route, parts: list[Part], notes: Read) -> None:
        """Read on in an object whose type an earlier version had, so that all that is gone is told at once."""
        was = former(name, self._types)
        if was and was[0] in self._types.types:
            self._bean(was[0], value, route, parts, notes)
        elif was:
            for prop, kind in was[1].types[was[0]]["props"].items():
                if "plugin:" in kind and value.get(prop) is not None:
                    self.of(kind)(value[prop], (*route, prop), parts, notes)

    def _poly(self, base: str, value: Any, route: Route, parts: list[Part], notes: Read) -> None:
        poly = self._types.polys[base]
        by = poly["by"]
        if isinstance(value, list) and len(value) == len(("type", "object")) and isinstance(value[1], dict):
            name, inner, place = value[0], value[1], (*route, 1)  # Jackson's other way to write it
        elif isinstance(value, dict):
            name, inner, place = value.get(by), value, route
        else:
            _wrong(notes, route, "a mapping")
            return
        name = as_text(name) if name is not None and not isinstance(name, list | dict) else None
        kind = poly["of"].get(name)
        if kind is None:
            where = (*place, by) if by in inner else place
            notes.misreads.append(Misread("unknown-type", where, str(name or ""), tuple(poly["of"]), base))
            now = gone.INPUTS.get(name or "")
            kind, inner = poly["of"].get(now), {**inner, by: now}
        if kind:
            self._bean(kind.removeprefix("bean:"), inner, place, parts, notes, skip=by)

    def _enum(self, name: str, value: Any, route: Route, _: list[Part], notes: Read) -> None:
        words = self._types.enums[name]
        if enum_word(value, words) is None:
            notes.misreads.append(Misread("unknown-word", route, as_text(value), tuple(words), name))

    def _labels(self, label: str) -> _Reader:
        """Labels are a mapping, or a list of `key` and `value`; a part is made of each in either case."""
        cls = label.removeprefix("bean:")

        def read_labels(value: Any, route: Route, parts: list[Part], notes: Read) -> None:
            if isinstance(value, dict):
                for key, one in value.items():
                    if one is not None or self._nulls:
                        _label(Part(cls, (*route, key), {"key": key, "value": one}), parts, notes)
            elif isinstance(value, list):
                for at, one in enumerate(value):
                    if isinstance(one, dict):
                        _label(Part(cls, (*route, at), one), parts, notes)
                    else:
                        _wrong(notes, (*route, at), "a mapping with `key` and `value`")
            else:
                _wrong(notes, route, "a mapping of texts")

        return read_labels


def _label(label: Part, parts: list[Part], notes: Read) -> None:
    """Note what is no text, number or truth as a label's value: nothing, a list, a mapping, a very large number."""
    value, key = label.value.get("value"), label.value.get("key")
    if isinstance(value, list | dict | None) or (isinstance(value, int) and not -(2**63) <= value < 2**63):
        _wrong(notes, label.route, "a label with a single value")
    elif key is not None and not isinstance(key, str):
        _wrong(notes, (*label.route, "key"), "a text")
    else:
        parts.append(label)


def _leaf(leaf: Leaf, value: Any, route: Route, _: list[Part], notes: Read) -> None:
    if wanted := leaf(value):
        _wrong(notes, route, wanted)


def _never(value: Any) -> str | None:  # noqa: ARG001
    return "nothing"
