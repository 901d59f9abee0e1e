"""What each version of Kestra reads and asks of a flow's parts, as `deployer/engine/describe.py` had its engine tell.

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

from deployer.model.version import at_least

BASE = "1.3"
FLOW = "io.kestra.core.models.flows.FlowWithSource"
STORED_FLOW = "io.kestra.core.models.flows.GenericFlow"
"""A flow as Kestra reads it once more when it stores it: only what it looks flows up by."""


@dataclass(frozen=True, eq=False)
class Types:
    """The description of one version; see `deployer/engine/describe.py` for what its parts mean."""

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

    def common(self, base: str) -> Mapping[str, str]:
        """Return the properties, with their readings, that every plugin of a kind has."""
        kin = [set(each["props"].items()) for each in self.types.values() if base in each.get("is", ())]
        return dict(set.intersection(*kin)) if kin else {}


@cache
def types_of(version: str) -> Types:
    """Return the description of a version, by its name (`1.3`)."""
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
