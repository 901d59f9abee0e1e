"""Reads the data of a flow as Kestra's engine does, class by class, and notes what the engine cannot read.

Kestra drops keys without a value before it reads a flow; only lists keep empty items. When it stores a flow, it reads
the source again for the properties that it searches by, and then such keys count.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deployer.language import merging
from deployer.language.parts import Part, Read
from deployer.language.readers import readers, wrong
from deployer.language.types import FLOW, STORED_FLOW, Types


def read(data: Mapping[str, Any], types: Types) -> Read:
    """Return what the engine of this version reads from the data of a flow.

    If everything could be read, plugin defaults are merged into the parts: their routes may then name places that are
    in no file.
    """
    given = merging.defaults(data, types)
    versions = merging.versions(given)
    result = _once(merging.merge(data, versions, types) if versions else data, types)
    _cast(data, types, result)
    if not result.misreads:
        result.misreads += _once(data, types, STORED_FLOW).misreads
    whole = merging.merge(data, given, types) if given else data
    if given and not result.misreads:
        again = _once(whole, types)
        result.flow, result.fails = again.flow, again.fails
        result.misreads += [each for each in again.misreads if each.kind != "unknown-property"]
        known = {name for _, name in result.unverified}
        result.unverified += [each for each in again.unverified if each[1] not in known]
    if types.since("1.3") and not types.since("2.0"):
        for route in merging.unresolved(whole):
            wrong(result, route, "the `ref` of plugin defaults for this type")
    return result


def _once(data: Mapping[str, Any], types: Types, cls: str = FLOW) -> Read:
    result = Read()
    parts: list[Part] = []
    readers(types, nulls=cls == STORED_FLOW).of(f"bean:{cls}")(data, (), parts, result)
    result.flow = parts[0] if parts else None
    return result


def _cast(data: Mapping[str, Any], types: Types, notes: Read) -> None:
    """Note values of the wrong type that Kestra takes from the data of a flow before it reads it."""
    namespace, revision = data.get("namespace"), data.get("revision")
    if namespace is not None and not isinstance(namespace, str) and not types.since("2.0"):
        wrong(notes, ("namespace",), "a quoted string")
    whole = isinstance(revision, int) and not isinstance(revision, bool) and abs(revision) < 1 << 31
    if revision is not None and not whole:
        wrong(notes, ("revision",), "an integer")
