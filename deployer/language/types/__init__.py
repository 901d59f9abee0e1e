"""What each version of Kestra reads and asks of a flow's parts, as `deployer/engine/describe/` had its engine tell.

`1.3.json` is whole; the other files say what differs from it (JSON Merge Patch, RFC 7396). All are written by
`scripts/describe-engine` and by nobody else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from deployer.errors import UsageError
from deployer.model.version import NAMES, at_least

BASE = "1.3"
FLOW = "io.kestra.core.models.flows.FlowWithSource"
STORED_FLOW = "io.kestra.core.models.flows.GenericFlow"
"""A flow as Kestra reads it once more when it stores it: only what it looks flows up by."""


_ANY = "any:"
_LISTS = ("is", "ignored", "given")
_USUALLY = {"io.kestra.core.models.tasks.Task": ("io.kestra.core.models.tasks.RunnableTask",)}
"""What nearly all plugins of a kind are besides: tasks that hold other tasks are Kestra's own."""


def stranger(base: str) -> str:
    """Return the name of the class of a plugin of a kind that is not known."""
    return f"{_ANY}{base}"


@dataclass(frozen=True, eq=False)
class Types:
    """The description of one version; see `deployer/engine/describe/` for what its parts mean."""

    version: str
    plugins: Mapping[str, str]
    types: Mapping[str, Mapping[str, Any]]
    enums: Mapping[str, list[str]]
    polys: Mapping[str, Mapping[str, Any]]
    zones: frozenset[str]
    deprecated: Mapping[str, Mapping[str, str]]
    words: Mapping[str, list[str]]

    def since(self, version: str) -> bool:
        """Whether this is that version (`1.3`) or a later one."""
        return at_least(self.version, version)

    def of(self, cls: str) -> Mapping[str, Any]:
        """Return the description of a class, or of a plugin that nobody knows by the name that `stranger` gives it."""
        base = cls.removeprefix(_ANY)
        return self.types[cls] if base == cls else self._stranger(base)

    @cache  # noqa: B019  (there are as many as versions and kinds of plugins)
    def kind(self, base: str) -> Mapping[str, Any]:
        """Return what the descriptions of all plugins of a kind have in common: nothing where there is none."""
        kin = [each for each in self.types.values() if base in each.get("is", ())]
        if not kin:
            return {"props": {}}
        lists = {key: sorted(set.intersection(*(set(each.get(key, ())) for each in kin))) for key in _LISTS}
        props = dict(set.intersection(*(set(each["props"].items()) for each in kin)))
        must = {prop: _shared([each.get("must", {}).get(prop) or {} for each in kin]) for prop in props}
        return {**lists, "props": props, "must": {prop: asked for prop, asked in must.items() if asked}}

    @cache  # noqa: B019
    def _stranger(self, base: str) -> Mapping[str, Any]:
        kind = self.kind(base)
        return {**kind, "is": [*kind.get("is", ()), *_USUALLY.get(base, ())], "open": True}


def _shared(asked: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what is asked of a property in every one of the types."""
    first, *others = asked
    return {name: values for name, values in first.items() if all(each.get(name) == values for each in others)}


@cache
def types_of(version: str) -> Types:
    """Return the description of a version, by its name (`1.3`). Raises UsageError for one that nobody has described."""
    if version not in DESCRIBED:
        message = f"what flows Kestra {version} reads has not been described"
        raise UsageError(message, hint=f"scripts/describe-engine {version} does that")
    described = _file(BASE)
    if version != BASE:
        described = merged(described, _file(version))
    return Types(
        version,
        described["plugins"],
        described["types"],
        described["enums"],
        described["polys"],
        frozenset(described["zones"]),
        described["deprecated"],
        described["words"],
    )


DESCRIBED = tuple(name for name in NAMES if files(__name__).joinpath(f"{name}.json").is_file())
"""The versions that are described: all, but while one is being added."""


def former(name: str, types: Types) -> tuple[str, Types] | None:
    """Return the class that a type's name once meant, and the latest of the earlier versions in which it did."""
    earlier = map(types_of, reversed([name for name in NAMES[: NAMES.index(types.version)] if name in DESCRIBED]))
    return next(((each.plugins[name], each) for each in earlier if name in each.plugins), None)


def merged(target: Any, patch: Any) -> Any:
    """Return `target` with a JSON Merge Patch applied."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def difference(source: Any, target: Any) -> Any:
    """Return the JSON Merge Patch that makes `target` of `source`; neither may hold nulls."""
    if not (isinstance(source, dict) and isinstance(target, dict)):
        return target
    patch: dict[str, Any] = {key: None for key in source if key not in target}
    for key, value in target.items():
        if key not in source:
            patch[key] = value
        elif source[key] != value:
            patch[key] = difference(source[key], value)
    return patch


def _file(version: str) -> Any:
    return json.loads(files(__package__).joinpath(f"{version}.json").read_text(encoding="utf-8"))
