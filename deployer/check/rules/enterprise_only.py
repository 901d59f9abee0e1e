"""Whether the flow uses features of the Enterprise Edition.

Why: the open-source edition refuses `assets` of tasks (since 1.2), quotas and reusable inputs (since 2.0).

Bad:  a task with `assets:`
Good: the task without it
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding
from deployer.language.constraints import Asked
from deployer.language.parts import Part
from deployer.language.tasks import tasks
from deployer.language.types import Types

_HINT = "remove it: only the Enterprise Edition has it"
_INPUT = "io.kestra.core.models.flows.input.ReusableInputsInput"


def faults(asked: Asked, types: Types) -> Iterator[Finding]:
    """Yield a finding for everything that only the Enterprise Edition has."""
    flow = asked.part
    if types.since("1.2"):
        for task in _with_assets(flow, types):
            if "assets" in task.parts:
                yield Finding((*task.route, "assets"), "tasks have no assets in the open-source edition", _HINT)
    if types.since("2.0"):
        if flow.value.get("quotas"):
            yield Finding(("quotas",), "flows have no quotas in the open-source edition", _HINT)
        yield from _inputs(flow)


def _with_assets(flow: Part, types: Types) -> Iterator[Part]:
    """Yield the tasks that Kestra looks at: in 1.x nested ones too, in 2.0 only those of the flow itself."""
    if not types.since("2.0"):
        yield from tasks(flow, types)
        return
    for name in ("tasks", "errors", "finally", "afterExecution"):
        yield from flow.parts.get(name, ())


def _inputs(part: Part) -> Iterator[Finding]:
    for each in part.parts.get("inputs", ()):
        if each.cls == _INPUT:
            yield Finding(each.route, "the open-source edition has no reusable inputs", _HINT)
        yield from _inputs(each)


CHECK = Check("enterprise-only", __doc__, on={"FlowValidation": faults})
