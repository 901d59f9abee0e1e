"""The constraints of Kestra's classes (Jakarta Validation), checked on the parts that were read.

This module has the standard ones: NotNull, Pattern, Min and the like. Kestra's own constraints have a check each, see
`deployer/check/__init__.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from deployer.language.java_pattern import matches
from deployer.language.leaves import as_number, as_seconds, as_text, seconds
from deployer.language.parts import Part
from deployer.language.types import Types
from deployer.model.java import BLANKS
from deployer.model.problem import Route


@dataclass(frozen=True, slots=True)
class Violation:
    """A value that violates a constraint: `name` is the constraint, `wanted` what it requires."""

    name: str
    route: Route
    wanted: str
    prop: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One of Kestra's own constraints, and the part it applies to; `value` is set if it applies to a value."""

    name: str
    part: Part
    route: Route
    value: Any = None


def check(part: Part, types: Types) -> Iterator[Violation | Asked]:
    """Yield the violations in a part and the parts below it, and Kestra's own constraints there."""
    described = types.of(part.cls)
    for name in described.get("must_self", {}):
        yield Asked(name, part, part.route)
    for rule in _rules(types, part.cls):
        value = part.value.get(rule.prop)
        if rule.fills:
            value = _filled(part.value, rule, value)
        if value is not None or rule.holds_for_nothing:
            yield from _property(part, rule, value, types)
    for prop, inner in described.get("each", {}).items():
        yield from _items(part, prop, inner, types)


@dataclass(frozen=True, slots=True)
class _Rule:
    """The constraints of a property of a class, by their names.

    `fills` are the properties that give it their value where it has none; those in `replaces` do so too where they are
    written after it.
    """

    prop: str
    reading: str
    asked: Mapping[str, Any]
    fills: tuple[str, ...]
    replaces: frozenset[str]
    holds_for_nothing: bool  # one of them may be broken, or has to be asked, where the property has no value


@cache
def _rules(types: Types, cls: str) -> tuple[_Rule, ...]:
    described = types.of(cls)
    fills = described.get("fills", {})
    return tuple(
        _Rule(
            prop,
            reading := described["props"].get(prop, ""),
            asked,
            tuple(name for name, filled in fills.items() if prop in filled),
            frozenset(described.get("replaces", ())),
            prop not in described.get("given", ()) and _holds_for_nothing(asked, reading),
        )
        for prop, asked in described.get("must", {}).items()
    )


def _filled(written: Mapping[str, Any], rule: _Rule, value: Any) -> Any:
    """Return the value of a property that gets one from others as well, `value` by its own name."""
    for name, each in written.items():
        fills = name in rule.fills and (value is None or name in rule.replaces)
        if each is not None and (fills or name == rule.prop):
            value = each
    return value


def _holds_for_nothing(asked: Mapping[str, Any], reading: str) -> bool:
    if reading in _PRIMITIVES:
        return False
    for name in asked.keys() - {"Valid"}:
        check_ = CONSTRAINTS.get(name)
        if check_ is None or any(check_(None, values, reading) for values in asked[name]):
            return True
    return False


def _property(part: Part, rule: _Rule, value: Any, types: Types) -> Iterator[Violation | Asked]:
    prop, reading = rule.prop, rule.reading
    route = (*part.route, prop)
    absent = value is None
    value = _as_read(value, reading)
    for name, each in rule.asked.items():
        if name == "Valid":
            if not _NESTED.match(reading):
                for below in part.parts.get(prop, ()):
                    yield from check(below, types)
            continue
        check_ = CONSTRAINTS.get(name)
        if check_ is None:
            yield Asked(name, part, route, value)
            continue
        for values in each:
            if (reading in _PRIMITIVES and value is None) or (wanted := check_(value, values, reading)) is None:
                continue
            yield Violation(name, part.route if absent else route, wanted, prop, part.cls)
            break


def _as_read(value: Any, reading: str) -> Any:
    """Return a value; None in place of a plugin that is no mapping: the engine drops it, and the default as well."""
    return None if reading.startswith("plugin:") and not isinstance(value, dict) else value


_PRIMITIVES = ("boolean", "int", "long", "float", "double")
_NESTED = re.compile(r"(list|map)<")
_LABEL = "io.kestra.core.models.Label"


def _items(part: Part, prop: str, inner: Mapping[str, Any], types: Types) -> Iterator[Violation | Asked]:
    value = part.value.get(prop)
    if not isinstance(value, list | dict):
        return
    below = part.parts.get(prop, [])
    parts: dict[Any, Part] = {each.route[-1]: each for each in below}
    reading = types.of(part.cls)["props"].get(prop, "")
    if reading.startswith("Property"):
        return  # what is in it is known when the flow runs
    plugins = "plugin:" in reading
    labels = bool(below) and below[0].cls == _LABEL
    for index, asked in inner.items():
        items = list(enumerate(value)) if isinstance(value, list) else list(value.items())
        if isinstance(value, dict) and index == "0" and not labels:
            items = [(key, key) for key in value]
        if "Valid" in asked:
            for each in below:
                yield from check(each, types)
        for name in asked.keys() - {"Valid", "each"}:
            for at, one in items:
                if plugins and not isinstance(one, dict):
                    one = None  # noqa: PLW2901  (the engine drops it)
                yield from _item(Asked(name, part, (*part.route, prop, at), parts.get(at, one)), asked[name], prop)


def _item(item: Asked, asked: Any, prop: str) -> Iterator[Violation | Asked]:
    check_ = CONSTRAINTS.get(item.name)
    if check_ is None:
        yield item
    elif wanted := next(filter(None, (check_(item.value, values, "") for values in asked)), None):
        yield Violation(item.name, item.route, wanted, prop, item.part.cls)


def _not_null(value: Any, _: Mapping[str, Any], reading: str) -> str | None:
    nothing = value is None or (
        reading in _EMPTY_IS_NULL and isinstance(value, str) and value.strip(BLANKS) in ("", "null")
    )
    return "a value" if nothing else None


_EMPTY_IS_NULL = (
    "Boolean",
    "Integer",
    "Long",
    "Float",
    "Double",
    "DurationDeserializer",
    "Instant",
    "LocalDate",
    "LocalTime",
)


def _not_blank(value: Any, _: Mapping[str, Any], reading: str) -> str | None:  # noqa: ARG001
    return None if value is not None and as_text(value).strip(BLANKS) else "a string that is not empty"


def _not_empty(value: Any, _: Mapping[str, Any], reading: str) -> str | None:  # noqa: ARG001
    if isinstance(value, dict):
        value = [one for one in value.values() if one is not None]
    return "at least one" if value is None or (isinstance(value, str | list) and not value) else None


def _pattern(value: Any, asked: Mapping[str, Any], reading: str) -> str | None:  # noqa: ARG001
    if value is None or matches(asked["regexp"], as_text(value)):
        return None
    return f"a string that matches {asked['regexp']}"


def _size(value: Any, asked: Mapping[str, Any], reading: str) -> str | None:
    if value is None:
        return None
    held = as_text(value) if reading == "String" else value
    size = len(held)
    if isinstance(held, str) and not held.isascii():  # Java counts in UTF-16
        size = len(held.encode("utf-16-le")) // 2
    return None if asked["min"] <= size <= asked["max"] else f"{asked['min']} to {asked['max']} characters"


def _at_least(least: Callable[[Mapping[str, Any]], float], words: str, *, above: bool = False) -> Any:
    def keep(value: Any, asked: Mapping[str, Any], reading: str) -> str | None:  # noqa: ARG001
        found = as_number(value)
        bound = least(asked)
        fine = found is None or (found > bound if above else found >= bound)
        return None if fine else words.format(bound)

    return keep


def _null(value: Any, _: Mapping[str, Any], reading: str) -> str | None:
    nothing = value is None or (reading in _EMPTY_IS_NULL and value == "")
    return None if nothing else "unset: it cannot be set in a flow"


def _duration(value: Any, reading: str) -> float | None:
    """Return a duration in seconds, None if there is none, or if it is only known when the flow runs."""
    return None if reading.startswith("Property") else as_seconds(value)


def _bound(asked: Mapping[str, Any]) -> float:
    """Return the duration in a constraint, in seconds."""
    written = asked.get("max") or asked.get("min")
    if isinstance(written, str):
        return seconds(written) or 0.0
    parts = {part: asked.get(part, 0) for part in ("days", "hours", "minutes", "seconds")}
    return timedelta(**parts, milliseconds=asked.get("millis", 0)).total_seconds()


def _duration_min(value: Any, asked: Mapping[str, Any], reading: str) -> str | None:
    found = _duration(value, reading)
    return None if found is None or found >= _bound(asked) else f"a duration of at least {_bound(asked):g} s"


def _duration_max(value: Any, asked: Mapping[str, Any], reading: str) -> str | None:
    found = _duration(value, reading)
    return None if found is None or found <= _bound(asked) else f"a duration of at most {_bound(asked):g} s"


CONSTRAINTS: dict[str, Any] = {
    "NotNull": _not_null,
    "NotBlank": _not_blank,
    "NotEmpty": _not_empty,
    "Pattern": _pattern,
    "Size": _size,
    "Min": _at_least(lambda asked: asked["value"], "at least {}"),
    "Positive": _at_least(lambda _: 0, "more than {}", above=True),
    "PositiveOrZero": _at_least(lambda _: 0, "at least {}"),
    "Null": _null,
    "DurationMin": _duration_min,
    "DurationMax": _duration_max,
}
"""By name of the constraint: from value, its parameters and how the property is read to what it requires, or None."""
