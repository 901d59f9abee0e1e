"""What names a plugin of the embedded engine: a Maven coordinate, or a path; and what is said of one that does not fit.

Pure; nothing is looked at or fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

FORMS = "a coordinate such as io.kestra.plugin:plugin-fs:0.17.0, a jar, or a folder of jars"
_COORDINATE = re.compile(
    r"(?P<group>\w[\w.-]*):(?P<artifact>\w[\w.-]*)(:jar(:(?P<classifier>\w[\w.-]*))?)?:(?P<version>\w[\w.+-]*)"
)
_MOVING = re.compile(r"latest|release|managed|.*-snapshot", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Coordinate:
    """A released jar, as Maven names it."""

    group: str
    artifact: str
    version: str
    classifier: str = ""

    @property
    def plugin(self) -> tuple[str, str]:
        """Which plugin it is, of whatever version."""
        return self.group, self.artifact


Plugin = Coordinate | Path


@dataclass(frozen=True, slots=True)
class Unfit:
    """A jar that an engine was to have and starts without: what it is called, why as a sentence, and what to do."""

    jar: str
    reason: str
    hint: str


def plugin(text: str, root: Path = Path()) -> Plugin:
    """Return what `text` names; relative paths count from `root`. ValueError, with a sentence, where it is neither.

    Coordinates are written as for `kestra plugins install`: `group:artifact[:jar[:classifier]]:version`.
    """
    if "/" in text or text.lower().endswith(".jar") or ":" not in text:
        if not text.strip():
            raise ValueError("an empty text names no plugin")
        return root / Path(text).expanduser()
    found = _COORDINATE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no Maven coordinate: it would be group:artifact:version")
    if _MOVING.fullmatch(found["version"]):
        raise ValueError(
            f"{text!r} is not one jar but whichever is the newest, and a rehearsal must be repeatable: name a version"
        )
    return Coordinate(found["group"], found["artifact"], found["version"], found["classifier"] or "")


def merged(configured: Iterable[Plugin], given: Iterable[Plugin]) -> tuple[Plugin, ...]:
    """Return what is configured and what is given beside it; of the same plugin, the given version counts."""
    given = tuple(given)
    replaced = {one.plugin for one in given if isinstance(one, Coordinate)}
    kept = (one for one in configured if not (isinstance(one, Coordinate) and one.plugin in replaced))
    return tuple(dict.fromkeys((*kept, *given)))


_KESTRAS = "io.kestra.plugin."
_FAMILIES = {"debezium": "debezium", "jdbc": "jdbc", "scripts": "script", "transform": "transform"}
"""Packages whose every part is a plugin of its own, and how its artifact begins."""
_CALLED = {
    "jdbc-arrowflight": "jdbc-arrow-flight",
    "jdbc-postgresql": "jdbc-postgres",
    "transform-jsonata": "transform-json",
}
_IN_THE_SERVER = ("core", "scripts.runner", "scripts.exec")


def plugins_of(type_names: Iterable[str]) -> dict[str, list[str]]:
    """Return the plugins that these types belong to, as `artifact` calls them, with their types; "" for the others."""
    found: dict[str, list[str]] = {}
    for name in sorted(set(type_names)):
        found.setdefault(artifact(name), []).append(name)
    return found


def artifact(type_name: str) -> str:
    """Return what the plugin with a type is called at Maven Central, `io.kestra.plugin:plugin-jdbc-mysql`.

    Empty where the type is not from one of Kestra's own plugins. These are called after their packages (the list
    `.plugins` of kestra-io/kestra has 100 of them); of one that is not, this is a guess.
    """
    package = type_name.removeprefix(_KESTRAS)
    parts = package.split(".")[:-1]
    if package == type_name or not parts or any(f"{package}.".startswith(f"{each}.") for each in _IN_THE_SERVER):
        return ""
    first, *more = parts
    name = f"{_FAMILIES[first]}-{more[0]}" if first in _FAMILIES and more else first
    return f"{_KESTRAS.rstrip('.')}:plugin-{_CALLED.get(name, name)}"
