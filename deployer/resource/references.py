"""What a flow calls or waits for: wherever its text names another flow by `namespace` and `flowId`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from deployer.model.resource import Key, Kind


def references(data: Any) -> frozenset[Key]:
    """Return the flows that a flow's data names; what an expression names is not known before it runs."""
    return frozenset(Key(Kind.FLOW, namespace, name) for namespace, name in _named(data))


def _named(data: Any) -> Iterator[tuple[str, str]]:
    todo = [data]
    while todo:
        here = todo.pop()
        if isinstance(here, list):
            todo += here
        elif isinstance(here, Mapping):
            todo += here.values()
            namespace, name = here.get("namespace"), here.get("flowId")
            if isinstance(namespace, str) and isinstance(name, str) and "{" not in namespace + name:
                yield namespace, name
