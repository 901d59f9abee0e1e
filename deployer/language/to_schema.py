"""The description of a version as JSON Schema, for completion and validation in editors.

It is never stricter than the checks, and more lenient if JSON Schema cannot express what they check.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from deployer.language.readers import CORE
from deployer.language.types import FLOW, Types

Schema = dict[str, Any]
_NESTED = re.compile(r"(\w+)<(.*)>")
_SINGLE: Schema = {"type": ["string", "number", "boolean"]}
_LEAVES: Mapping[str, Schema] = {
    "String": _SINGLE,
    "boolean": {"anyOf": [{"type": ["boolean", "integer"]}, {"enum": ["true", "false"]}, {"type": "string"}]},
    "int": {"type": ["number", "string"]},
    "long": {"type": ["number", "string"]},
    "float": {"type": ["number", "string"]},
    "double": {"type": ["number", "string"]},
    "DurationDeserializer": {"type": ["string", "number"]},
}


def to_schema(types: Types) -> Schema:
    """Return the schema of a flow with every known type; types of unknown plugins may contain anything."""
    return _Making(types).whole()


class _Making:
    def __init__(self, types: Types) -> None:
        self._types = types
        self._defined: dict[str, Schema] = {}

    def whole(self) -> Schema:
        """Return the schema with a definition of each class that a flow can contain."""
        root = self._bean(FLOW)
        return {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "title": f"A flow of Kestra {self._types.version}",
            "allOf": [root],
            "definitions": dict(sorted(self._defined.items())),
        }

    def _of(self, kind: str) -> Schema:
        """Return the schema of a reading; null is read as missing."""
        return {"anyOf": [self._value(kind), {"type": "null"}]}

    def _value(self, kind: str) -> Schema:
        if nested := _NESTED.fullmatch(kind):
            return self._holder(nested[1], nested[2])
        word, _, name = kind.partition(":")
        match word:
            case "bean":
                return self._bean(name)
            case "plugin":
                return self._plugin(name)
            case "poly":
                return self._poly(name)
            case "enum":
                words = self._types.enums[name]
                written = {"type": "string", "pattern": rf"^\s*({'|'.join(words)}|\d+)\s*$"}
                return {"anyOf": [{"enum": words}, {"type": "integer"}, written]}
        return _LEAVES.get(kind) or _LEAVES.get(_PRIMITIVE.get(kind, ""), {})

    def _holder(self, holder: str, inner: str) -> Schema:
        match holder:
            case "list":
                return {"type": "array", "items": self._of(inner)}
            case "map":
                return {"type": "object", "additionalProperties": self._of(inner.partition(",")[2])}
            case "ListOrMapOfLabelDeserializer":
                return {"anyOf": [{"type": "array", "items": self._of(inner)}, {"type": "object"}]}
        return {}

    def _bean(self, cls: str, by: str = "") -> Schema:
        """Return a reference to a class, described once; `by` is an additional property that selects it."""
        if cls not in self._defined:
            self._defined[cls] = {}
            self._defined[cls] = self._describe(cls, by)
        return _reference(cls)

    def _describe(self, cls: str, by: str) -> Schema:
        described = self._types.types[cls]
        if "made_of" in described:
            return {}
        names = dict.fromkeys((*described.get("ignored", ()), *filter(None, [by])), "Object") | described["props"]
        made: Schema = {"type": "object", "properties": {name: self._of(kind) for name, kind in names.items()}}
        if "open" not in described:
            made["additionalProperties"] = False
        made["required"] = sorted(self._required(cls))
        return {"anyOf": [made, {"type": "string"}]} if "String" in described.get("from", ()) else made

    def _required(self, cls: str) -> set[str]:
        """Return the required properties; in a plugin, `pluginDefaults` may set all but its id and type."""
        described = self._types.types[cls]
        must = {name for name, asked in described.get("must", {}).items() if _NEEDED & asked.keys()}
        found = must & set(described["props"]) - set(described.get("given", ()))
        if "name" in self._types.deprecated.get(cls, ()):
            found -= {"id"}  # an input's former `name` is its `id` too
        return found & {"id", "type"} if cls in self._types.plugins.values() else found

    def _plugin(self, base: str) -> Schema:
        """Return the choice among the types of a kind; types of unknown plugins are not restricted."""
        kin = {cls for cls, described in self._types.types.items() if base in described.get("is", ())}
        of = {name: cls for name, cls in self._types.plugins.items() if cls in kin}
        core = "|".join(map(re.escape, CORE))
        return self._choice(base, "type", of, {"type": "string", "pattern": rf"^(?!{core}).*\."})

    def _poly(self, base: str) -> Schema:
        poly = self._types.polys[base]
        return self._choice(base, poly["by"], {name: kind.removeprefix("bean:") for name, kind in poly["of"].items()})

    def _choice(self, base: str, by: str, of: Mapping[str, str], *other: Schema) -> Schema:
        name = f"any-{base}"
        if name not in self._defined:
            self._defined[name] = {}
            cases = [
                {"if": {"required": [by], "properties": {by: {"const": one}}}, "then": self._bean(cls, by)}
                for one, cls in sorted(of.items())
            ]
            which: Schema = {"anyOf": [{"enum": sorted(of)}, *other]}
            self._defined[name] = {"type": "object", "required": [by], "properties": {by: which}, "allOf": cases}
        return _reference(name)


def _reference(name: str) -> Schema:
    return {"$ref": f"#/definitions/{quote(name)}"}


_NEEDED = {"NotNull", "NotBlank", "NotEmpty"}
_PRIMITIVE = {"Boolean": "boolean", "Integer": "int", "Long": "long", "Float": "float", "Double": "double"}
