"""How the engine of one version reads each kind of value, which `deployer/engine/describe/` calls a reading."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from deployer.language import families, gone, rendered
from deployer.language.leaves import LEAVES, LEAVES_2X, Leaf, anything, as_text, enum_word
from deployer.language.parts import Misread, Part, Read
from deployer.language.types import Types, base_of_stranger, former, stranger
from deployer.model.problem import Route

_NESTED = re.compile(r"(\w+)<(.*)>")

CORE = ("io.kestra.core.", "io.kestra.plugin.core.")
"""Prefixes of Kestra's own types; every other type belongs to a plugin."""

SCRIPTS = "io.kestra.core.tasks.scripts."
"""The prefix of old names of the plugin for scripts, which still has them: `Bash`, `Node` and `Python`.

1.3.31 and 2.0.0 accept and store them where that plugin is installed, and know no other type below it.
"""

_MADE_OF = {"io.kestra.core.models.flows.input.ValueOption": ("value", "label")}
"""Classes with a creator of their own that accepts anything, but needs the first key in a mapping, and gives the second
one the same value where it is absent."""

Reader = Callable[[Any, Route, "list[Part]", Read], None]
"""Adds the parts that it finds in a value to the list, and problems to the notes."""


@cache
def readers(types: Types, *, nulls: bool = False) -> Readers:
    """Return the readers of a version; `nulls` says whether keys without a value are read too."""
    return Readers(types, nulls=nulls)


def wrong(notes: Read, route: Route, wanted: str) -> None:
    """Note a value of the wrong type; `wanted` is the right one."""
    notes.misreads.append(Misread("wrong-type", route, wanted=wanted))


class Readers:
    """The readers of one version, each created once."""

    def __init__(self, types: Types, *, nulls: bool) -> None:
        self._types = types
        self._leaves = LEAVES_2X if types.since("2.0") else LEAVES
        self._nulls = nulls  # whether keys without a value are read too
        self._known: dict[str, Reader] = {}
        self._props: dict[str, dict[str, Reader]] = {}
        self._holders: dict[str, Callable[[str], Reader]] = {
            "list": self._list,
            "map": self._map,
            "optional": self.of,
            "Property": self._property,
            "ListOrMapOfLabelDeserializer": self._labels,
        }

    def of(self, kind: str) -> Reader:
        """Return the reader of a kind of value."""
        known = self._known.get(kind)
        if known is None:
            known = self._known[kind] = self._create(kind)
        return known

    def _create(self, kind: str) -> Reader:
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
        return partial(_leaf, _never if word == "abstract" else self._leaves.get(kind, anything))

    def _list(self, item: str) -> Reader:
        each = self.of(item)

        def read_list(value: Any, route: Route, parts: list[Part], notes: Read) -> None:
            if isinstance(value, list):
                for at, one in enumerate(value):
                    if one is not None:
                        each(one, (*route, at), parts, notes)
            else:
                wrong(notes, route, "a list")

        return read_list

    def _map(self, inner: str) -> Reader:
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
                wrong(notes, route, "a mapping")

        return read_map

    def _bean(
        self, cls: str, value: Any, route: Route, parts: list[Part], notes: Read, *, skip: str | None = None
    ) -> None:
        described = self._types.of(cls)
        if not isinstance(value, dict):
            self._other(cls, value, route, notes)
            return
        if cls in _MADE_OF:
            _create(cls, value, route, parts, notes)
            return
        part = Part(cls, route, value)
        parts.append(part)
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
            elif name != skip and self._is_unknown(cls, described, str(name)):
                known = tuple(described["props"])
                notes.misreads.append(Misread("unknown-property", (*route, name), str(name), known, cls))

    def _is_unknown(self, cls: str, described: Mapping[str, Any], name: str) -> bool:
        """Whether a class cannot have a property; an unknown plugin can, unless all of its kind lost it."""
        if name in described.get("ignored", ()):
            return False
        base = base_of_stranger(cls)
        return "open" not in described or (bool(base) and name in self._types.gone_of_kind(base))

    def _other(self, cls: str, value: Any, route: Route, notes: Read) -> None:
        """Read a value that is not a mapping as an object, if its class can be created from it."""
        if made_of := self._types.types[cls].get("made_of"):
            self.of(made_of)(value, route, [], notes)
            return
        if not (isinstance(value, str) and "String" in self._types.types[cls].get("from", ())):
            wrong(notes, route, "a mapping")

    def _plugin(self, base: str, value: Any, route: Route, parts: list[Part], notes: Read) -> None:
        if not isinstance(value, dict):
            return  # the engine ignores it silently
        name = value.get("type")
        cls = self._types.plugins.get(name) if isinstance(name, str) else None
        if cls is None and isinstance(name, str) and _is_of_plugin(name):
            notes.unverified.append(((*route, "type"), name))
            self._bean(stranger(base), value, route, parts, notes)
        elif cls is None:
            place = (*route, "type") if "type" in value else route
            notes.misreads.append(Misread("unknown-type", place, str(name or ""), owner=base))
            self._former(str(name), value, route, parts, notes)
        elif self._of_family(base, cls, ((*route, "type"), str(name)), notes) and cls in self._types.types:
            self._bean(cls, value, route, parts, notes)

    def _of_family(self, base: str, cls: str, named: tuple[Route, str], notes: Read) -> bool:
        """Whether the engine accepts a type where this family is required; note a type of another family."""
        fits = families.taken(cls, base, self._types)
        if base in families.FAMILIES and not families.is_of(cls, base, self._types):
            wanted, hint = f"the type of {families.FAMILIES[base]}", families.belongs(cls, self._types)
            found = Misread("wrong-type", *named, wanted=wanted, hint=hint)
            (notes.fails if fits else notes.misreads).append(found)
        return fits

    def _former(self, name: str, value: dict[str, Any], route: Route, parts: list[Part], notes: Read) -> None:
        """Read an object whose type an earlier version had, so that everything that is gone is reported at once."""
        was = former(name, self._types)
        if was and was[0] in self._types.types:
            self._bean(was[0], value, route, parts, notes)
        elif was:
            for prop, kind in was[1].types.get(was[0], {}).get("props", {}).items():
                if "plugin:" in kind and value.get(prop) is not None:
                    self.of(kind)(value[prop], (*route, prop), parts, notes)

    def _poly(self, base: str, value: Any, route: Route, parts: list[Part], notes: Read) -> None:
        poly = self._types.polys[base]
        by = poly["by"]
        if isinstance(value, list) and len(value) == len(("type", "object")) and isinstance(value[1], dict):
            name, inner, place = value[0], value[1], (*route, 1)  # Jackson's alternative form
        elif isinstance(value, dict):
            name, inner, place = value.get(by), value, route
        else:
            wrong(notes, route, "a mapping")
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

    def _property(self, inner: str) -> Reader:
        """Return a reader that accepts anything, and notes a constant that the task cannot read when it runs."""
        holder, _, item = inner.removesuffix(">").partition("<")
        match holder:
            case "list":
                return partial(rendered.list_of, self.of(f"Property<{item}>"))
            case "map":
                return partial(rendered.map_of, self.of(f"Property<{item.partition(',')[2]}>"))
        return partial(rendered.single, self.of(inner))

    def _labels(self, label: str) -> Reader:
        """Return a reader of labels, a mapping or a list of `key` and `value`; each becomes a part."""
        cls = label.removeprefix("bean:")

        def read_labels(value: Any, route: Route, parts: list[Part], notes: Read) -> None:
            if isinstance(value, dict):
                for key, one in value.items():
                    if one is not None or self._nulls:
                        _label(Part(cls, (*route, key), {"key": key, "value": one}), parts, notes)
            elif isinstance(value, list):
                for at, one in enumerate(value):
                    if isinstance(one, dict):
                        _label(Part(cls, (*route, at), one), parts, notes, before_1_2=not self._types.since("1.2"))
                    else:
                        wrong(notes, (*route, at), "a mapping with `key` and `value`")
            else:
                wrong(notes, route, "a mapping of strings")

        return read_labels


def _create(cls: str, value: dict[str, Any], route: Route, parts: list[Part], notes: Read) -> None:
    """Read an object of a class with a creator of its own."""
    needed, filled = _MADE_OF[cls]
    parts.append(Part(cls, route, {filled: value.get(needed), **value}))
    if value.get(needed) is None:
        wrong(notes, route, f"a mapping with `{needed}`")


def _label(label: Part, parts: list[Part], notes: Read, *, before_1_2: bool = False) -> None:
    """Note a label whose value is not a string, number or boolean: a list, a mapping, a very large number, or none.

    `before_1_2`: an item of a list in 1.0 or 1.1, whose value must be a string; only there may a label of a trigger or
    a task lack one.
    """
    value, key = label.value.get("value"), label.value.get("key")
    single = not isinstance(value, list | dict | None) and not (
        isinstance(value, int) and not -(2**63) <= value < 2**63
    )
    if before_1_2:
        single = isinstance(value, str) or (value is None and len(label.route) > len(("labels", 0)))
    if not single:
        wrong(notes, label.route, "a label with a string as its value" if before_1_2 else "a label with a single value")
    elif not isinstance(key, str):
        wrong(notes, (*label.route, "key") if key is not None else label.route, "a label with a string as its key")
    else:
        parts.append(label)


def _is_of_plugin(name: str) -> bool:
    """Whether a plugin may have a type of this name, rather than Kestra's core."""
    return "." in name and (not name.startswith(CORE) or name.startswith(SCRIPTS))


def _leaf(leaf: Leaf, value: Any, route: Route, _: list[Part], notes: Read) -> None:
    if wanted := leaf(value):
        wrong(notes, route, wanted)


def _never(value: Any) -> str | None:  # noqa: ARG001
    return "nothing"
