"""The triggers of a flow, and which of them have a state on a server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deployer.language.types import Types

FLOW = "io.kestra.plugin.core.trigger.Flow"
SCHEDULE = "io.kestra.plugin.core.trigger.Schedule"
_TRIGGER = "io.kestra.core.models.triggers.AbstractTrigger"
_WITH_STATE = frozenset(
    f"io.kestra.core.models.triggers.{name}"
    for name in ("Schedulable", "PollingTriggerInterface", "RealtimeTriggerInterface")
)
"""The interfaces by which Kestra's scheduler knows a trigger that it keeps a state of."""
_LATER = ("conditions", "scheduleConditions", "when", "recoverMissedSchedules", "policyRefs")
"""Properties that can give a schedule other dates than its cron's."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger as a flow declares it.

    `cls` is its class, empty where no description has it. `stateful` is whether the scheduler keeps a state of it, None
    where that is not known. `dated` says that its dates are those of its cron and nothing else.
    """

    id: str
    type: str
    cls: str
    stateful: bool | None
    disabled: bool = False
    dated: bool = False
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)


def triggers(flow: Mapping[str, Any], types: Types) -> list[Trigger]:
    """Return the triggers of a flow's data, without those whose id or type is no text."""
    listed = flow.get("triggers")
    found = [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []
    sound = (each for each in found if isinstance(each.get("id"), str) and isinstance(each.get("type"), str))
    return [_trigger(each, flow, types) for each in sound]


def _trigger(data: Mapping[str, Any], flow: Mapping[str, Any], types: Types) -> Trigger:
    named = data["type"]
    cls = types.plugins.get(named, named if named in types.types else "")
    above = set(types.types.get(cls, {}).get("is", ()))
    stateful = bool(above & _WITH_STATE) if _TRIGGER in above else None
    dated = cls == SCHEDULE and not any(name in data for name in _LATER) and not flow.get("pluginDefaults")
    return Trigger(data["id"], named, cls, stateful, data.get("disabled") is True, dated, data)
