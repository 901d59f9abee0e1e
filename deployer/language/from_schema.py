"""Turns a Kestra server's JSON Schema of flows into a description of the plugins in it.

A schema has less information than the classes it was generated from; if it does not say how a value is read, any value
is accepted. For the core types of 1.3, the schema has the same properties as the description, except for a few that
Kestra hides, and `required` lists those that cannot be null. `$dynamic` marks properties that may contain an
expression.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from deployer.language.pulled import Pulled
from deployer.language.types import Types

_REF = re.compile(r"#/(?:definitions|\$defs)/(.+?)(?:-\d+)?")
_BASE = re.compile(r"\bplugin:([\w.$]+)")
_LONGEST = 2**31 - 1
_PLAIN = {"boolean": "Boolean", "integer": "Long", "number": "Double"}


def from_schema(types: Types, schema: Mapping[str, Any], origin: str) -> Pulled:
    """Return the types in the schema that are not Kestra's own. Raises ValueError if it is not a schema of flows."""
    defined = schema.get("definitions") or schema.get("$defs")
    if not isinstance(defined, dict) or not any(name in types.plugins for name in defined):
        raise ValueError("not a schema of flows")
    converting = _Converting(types, defined)
    found = {
        name: converting.type(name, each)
        for name, each in defined.items()
        if name not in types.plugins and name not in types.types and _is_plugin(name, each)
    }
    return Pulled(origin, {name: name for name in found}, found, {}, {}, {})


def _is_plugin(name: str, definition: Any) -> bool:
    kind = _mapping(_mapping(_mapping(definition).get("properties")).get("type"))
    return kind.get("const") == name


class _Converting:
    def __init__(self, types: Types, defined: Mapping[str, Any]) -> None:
        self._types = types
        kinds = [kind for each in types.types.values() for kind in each["props"].values()]
        self._bases = sorted({base for kind in kinds for base in _BASE.findall(kind)})
        self._kin: dict[str, str] = {}
        for names in filter(None, (_choices(each) for each in _within(defined))):
            base = self._base(names)
            self._kin |= dict.fromkeys(names, base) if base else {}

    def type(self, name: str, definition: Mapping[str, Any]) -> dict[str, Any]:
        """Return the description of a plugin type; what all of its kind have comes from the core."""
        props = {prop: self._reading(_mapping(each)) for prop, each in definition["properties"].items()}
        must = {
            prop: asked for prop, each in definition["properties"].items() if (asked := _constraints(_mapping(each)))
        }
        for prop in definition.get("required", ()):
            must.setdefault(prop, {})["NotNull"] = [{}]
        base = self._kin.get(name)
        kind = self._types.kind(base) if base else {"props": {}}
        own = {prop: asked for prop, asked in must.items() if prop not in kind["props"]}
        return {**kind, "props": {**props, **kind["props"]}, "must": {**own, **kind.get("must", {})}}

    def _reading(self, prop: Mapping[str, Any]) -> str:
        """Return how a value is read: `Object` if the schema does not say."""
        if any(each.get("$dynamic") is True for each in _within(prop)):
            return "Property"
        names = _choices(prop)
        if names:
            base = self._base(names)
            return f"plugin:{base}" if base else "Object"
        for part in prop.get("allOf", [prop]):
            if match := _REF.fullmatch(str(part.get("$ref", ""))):
                return f"bean:{match[1]}" if match[1] in self._types.types else "Object"
        if prop.get("type") == "array":
            item = self._reading(_mapping(prop.get("items")))
            return f"list<{item}>" if item.startswith(("plugin:", "String")) else "Object"
        if prop.get("type") == "string" and "enum" not in prop:
            return {"": "String", "duration": "DurationDeserializer"}.get(str(prop.get("format", "")), "Object")
        return _PLAIN.get(str(prop.get("type")), "Object")

    def _base(self, names: list[str]) -> str:
        """Return the common kind of Kestra's own types among these; "" if there is none."""
        own = [self._types.types[name] for name in names if name in self._types.types]
        of = [base for base in self._bases if own and all(base in each.get("is", ()) for each in own)]

        def kin(base: str) -> int:
            return sum(base in each.get("is", ()) for each in self._types.types.values())

        return min(of, key=kin, default="")  # the most specific kind


def _constraints(prop: Mapping[str, Any]) -> dict[str, Any]:
    if prop.get("type") != "string" or prop.get("$dynamic") is True or "enum" in prop:
        return {}
    asked: dict[str, Any] = {}
    if "pattern" in prop:
        asked["Pattern"] = [{"regexp": prop["pattern"]}]
    if "minLength" in prop or "maxLength" in prop:
        asked["Size"] = [{"min": prop.get("minLength", 0), "max": prop.get("maxLength", _LONGEST)}]
    return asked


def _choices(part: Mapping[str, Any]) -> list[str]:
    """Return the names of the types that a part allows, none if it allows anything else."""
    choices = map(_plain, part.get("anyOf") or part.get("oneOf") or ())
    names = [_REF.fullmatch(str(each.get("$ref", ""))) for each in choices]
    return [name[1] for name in names if name] if all(names) else []


def _plain(part: Any) -> Mapping[str, Any]:
    merged: dict[str, Any] = {}
    for each in (part, *_mapping(part).get("allOf", ())):
        merged |= _mapping(each)
    return merged


def _within(part: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every mapping in a part, beginning with the part."""
    todo = [part]
    while todo:
        here = todo.pop()
        if isinstance(here, dict):
            yield here
            todo += here.values()
        elif isinstance(here, list):
            todo += here


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
