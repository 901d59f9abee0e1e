"""What a flow's text says of how it runs: what it calls or waits for, and whether something starts it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from deployer.language.texts import mappings
from deployer.model.resource import FLOW, Key, Resource

_SCHEDULES = ("io.kestra.plugin.core.trigger.Schedule", "io.kestra.core.models.triggers.types.Schedule")


def describe(resource: Resource, data: Any) -> Resource:
    """Return a flow with what its data says, which is None where its text cannot be read.

    One with triggers is written alone: of two flows written at once, those parts of Kestra that start flows can miss
    one until they are started again (docs/engine.md), and its triggers would be dead, or a deleted flow's alive. A new
    flow with nothing but schedules shows whether it was noticed: each has a state then.
    """
    triggers = data.get("triggers") if isinstance(data, Mapping) else None
    listed = triggers if isinstance(triggers, list) else []
    shows = bool(listed) and "disabled" not in data and all(map(_has_state, listed))
    return replace(resource, needs=references(data), alone=bool(triggers), shows=shows)


def _has_state(trigger: Any) -> bool:
    return isinstance(trigger, Mapping) and trigger.get("type") in _SCHEDULES and "disabled" not in trigger


def references(data: Any) -> frozenset[Key]:
    """Return the flows that a flow's data names, wherever there is a `namespace` beside a `flowId`.

    What an expression names is not known before it runs.
    """
    return frozenset(Key(FLOW, namespace, name) for namespace, name in _named(data))


def _named(data: Any) -> Iterator[tuple[str, str]]:
    for each in mappings(data):
        namespace, name = each.get("namespace"), each.get("flowId")
        if isinstance(namespace, str) and isinstance(name, str) and "{" not in namespace + name:
            yield namespace, name
