"""What a constraint of the server's `validate` means: the places in the flow that it names, and what to do.

The messages are those of the engines 1.0.36, 1.3.31 and 2.0.0. Kestra states the place in four ways, sometimes only by
name: so there can be several places, and if none is found, it is the flow as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from deployer.check.base import Finding
from deployer.language.words import did_you_mean
from deployer.model.document import Document
from deployer.model.plugin import artifact
from deployer.model.problem import Route

_PATH = re.compile(r"^(?:Validation error: |Invalid entity: )?([\w.\[\]-]+): ")
_STEP = re.compile(r"([\w-]+)|\[([^\]]*)\]")
_INDEX = re.compile(r"[0-9]{1,9}")
_TYPE = re.compile(r"Invalid type: (?P<type>\S+)")
_FIELD = re.compile(r'Unrecognized field "(?P<name>[^"]+)" \(class (?P<cls>[\w.$]+)\)(?P<rest>.*)', re.DOTALL)
_KNOWN = re.compile(r'"([^"]+)"')
_CHAIN = re.compile(r"\(through reference chain: (?P<chain>.*?)\)(?:$|\s)", re.DOTALL)
_LINK = re.compile(r'\["(?P<name>[^"]+)"\]|\[(?P<index>\d{1,9})\]')
_TWICE = re.compile(r"Duplicate \w+ id with name \[(?P<id>[^\]]+)\]")
_FLOW = "io.kestra.core.models.flows.Flow"


def findings(document: Document, constraint: str) -> Iterator[Finding]:
    """Yield the message of a constraint for each place that it names."""
    data = document.data
    if match := _TYPE.search(constraint):
        yield from _unknown_type(document, match["type"])
    elif match := _FIELD.search(constraint):
        yield from _unknown_property(document, match)
    elif match := _TWICE.search(constraint):
        routes = [route for route, part in _parts(data) if str(part.get("id")) == match["id"]]
        yield Finding((*routes[1], "id") if len(routes) > 1 else (), constraint)
    elif match := _CHAIN.search(constraint):
        yield Finding(_follow(match["chain"], data), constraint)
    else:
        yield Finding(place(constraint, data), constraint)


def _unknown_type(document: Document, name: str) -> Iterator[Finding]:
    """Yield the places of a type that the server does not have, and the plugin that provides it."""
    routes = [(*route, "type") for route, part in _parts(document.data) if part.get("type") == name] or [()]
    if found := artifact(name):
        message = f"this server has no plugin that provides `{name}`"
        hint = f"install {found}:VERSION there; with an embedded engine, use --plugins {found}:VERSION"
    else:
        message, hint = (
            f"this server has no type `{name}`",
            "check the spelling, and whether the plugin is installed there",
        )
    for route in routes:
        yield Finding(route, message, hint)


def _unknown_property(document: Document, match: re.Match[str]) -> Iterator[Finding]:
    """Yield the places of a property that its class does not have: by the type of its object, else by name."""
    name, owner = match["name"], match["cls"]
    named = [(route, part) for route, part in _parts(document.data) if name in part]
    of_class = [route for route, part in named if part.get("type") == owner or (owner.startswith(_FLOW) and not route)]
    known = _KNOWN.findall(match["rest"])
    hint = did_you_mean(name, known) or (f"use one of {', '.join(sorted(known))}" if known else "")
    what = "a flow" if owner.startswith(_FLOW) else f"`{owner}`"
    for route in of_class or [route for route, _ in named][:1]:
        yield Finding((*route, name), f"`{name}` is not a property of {what}", hint, at_key=True)
    if not named:
        yield Finding((), f"`{name}` is not a property of {what}", hint)


def _follow(chain: str, data: Any) -> Route:
    """Return the route of a Java reference chain: `Flow["tasks"]->ArrayList[0]->Log["level"]`."""
    route: Route = ()
    for link in _LINK.finditer(chain):
        step: str | int = link["name"] if link["name"] is not None else int(link["index"])
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            break
        route = (*route, step)
    return route


def place(constraint: str, data: Any) -> Route:
    """Return the route of the place that a constraint begins with, as far as it exists in the flow.

    Kestra writes `tasks[0].id: must …`, and names a task by its id: `say.message: …` (1.x), `tasks[say].message` (2.x).
    """
    match = _PATH.search(constraint)
    steps = _STEP.findall(match[1]) if match else []
    route: Route = ()
    if steps and isinstance(data, Mapping) and steps[0][0] and steps[0][0] not in data:
        routes = [each for each, part in _parts(data) if each and part.get("id") == steps[0][0]]
        if len(routes) == 1:
            route, steps = routes[0], steps[1:]
            for step in route:
                data = data[step]
    for name, index in steps:
        if name:
            if not isinstance(data, Mapping) or name not in data:
                break
            data, route = data[name], (*route, name)
            continue
        items = data if isinstance(data, list) else []
        at = int(index) if _INDEX.fullmatch(index) else _with_id(items, index)
        if not 0 <= at < len(items):
            break
        data, route = items[at], (*route, at)
    return route


def _with_id(items: list[Any], name: str) -> int:
    ids = [each.get("id") if isinstance(each, Mapping) else None for each in items]
    return ids.index(name) if name in ids else -1


def _parts(data: Any, route: Route = ()) -> Iterator[tuple[Route, Mapping[Any, Any]]]:
    """Yield every object of a flow with its route, in the order of the file."""
    if isinstance(data, Mapping):
        yield route, data
        for name, value in data.items():
            yield from _parts(value, (*route, name))
    elif isinstance(data, list):
        for at, value in enumerate(data):
            yield from _parts(value, (*route, at))
