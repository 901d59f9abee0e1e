"""Whether ids are unique: of tasks (nested ones too), triggers, inputs, outputs and preconditions.

Why: outputs, logs and restarts find a task by its id alone; Kestra refuses a flow that uses one twice.

Bad:  a task `load` in `tasks` and another `load` inside a `Parallel`
Good: `load` and `load_again`
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from deployer.check.base import Check, Finding
from deployer.language.constraints import Asked
from deployer.language.leaves import as_text
from deployer.language.parts import Part
from deployer.language.tasks import tasks
from deployer.language.types import Types

_FLOW_TRIGGER = "io.kestra.plugin.core.trigger.Flow"
_FOR_EACH_ITEM = "io.kestra.plugin.core.flow.ForEachItem"
_MADE = ("split", "items", "merge")


def faults(asked: Asked, types: Types) -> Iterator[Finding]:
    """Yield a finding for every id that was used before."""
    flow = asked.part
    yield from _twice("task", chain.from_iterable(map(_with_created, tasks(flow, types))))
    for kind in ("trigger", "input", "output"):
        yield from _twice(kind, flow.parts.get(f"{kind}s", ()))
    if types.since("1.1"):
        triggers = (part for part in flow.parts.get("triggers", ()) if part.cls == _FLOW_TRIGGER)
        yield from _twice(
            "preconditions", chain.from_iterable(part.parts.get("preconditions", ()) for part in triggers)
        )


def _with_created(task: Part) -> Iterator[Part]:
    """Yield a task and, for a `ForEachItem`, the three tasks that it creates, whose ids are taken too."""
    yield task
    if task.cls == _FOR_EACH_ITEM and task.value.get("id") is not None:
        for made in _MADE:
            yield Part(task.cls, task.route, {"id": f"{as_text(task.value['id'])}_{made}"})


def _twice(kind: str, parts: Iterable[Part]) -> Iterator[Finding]:
    seen: set[str] = set()
    for part in parts:
        prop = "name" if kind == "input" and part.value.get("id") is None else "id"
        value = part.value.get(prop)
        if value is None:
            continue
        text = as_text(value)
        if text in seen:
            yield Finding((*part.route, prop), f"the {kind} id `{text}` is used twice", "give each a different id")
        seen.add(text)


CHECK = Check("duplicate-id", __doc__, on={"FlowValidation": faults})
