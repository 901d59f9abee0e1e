"""Every kind of thing that is deployed, in the order in which they are written. A kind is a file or a folder here."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from deployer.kinds.base import Kind, is_sound
from deployer.kinds.flow import FLOWS
from deployer.model.resource import Key

KINDS: dict[str, Kind] = {kind.name: kind for kind in (FLOWS,)}
"""By name, in the order in which they are written; they are deleted the other way round."""

__all__ = ["KINDS", "Kind", "by_kind", "is_known", "kind_of", "kind_of_file"]


def kind_of(key: Key) -> Kind:
    """Return the kind of a resource."""
    return KINDS[key.kind]


def kind_of_file(file: str) -> Kind:
    """Return the kind that a file declares a resource of: what no kind claims, the user named, and it is a flow."""
    return next((kind for kind in KINDS.values() if kind.claims(file)), FLOWS)


def by_kind(keys: Collection[Key]) -> Iterator[tuple[Kind, list[Key]]]:
    """Yield each kind that some of these keys are of, with those keys."""
    for name, kind in KINDS.items():
        if mine := [key for key in keys if key.kind == name]:
            yield kind, mine


def is_known(key: Key) -> bool:
    """Whether a key can be one of a server's: a name that Kestra takes, or one of a kind that is not known here."""
    return KINDS[key.kind].is_sound(key) if key.kind in KINDS else is_sound(key)
