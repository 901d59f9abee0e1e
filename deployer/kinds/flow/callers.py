"""Which flows of a tenant call, or wait for, given flows."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from deployer.kestra.client import KestraClient
from deployer.kinds.flow.references import references
from deployer.model.resource import FLOW, Key


def callers(client: KestraClient, keys: Collection[Key], meaning: Callable[[str], Any]) -> dict[Key, list[Key]]:
    """Return which flows of the whole tenant name these, by one export of their texts. Raises KestraError."""
    found: dict[Key, list[Key]] = {}
    names = {key.name for key in keys}
    for text in client.export_flows_by_query().values():
        if not any(name in text for name in names):
            continue
        data = meaning(text) or {}
        for key in references(data) & set(keys):
            here = Key(FLOW, str(data.get("namespace")), str(data.get("id")))
            if key != here:
                found.setdefault(key, []).append(here)
    return {key: sorted(each) for key, each in found.items()}
