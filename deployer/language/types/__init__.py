"""What each version of Kestra reads and requires in a flow, extracted from its engine by `deployer/engine/describe/`.

`1.3.json` is complete; the other files contain the differences from it (JSON Merge Patch, RFC 7396). All are generated
by `scripts/describe-engine`; do not edit them.
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
"""A flow as Kestra reads it again when it stores it: only the properties that it searches by."""


_ANY = "any:"
_LISTS = ("is", "ignored", "given")
_USUALLY = {"io.kestra.core.models.tasks.Task": ("io.kestra.core.models.tasks.RunnableTask",)}
"""What nearly all plugins of a kind are as well: only Kestra's own tasks contain other tasks."""


def stranger(base: str) -> str:
    """Return the class name for an unknown plugin of a kind."""
    return f"{_ANY}{base}"


def base_of_stranger(cls: str) -> str:
    """Return the kind of an unknown plugin; empty for any other class."""
    return cls.removeprefix(_ANY) if cls.startswith(_ANY) else ""


@dataclass(frozen=True, eq=False)
class Types:
    """The description of one version; `deployer/engine/describe/` explains its parts."""

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
        """Return the description of a class, or of an unknown plugin by the name that `stranger` returns."""
        base = cls.removeprefix(_ANY)
        return self.types[cls] if base == cls else self._stranger(base)

    @cache  # noqa: B019  (there are only as many as versions times kinds of plugins)
    def kind(self, base: str) -> Mapping[str, Any]:
        """Return what the descriptions of all plugins of a kind have in common, nothing if there are none."""
        kin = [each for each in self.types.values() if base in each.get("is", ())]
        if not kin:
            return {"props": {}}
        lists = {key: sorted(set.intersection(*(set(each.get(key, ())) for each in kin))) for key in _LISTS}
        props = dict(set.intersection(*(set(each["props"].items()) for each in kin)))
        must = {prop: _common([each.get("must", {}).get(prop) or {} for each in kin]) for prop in props}
        return {**lists, "props": props, "must": {prop: asked for prop, asked in must.items() if asked}}

    @cache  # noqa: B019
    def gone_of_kind(self, base: str) -> frozenset[str]:
        """Return the properties that all plugins of a kind had in an earlier version, and no longer have."""
        names = NAMES[: NAMES.index(self.version)]
        kept = {*self.kind(base)["props"], "type"}
        earlier = (types_of(name).kind(base)["props"] for name in names if name in DESCRIBED)
        return frozenset({prop for props in earlier for prop in props if prop not in kept})

    @cache  # noqa: B019
    def _stranger(self, base: str) -> Mapping[str, Any]:
        kind = self.kind(base)
        return {**kind, "is": [*kind.get("is", ()), *_USUALLY.get(base, ())], "open": True}


def _common(asked: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the constraints of a property that all types share."""
    first, *others = asked
    return {name: values for name, values in first.items() if all(each.get(name) == values for each in others)}


@cache
def types_of(version: str) -> Types:
    """Return the description of a version, by its name (`1.3`). Raises UsageError if there is none."""
    if version not in DESCRIBED:
        message = f"there is no description of Kestra {version}"
        raise UsageError(message, hint=f"create it: scripts/describe-engine {version}")
    described = _file(BASE)
    if version != BASE:
        described = apply_patch(described, _file(version))
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
"""The versions that have a description: all, except while one is being added."""


def former(name: str, types: Types) -> tuple[str, Types] | None:
    """Return the class that a type's name used to mean, and the latest earlier version in which it did."""
    earlier = map(types_of, reversed([name for name in NAMES[: NAMES.index(types.version)] if name in DESCRIBED]))
    return next(((each.plugins[name], each) for each in earlier if name in each.plugins), None)


def apply_patch(target: Any, patch: Any) -> Any:
    """Return `target` with a JSON Merge Patch applied."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = apply_patch(result.get(key), value)
    return result


def difference(source: Any, target: Any) -> Any:
    """Return the JSON Merge Patch that turns `source` into `target`; neither may contain nulls."""
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
