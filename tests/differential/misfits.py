"""The mistakes that people make in what a flow says, whatever its lines look like: they change its data."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

import yaml
from differential.fitting import fitting, minimal_plugin
from differential.values import ANY

from deployer.language.parts import Part
from deployer.language.reading import read
from deployer.language.types import FLOW, Types
from deployer.parsing.parse import parse

Place = tuple[Any, Any]
"""A mapping or list, and a key or index in it."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def misfitted(text: str, kind: str, types: Types, rng: random.Random) -> str | None:
    """Return a flow that says something else in one place, None where there is no place for it or no flow."""
    document, _ = parse("", text)
    if document is None:
        return None
    data: Any = copy.deepcopy(document.data)
    if MISFITS[kind](data, types, rng) is False:
        return None
    try:
        return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)
    except (yaml.YAMLError, RecursionError):
        return None


def _places(value: Any) -> Iterator[Place]:
    """Yield every place below a value."""
    pairs = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    for key, below in pairs:
        yield value, key
        yield from _places(below)


def _some(data: Any, rng: random.Random, kind: type | tuple[type, ...] = object) -> Place | None:
    found = [(holder, key) for holder, key in _places(data) if isinstance(holder[key], kind)]
    return rng.choice(found) if found else None


def _parts(data: Any, types: Types) -> list[Part]:
    found = read(data, types).flow
    todo, parts = [found] if found else [], []
    while todo:
        part = todo.pop()
        parts.append(part)
        todo.extend(below for each in part.parts.values() for below in each)
    return parts


def property_(data: Any, types: Types, rng: random.Random) -> bool:
    """A property that is known there, with a value that may fit."""
    parts = _parts(data, types)
    if not parts:
        return False
    part: Any = rng.choice(parts)
    props = types.of(part.cls)["props"]
    if not props:
        return False
    prop = rng.choice(sorted(props))
    part.value[prop] = copy.deepcopy(fitting(props[prop], prop, types, rng))
    return True


def wrong_type(data: Any, types: Types, rng: random.Random) -> bool:
    return _replaced(data, rng, lambda _: copy.deepcopy(rng.choice(ANY)))


def null(data: Any, types: Types, rng: random.Random) -> bool:
    return _replaced(data, rng, lambda _: None)


def empty(data: Any, types: Types, rng: random.Random) -> bool:
    return _replaced(data, rng, lambda old: type(old)(), (list, dict, str))


def in_a_list(data: Any, types: Types, rng: random.Random) -> bool:
    return _replaced(data, rng, lambda old: [old])


def out_of_its_list(data: Any, types: Types, rng: random.Random) -> bool:
    return _replaced(data, rng, lambda old: old[0] if old else None, list)


def list_as_mapping(data: Any, types: Types, rng: random.Random) -> bool:
    return _replaced(data, rng, lambda old: {f"k{number}": one for number, one in enumerate(old)}, list)


def other_scalar(data: Any, types: Types, rng: random.Random) -> bool:
    """A number for a text, a text for a number."""
    return _replaced(
        data, rng, lambda old: rng.choice((5, True, 1.5)) if isinstance(old, str) else str(old), (str, int, float)
    )


def _replaced(data: Any, rng: random.Random, how: Callable[[Any], Any], kind: type | tuple[type, ...] = object) -> bool:
    place = _some(data, rng, kind)
    if place:
        holder, key = place
        holder[key] = how(holder[key])
    return bool(place)


def missing(data: Any, types: Types, rng: random.Random) -> bool:
    place = _some(data, rng)
    if place:
        del place[0][place[1]]
    return bool(place)


def null_item(data: Any, types: Types, rng: random.Random) -> bool:
    place = _some(data, rng, list)
    if place:
        items = place[0][place[1]]
        items.insert(rng.randrange(len(items) + 1), rng.choice((None, "", {}, [], "x", 5)))
    return bool(place)


def other_plugin(data: Any, types: Types, rng: random.Random) -> bool:
    """Another type of plugin, of any kind, with or without what the old one had."""
    place = _some(data, rng, dict)
    old = place[0][place[1]] if place else {}
    if not place or not isinstance(old.get("type"), str) or old["type"] not in types.plugins:
        return False
    plugin = minimal_plugin(rng.choice(_known(types)), types)
    place[0][place[1]] = {**old, "type": plugin["type"]} if rng.random() < 0.3 else {**plugin, "id": old.get("id", "x")}
    return True


def plugin_among_others(data: Any, types: Types, rng: random.Random) -> bool:
    """A plugin of any kind in a list of any kind."""
    place = _some(data, rng, list)
    if place:
        items = place[0][place[1]]
        items.insert(rng.randrange(len(items) + 1), minimal_plugin(rng.choice(_known(types)), types))
    return bool(place)


def _known(types: Types) -> list[str]:
    return sorted(name for name, cls in types.plugins.items() if cls in types.types)


def same_again(data: Any, types: Types, rng: random.Random) -> bool:
    """An item twice, with its id or with another."""
    place = _some(data, rng, list)
    if not place or not place[0][place[1]]:
        return False
    again = copy.deepcopy(rng.choice(place[0][place[1]]))
    if isinstance(again, dict) and rng.random() < 0.3:
        again["id"] = "again"
    place[0][place[1]].append(again)
    return True


def same_id(data: Any, types: Types, rng: random.Random) -> bool:
    ids = [(holder, key) for holder, key in _places(data) if key == "id" and isinstance(holder, dict)]
    if not ids:
        return False
    (one, _), (other, _) = rng.choice(ids), rng.choice(ids)
    one["id"] = other["id"]
    return True


def copied(data: Any, types: Types, rng: random.Random) -> bool:
    """What belongs in one place, in another."""
    source, target = _some(data, rng), _some(data, rng)
    if not source or not target:
        return False
    held = copy.deepcopy(source[0][source[1]])
    holder = target[0][target[1]] if isinstance(target[0][target[1]], dict) else data
    if rng.random() < 0.5 and isinstance(source[1], str):
        holder[source[1]] = held
    else:
        target[0][target[1]] = held
    return True


def flow_property(data: Any, types: Types, rng: random.Random) -> bool:
    """Something at the top that a flow can have."""
    props = types.types[FLOW]["props"]
    prop = rng.choice(sorted(props))
    data[prop] = copy.deepcopy(fitting(props[prop], prop, types, rng))
    return True


def plugin_default(data: Any, types: Types, rng: random.Random) -> bool:
    name = rng.choice(_known(types))
    props = types.types[types.plugins[name]]["props"]
    prop = rng.choice(sorted(props))
    parts = [part.value.get("type") for part in _parts(data, types) if isinstance(part.value.get("type"), str)]
    entry: dict[str, Any] = {
        "type": rng.choice((name, *parts, *parts)),
        "values": {prop: copy.deepcopy(fitting(props[prop], prop, types, rng))},
    }
    if rng.random() < 0.3:
        entry["forced"] = True
    key = rng.choice(("pluginDefaults", "pluginDefaults", "taskDefaults"))
    data[key] = [*data[key], entry] if isinstance(data.get(key), list) else [entry]
    return True


MISFITS: dict[str, Callable[[Any, Types, random.Random], bool]] = {
    "a property": property_, "a property of the flow": flow_property, "a plugin default": plugin_default,
    "wrong type": wrong_type, "null": null, "empty": empty, "in a list": in_a_list, "out of its list": out_of_its_list,
    "a list as mapping": list_as_mapping, "other scalar": other_scalar, "missing": missing, "a null item": null_item,
    "other plugin": other_plugin, "a plugin among others": plugin_among_others, "same again": same_again,
    "same id": same_id, "copied": copied,
}  # fmt: skip
"""By name: each changes the data and returns whether it could."""
