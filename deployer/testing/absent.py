"""Which tasks and triggers of a flow need a plugin that the engine does not have, and the flow without them. Pure.

Kestra refuses a flow with a type that it does not know, mocked or not. So the task becomes one that the core has and
that only fails: a fixture takes its place anyway, and where there is none, the failure says what is missing. A trigger
goes altogether: a test says itself what has started an execution.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deployer.check.base import FlowFile
from deployer.language.leaves import as_text
from deployer.model.plugin import plugins_of
from deployer.model.problem import Route
from deployer.model.sent import Sent
from deployer.testing.stand_in import Change, change

FAIL = "io.kestra.plugin.core.execution.Fail"
_TRIGGERS = "triggers"


@dataclass(frozen=True, slots=True)
class Absent:
    """A task or a trigger with a type that the engine does not have; `route` is where it is in the flow."""

    id: str
    type: str
    route: Route

    @property
    def is_trigger(self) -> bool:
        """Whether it is a trigger: what is mocked is the execution's, and needs none."""
        return self.route[0] == _TRIGGERS

    @property
    def remedy(self) -> str:
        """What makes the task testable."""
        return f"mock it with `fixtures: tasks: [{{id: {self.id}}}]`, or add {self._plugin}"

    @property
    def remedy_of_called(self) -> str:
        """What makes it testable where another flow calls this one: no fixture reaches it there."""
        return f"mock the task that calls this flow, or add {self._plugin}"

    @property
    def _plugin(self) -> str:
        [plugin] = plugins_of([self.type])
        return f"--plugins {plugin}:VERSION" if plugin else "its jar with --plugins"


def find_absent(flow: FlowFile, there: Collection[str]) -> list[Absent]:
    """Return what of a flow has a type that is neither of the core nor `there`, each task once."""
    found: dict[Route, Absent] = {}
    for route, name in flow.read.unverified:
        if name not in there and (holder := _holder(flow, route[:-1])):
            found.setdefault(holder, Absent(as_text(flow.value(holder).get("id", "")), name, holder))
    return list(found.values())


def without(flow: FlowFile, absent: Sequence[Absent]) -> Sent:
    """Return a flow's text in which each of these tasks only fails, and none of these triggers is left.

    What every task can have stays: its conditions and retries are Kestra's, not the plugin's. All else is as written.
    """
    fail = flow.types.of(FAIL)
    common = fail["props"].keys() - set(fail.get("own", ()))
    tasks = {each.route: each for each in absent if not each.is_trigger}
    whole = [each for route, each in tasks.items() if not any(route[:depth] in tasks for depth in range(len(route)))]
    stands = {each.route: _stand_in(flow.value(each.route), each, common) for each in whole}
    return change(flow.document, Change(stands, {each.route for each in absent if each.is_trigger}))


def _stand_in(task: Mapping[str, Any], absent: Absent, common: Collection[str]) -> dict[str, Any]:
    """Return the task that stands for an absent one."""
    kept = {name: value for name, value in task.items() if name in common}
    message = f"`{absent.id}` is a {absent.type}, which this engine does not have: {absent.remedy}"
    return {**kept, "type": FAIL, "errorMessage": f"{{% raw %}}{message}{{% endraw %}}"}


def _holder(flow: FlowFile, route: Route) -> Route:
    """Return where the task or the trigger is that a type belongs to: a trigger whole, with all its conditions."""
    if route[:1] == (_TRIGGERS,):
        return route[:2]
    while route:
        at = flow.value(route)
        if isinstance(at, Mapping) and "id" in at and "type" in at:
            return route
        route = route[:-1]
    return ()
