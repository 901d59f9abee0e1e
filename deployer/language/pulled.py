"""Descriptions of plugins outside Kestra's core, in a file that `kestra-deployer schema pull` writes.

For each version of Kestra the file has what the description of the core lacks; `deployer/engine/describe/` explains
the sections. Where a description comes from is not known here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from deployer import regular
from deployer.errors import UsageError
from deployer.language.types import Types
from deployer.language.types.text import text

NAME = "kestra-plugins.json"
FORMAT = 1
AGAIN = "delete it, and create it again: kestra-deployer schema pull"
_SECTIONS = ("plugins", "types", "enums", "polys", "deprecated")
_REFERENCE = re.compile(r"\b(bean|enum|poly):([\w.$]+(?:<[^<>]*>)?)")


@dataclass(frozen=True, slots=True)
class Pulled:
    """Descriptions of plugins for one version of Kestra; `origin` says in words where they come from."""

    origin: str
    plugins: Mapping[str, str]
    types: Mapping[str, Mapping[str, Any]]
    enums: Mapping[str, list[str]]
    polys: Mapping[str, Mapping[str, Any]]
    deprecated: Mapping[str, Mapping[str, str]]


def beyond(types: Types, described: Mapping[str, Any], origin: str) -> Pulled:
    """Return what a description has in addition to Kestra's own of the same version."""
    sections = {
        name: {key: value for key, value in described[name].items() if key not in getattr(types, name)}
        for name in _SECTIONS
    }
    return Pulled(origin, **sections)


def widen(types: Types, pulled: Pulled) -> Types:
    """Return the types of Kestra together with those of the plugins."""
    return replace(
        types,
        plugins={**pulled.plugins, **types.plugins},
        types={**pulled.types, **types.types},
        enums={**pulled.enums, **types.enums},
        polys={**pulled.polys, **types.polys},
        deprecated={**pulled.deprecated, **types.deprecated},
    )


def both(before: Pulled, found: Pulled) -> Pulled:
    """Return two descriptions for the same version as one; what both describe is as the second says."""
    sections = {name: {**getattr(before, name), **getattr(found, name)} for name in _SECTIONS}
    return Pulled(f"{before.origin}, {found.origin}", **sections)


def read(file: Path) -> dict[str, Pulled]:
    """Return the descriptions in the file by version, none if it does not exist.

    Raises UsageError if it is not such a file.
    """
    try:
        data = json.loads(regular.content(file))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{file} cannot be read: {error}", hint=AGAIN) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT or not isinstance(data.get("kestra"), dict):
        raise UsageError(f"{file} is not a plugin description that this version understands", hint=AGAIN)
    return {version: _check(file, version, section) for version, section in data["kestra"].items()}


def _check(file: Path, version: str, section: Any) -> Pulled:
    try:
        pulled = Pulled(**section)
        sound = all(isinstance(getattr(pulled, name), dict) for name in _SECTIONS) and all(_sound(pulled))
    except TypeError:
        sound = False
    if not sound:
        raise UsageError(f"{file}: its section for Kestra {version} is incomplete", hint=AGAIN)
    return pulled


def _sound(pulled: Pulled) -> Iterator[bool]:
    yield isinstance(pulled.origin, str)
    yield all(isinstance(cls, str) and cls in pulled.types for cls in pulled.plugins.values())
    yield all(isinstance(words, list) for words in pulled.enums.values())
    yield all(isinstance(poly, dict) and isinstance(poly.get("of"), dict) for poly in pulled.polys.values())
    yield all(isinstance(each, dict) for each in pulled.deprecated.values())
    for each in pulled.types.values():
        yield isinstance(each, dict) and isinstance(each.get("props"), dict)
        yield all(isinstance(kind, str) for kind in each["props"].values())
        yield all(isinstance(each.get(part, {}), dict) for part in ("must", "must_self", "each"))


def missing(types: Types, pulled: Pulled) -> list[str]:
    """Return the names that the plugins' types refer to but nothing defines: they were described for another core."""
    have = {"bean": types.types, "enum": types.enums, "poly": types.polys}
    kinds = (kind for each in pulled.types.values() for kind in each["props"].values())
    return sorted({name for kind in kinds for sort, name in _references(kind) if name not in have[sort]})


def _references(kind: str) -> Iterable[tuple[str, str]]:
    return _REFERENCE.findall(kind) if ":" in kind else ()


def write(file: Path, found: Mapping[str, Pulled]) -> None:
    """Write the file: an entry of a section on each line, so that a diff shows what changed.

    Raises UsageError if it cannot be written.
    """
    versions = ",\n".join(f"{json.dumps(version)}:{text(asdict(found[version]))}" for version in sorted(found))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f'{{"format":{FORMAT},\n"kestra":{{\n{versions}\n}}}}\n', encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}", hint="choose another file with --out") from None
