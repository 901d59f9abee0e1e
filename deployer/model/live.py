"""What a server has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from deployer.model.resource import Key, Resource
from deployer.model.trigger import TriggerState


@dataclass(frozen=True, slots=True)
class Live:
    """What the server has of the resources it was asked about. `unreadable` says why it cannot read some of them.

    `degraded` is a sentence where it took more requests than usual to read them, empty where not.
    """

    resources: Mapping[Key, Resource] = field(default_factory=dict)
    unreadable: Mapping[Key, str] = field(default_factory=dict)
    degraded: str = ""

    def with_states(self, states: Mapping[Key, tuple[TriggerState, ...]]) -> Live:
        """Return this with the states of triggers."""
        known = {key: replace(each, states=states.get(key, each.states)) for key, each in self.resources.items()}
        return replace(self, resources=known)

    def join(self, other: Live) -> Live:
        """Return this and what was read besides."""
        return Live(
            {**self.resources, **other.resources},
            {**self.unreadable, **other.unreadable},
            "; ".join(filter(None, (self.degraded, other.degraded))),
        )
