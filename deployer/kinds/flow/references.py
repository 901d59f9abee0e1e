"""What a flow's text says of how it runs: what it calls or waits for, and whether something starts it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from deployer.model.resource import FLOW, Key, Resource


def describe(resource: Resource, data: Any) -> Resource:
    """Return a flow with what its data says, which is None where its text cannot be read.

    One with triggers is written alone: of two flows written at once, those parts of Kestra that start flows can miss
    one until they are started again (docs/engine.md), and its triggers would be dead, or a deleted flow's alive.
    """
    triggers = data.get("triggers") if isinstance(data, Mapping) else None
    return replace(resource, needs=references(data), alone=bool(triggers))


def references(data: Any) -> frozenset[Key]:
    """Return the flows that a flow's data names, wherever there is a `namespace` beside a `flowId`.

    What an expression names is not known before it runs.
    """
    return frozenset(Key(FLOW, namespace, name) for namespace, name in _named(data))


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
