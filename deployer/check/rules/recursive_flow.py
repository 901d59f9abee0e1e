"""Whether a flow calls itself.

Why: it would never end. Kestra refuses a flow with a `Subflow` task that calls the flow itself; since 2.0 it also
refuses a flow whose `Flow` trigger depends on the flow itself, unless a condition limits it.

Bad:  in `company.team/load`, a `Subflow` with `namespace: company.team` and `flowId: load`
Good: a `LoopUntil` task, or a `Subflow` that calls another flow
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding
from deployer.language.constraints import Asked
from deployer.language.leaves import as_text
from deployer.language.parts import Part
from deployer.language.tasks import tasks
from deployer.language.types import Types

_CALLERS = ("io.kestra.plugin.core.flow.Subflow", "io.kestra.plugin.core.flow.ForEachItem")
_TRIGGER = "io.kestra.plugin.core.trigger.Flow"


def faults(asked: Asked, types: Types) -> Iterator[Finding]:
    """Yield a finding for every task that calls its own flow, and every trigger that waits for it."""
    flow = asked.part
    own = _texts(flow, "namespace", "id")
    for task in tasks(flow, types):
        if task.cls in _CALLERS and _texts(task, "namespace", "flowId") == own:
            yield Finding((*task.route, "flowId"), "the flow calls itself", "call another flow, or use `LoopUntil`")
    if not types.since("2.0"):
        return
    for trigger in flow.parts.get("triggers", ()):
        if trigger.cls == _TRIGGER and _always(trigger):
            for awaited in trigger.parts.get("dependsOn", ()):
                if _texts(awaited, "namespace", "flowId") == own and _always(awaited):
                    yield Finding(
                        awaited.route, "the flow triggers itself in an endless loop", "add a condition in `when`"
                    )


def _always(part: Part) -> bool:
    when = part.value.get("when")
    disabled = as_text(part.value.get("disabled")).strip().lower() == "true"
    return not disabled and (when is None or as_text(when) == "true")


def _texts(part: Part, *names: str) -> tuple[str | None, ...]:
    return tuple(None if (value := part.value.get(name)) is None else as_text(value) for name in names)


CHECK = Check("recursive-flow", __doc__, on={"FlowValidation": faults})
