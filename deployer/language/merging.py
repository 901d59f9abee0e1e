"""Merges the plugin defaults of a flow into it, as Kestra 1.x does before it checks the values.

A required property may therefore come from the defaults, and a wrong value there breaks every task of its type. Kestra
reads a flow twice: as written, to find unknown names, and merged, to check the values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from deployer.language.leaves import as_text, truth
from deployer.language.types import Types

_FIELD, _OLD_FIELD, _REF = "pluginDefaults", "taskDefaults", "pluginDefaultsRef"


@dataclass(frozen=True, slots=True)
class Default:
    """One entry of a flow's defaults."""

    type: str
    values: Mapping[str, Any]
    forced: bool
    ref: str | None


def defaults(data: Mapping[str, Any], types: Types) -> list[Default]:
    """Return the defaults of a flow, without entries that lack a type or values, which is reported separately."""
    if types.since("2.0"):
        return []
    listed = data.get(_FIELD)
    if listed is None and types.since("1.3"):
        listed = data.get(_OLD_FIELD)
    found = [Default(*one) for one in map(_entry, listed if isinstance(listed, list) else ()) if one]
    aliases = [
        Default(cls, one.values, one.forced, one.ref)
        for one in found
        if (cls := types.plugins.get(one.type)) is not None and cls != one.type
    ]
    return found + aliases


def _entry(one: Any) -> tuple[str, Mapping[str, Any], bool, str | None] | None:
    if not isinstance(one, dict) or not isinstance(one.get("type"), str) or not isinstance(one.get("values"), dict):
        return None
    ref = one.get("ref")
    if isinstance(ref, list | dict):
        return None
    return one["type"], one["values"], truth(one.get("forced")) or False, None if ref is None else as_text(ref)


def versions(given: Sequence[Default]) -> list[Default]:
    """Return the defaults for versions of plugins: they are merged before names are checked."""
    return [
        replace(one, values={"version": one.values["version"]})
        for one in given
        if one.ref is None and one.values.get("version") is not None
    ]


def merge(data: Mapping[str, Any], given: Sequence[Default], types: Types) -> Mapping[str, Any]:
    """Return the data of a flow with its defaults merged in."""
    rest = {name: value for name, value in data.items() if name != _FIELD}
    usual = [one for one in given if not one.forced and one.ref is None]
    forced = [one for one in given if one.forced and one.ref is None]
    refs = _by_ref(given)
    again = types.since("1.3")
    if usual:
        rest = _apply(rest, usual, forced=False, again=again)
    if refs:
        rest = _apply_refs(rest, refs, [one.type for one in forced])
    if forced:
        rest = _apply(rest, forced if again else forced[::-1], forced=True, again=again)
    if refs:
        rest = _without_marks(rest, refs)
    return {**rest, _FIELD: data[_FIELD]} if data.get(_FIELD) is not None else rest


def unresolved(data: Any) -> Iterator[tuple[str | int, ...]]:
    """Yield the route of every reference that is left in a merged flow: no defaults have that name."""
    todo: list[tuple[tuple[str | int, ...], Any]] = [((), data)]
    while todo:
        route, value = todo.pop()
        if isinstance(value, list):
            todo += [((*route, at), one) for at, one in enumerate(value) if isinstance(one, list | Mapping)]
        else:
            ref = value.get(_REF)
            if isinstance(ref, str) or ("type" in value and isinstance(ref, int | float)):
                yield (*route, _REF)
            todo += [((*route, name), one) for name, one in value.items() if isinstance(one, list | Mapping)]


def _select(plugin: Mapping[str, Any], given: Sequence[Default]) -> list[Default]:
    name = plugin.get("type")
    return [one for one in given if name.startswith(one.type)] if isinstance(name, str) else []


def _apply(data: Any, given: Sequence[Default], *, forced: bool, again: bool) -> Any:
    """Return data with the defaults of each plugin applied. Since 1.3 they also apply to values from other defaults."""
    if isinstance(data, list):
        return [_apply(one, given, forced=forced, again=again) for one in data]
    if not isinstance(data, Mapping):
        return data
    result = {name: _apply(one, given, forced=forced, again=again) for name, one in data.items()}
    if _REF in result and not forced and again:
        return result
    matching = _select(result, given)
    for one in matching:
        result = _deep(result, one.values) if one.forced else _deep(one.values, result)
    rest = [one for one in given if one not in matching]
    if matching and rest and again:
        result = {name: _apply(one, rest, forced=forced, again=again) for name, one in result.items()}
    return result


def _by_ref(given: Sequence[Default]) -> dict[str, tuple[Default, list[str]]]:
    """Return for each reference the entry that applies, the last forced one or else the first, and all types."""
    named: dict[str, list[Default]] = {}
    for one in given:
        if one.ref is not None:
            named.setdefault(one.ref, []).append(one)
    return {
        ref: (next((one for one in reversed(same) if one.forced), same[0]), [one.type for one in same])
        for ref, same in named.items()
    }


def _is_of(plugin: Mapping[str, Any], names: Sequence[str]) -> bool:
    name = plugin.get("type")
    return isinstance(name, str) and any(map(name.startswith, names))


def _apply_refs(data: Any, refs: Mapping[str, tuple[Default, list[str]]], forced: Sequence[str]) -> Any:
    if isinstance(data, list):
        return [_apply_refs(one, refs, forced) for one in data]
    if not isinstance(data, Mapping):
        return data
    result = {name: _apply_refs(one, refs, forced) for name, one in data.items()}
    match = refs.get(result[_REF]) if isinstance(result.get(_REF), str) else None
    if match is None or not _is_of(result, match[1]) or _is_of(result, forced):
        return result
    return _deep(result, match[0].values) if match[0].forced else _deep(match[0].values, result)


def _without_marks(data: Any, refs: Mapping[str, tuple[Default, list[str]]]) -> Any:
    if isinstance(data, list):
        return [_without_marks(one, refs) for one in data]
    if not isinstance(data, Mapping):
        return data
    match = refs.get(data[_REF]) if isinstance(data.get(_REF), str) else None
    found = match is not None and _is_of(data, match[1])
    return {name: _without_marks(one, refs) for name, one in data.items() if not (found and name == _REF)}


def _deep(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return two mappings merged: lists are concatenated, of single values the second wins."""
    result = dict(under)
    for name, value in over.items():
        below = result.get(name)
        if value is None:
            result.setdefault(name, None)
        elif isinstance(below, Mapping) and isinstance(value, Mapping):
            result[name] = _deep(below, value)
        elif isinstance(below, list) and isinstance(value, list):
            result[name] = below + value
        else:
            result[name] = value
    return result
