"""Values for a property: those that fit, and those that look as if they did, by how the engine reads it."""

from __future__ import annotations

import random
import re
from typing import Any

from differential.values import ANY, BY_NAME, BY_READING, DATES, DURATIONS, FINE_BY_NAME, FINE_BY_READING, TEXTS

from deployer.language.types import Types

_REQUIRED = ("NotNull", "NotEmpty", "NotBlank")
_NESTED = re.compile(r"(\w+)<(.*)>")
_LOG = {"id": "added", "type": "io.kestra.plugin.core.log.Log", "message": "hello"}
_DEEPEST = 3


def minimal_plugin(name: str, types: Types) -> dict[str, Any]:
    """Return a plugin of this type with what it must have."""
    return _bean(types.plugins[name], types, {"type": name}, 0)


def fitting(reading: str, prop: str, types: Types, rng: random.Random) -> Any:
    """Return a value that may well fit a property that is read like this."""
    if prop in BY_NAME and rng.random() < 0.8:
        return rng.choice(BY_NAME[prop])
    if nested := _NESTED.fullmatch(reading):
        one = fitting(_held(nested), "", types, rng)
        return {rng.choice(("a", "b c", "5")): one} if nested[1] == "map" else [one]
    if reading in BY_READING:
        return rng.choice(BY_READING[reading])
    return _fitting_named(*reading.partition(":")[::2], types, rng)


def _fitting_named(kind: str, name: str, types: Types, rng: random.Random) -> Any:
    """Return a value for what is read by a class, a word or a type."""
    if kind == "enum":
        word = rng.choice(types.enums[name])
        return rng.choice((word, word, word.lower(), word.title(), word[:-1], f" {word}", "NONE", 0, [word]))
    if kind == "poly":
        return _poly(name, rng.choice(sorted(types.polys[name]["of"])), types, 0)
    if kind == "plugin":
        return minimal_plugin(rng.choice(_of_kind(name, types) or sorted(types.plugins)), types)
    return _bean(name, types, {}, 0) if kind == "bean" else rng.choice(rng.choice((ANY, TEXTS, DURATIONS, DATES)))


def _held(nested: re.Match[str]) -> str:
    """Return how what is in a list or mapping is read."""
    return nested[2].partition(",")[2] if nested[1] == "map" else nested[2]


def _of_kind(base: str, types: Types) -> list[str]:
    return sorted(name for name, cls in types.plugins.items() if base in types.types.get(cls, {}).get("is", ()))


def _bean(cls: str, types: Types, own: dict[str, Any], depth: int) -> dict[str, Any]:
    """Return an object of this class with what it must have beside what it has of its own, its id first."""
    described = types.types[cls]
    found: dict[str, Any] = {}
    for prop, asked in described.get("must", {}).items():
        needed = prop not in described.get("given", ()) and any(name in asked for name in _REQUIRED)
        if needed and prop not in own and prop in described["props"]:
            found[prop] = _needed(described["props"][prop], prop, types, depth + 1)
    first = {"id": found.pop("id")} if "id" in found else {}
    return {**first, **own, **found}


def _poly(base: str, word: str, types: Types, depth: int) -> dict[str, Any]:
    poly = types.polys[base]
    return _bean(poly["of"][word].removeprefix("bean:"), types, {poly["by"]: word}, depth)


def _needed(reading: str, prop: str, types: Types, depth: int) -> Any:
    """Return a value that fits, always the same."""
    if prop in FINE_BY_NAME and not reading.startswith(("list<plugin", "map<")):
        return FINE_BY_NAME[prop]
    if nested := _NESTED.fullmatch(reading):
        one = _needed(_held(nested), "", types, depth)
        return {"a": one} if nested[1] == "map" else [one]
    kind, _, name = reading.partition(":")
    if depth > _DEEPEST or ":" not in reading:
        return FINE_BY_READING.get(reading, "x")
    if kind == "plugin":
        return dict(_LOG) if name.endswith(".Task") else minimal_plugin(_of_kind(name, types)[-1], types)
    if kind == "poly":
        return _poly(name, min(types.polys[name]["of"]), types, depth)
    return types.enums[name][0] if kind == "enum" else _bean(name, types, {}, depth)
