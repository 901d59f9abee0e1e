"""Reads a flow's data as Kestra's engine would, class by class, and notes what the engine would not read.

A key without a value counts for nothing: before Kestra reads a flow it drops them. Only lists keep empty items. When it
stores a flow it reads the text once more, for what it looks flows up by, and then such keys count.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deployer.language import merging
from deployer.language.parts import Part, Read
from deployer.language.readers import readers, wrong
from deployer.language.types import FLOW, STORED_FLOW, Types


def read(data: Mapping[str, Any], types: Types) -> Read:
    """Return what the engine of this version would read of a flow's data.

    The parts are those with plugin defaults merged in, if all could be read without: their routes may name places that
    stand in no file.
    """
    given = merging.defaults(data, types)
    versions = merging.versions(given)
    result = _once(merging.merged(data, versions, types) if versions else data, types)
    _cast(data, types, result)
    if not result.misreads:
        result.misreads += _once(data, types, STORED_FLOW).misreads
    whole = merging.merged(data, given, types) if given else data
    if given and not result.misreads:
        again = _once(whole, types)
        result.flow = again.flow
        result.misreads += [each for each in again.misreads if each.kind != "unknown-property"]
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
    """Note what Kestra takes out of a flow's data before it reads it, as exactly one kind of value."""
    namespace, revision = data.get("namespace"), data.get("revision")
    if namespace is not None and not isinstance(namespace, str) and not types.since("2.0"):
        wrong(notes, ("namespace",), "a text in quotes")
    whole = isinstance(revision, int) and not isinstance(revision, bool) and abs(revision) < 1 << 31
    if revision is not None and not whole:
        wrong(notes, ("revision",), "a whole number")
