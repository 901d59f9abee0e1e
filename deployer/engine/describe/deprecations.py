"""Which classes and properties of a flow are deprecated in Java, and what to use instead."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

import jpype

from deployer.engine.jvm.context import Kestra

_ACCESSOR = re.compile(r"(?:get|is|set)([A-Z])(\w*)")
_INSTEAD = re.compile(
    r"(?:\buse|\bprefer|in favor of|replaced by)\s+(.+?)(?:\s+instead)?(?:[.;,]+(?:\s|$)|\s*$)", re.IGNORECASE
)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def describe_deprecations(
    kestra: Kestra, types: Mapping[str, Mapping[str, Any]], classes: Mapping[str, Any]
) -> dict[str, dict[str, str]]:
    """Return class → what is deprecated (a property, or `type` for the class) → its replacement, if Java names one.

    `types` are the classes with their `props`, as in a description; `classes` are the same as Java classes, as those of
    a plugin cannot be found by name.
    """
    reader = _DeprecationReader(kestra)
    found = {name: reader.read(classes[name], described["props"]) for name, described in sorted(types.items())}
    return {name: dict(sorted(each.items())) for name, each in found.items() if each}


class _DeprecationReader:
    def __init__(self, kestra: Kestra) -> None:
        self._deprecated = kestra.java("java.lang.Deprecated").class_
        self._schema = kestra.java("io.swagger.v3.oas.annotations.media.Schema").class_

    def read(self, raw: Any, props: Mapping[str, Any]) -> dict[str, str]:
        """Return what is deprecated in a class; a getter or setter stands for its property, as a field does."""
        found: dict[str, str] = {}
        for prop, element in _elements(raw):
            if prop in props and element.isAnnotationPresent(self._deprecated):
                found[prop] = self._instead(element) or found.get(prop, "")
        if raw.isAnnotationPresent(self._deprecated):
            found["type"] = self._instead(raw)
        return found

    def _instead(self, element: Any) -> str:
        annotation = element.getAnnotation(self._schema)
        text = f"{annotation.title()}. {annotation.description()}" if annotation is not None else ""
        match = _INSTEAD.search(text)
        return _LINK.sub(r"\1", match[1]) if match else ""


def _elements(raw: Any) -> Iterator[tuple[str, Any]]:
    """Yield the name of a property with each of its fields, getters and setters, including inherited ones."""
    for method in raw.getMethods():
        if match := _ACCESSOR.fullmatch(str(method.getName())):
            yield match[1].lower() + match[2], method
    holder = raw
    while holder is not None:
        with contextlib.suppress(jpype.JException):  # a plugin's field may be of a class that does not exist
            yield from ((str(field.getName()), field) for field in holder.getDeclaredFields())
        holder = holder.getSuperclass()
