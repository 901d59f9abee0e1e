"""The tasks of a flow in the order of the engine: nested ones too, each after the task that contains it."""

from __future__ import annotations

from collections.abc import Iterator

from deployer.language.parts import Part
from deployer.language.types import Types

TASK = "io.kestra.core.models.tasks.Task"
RUNNABLE = "io.kestra.core.models.tasks.RunnableTask"
_FLOWABLE = "io.kestra.core.models.tasks.FlowableTask"
_FOR_EACH_ITEM = "io.kestra.plugin.core.flow.ForEachItem"
_LISTS = ("tasks", "errors", "finally", "listeners", "afterExecution")
_LATE = ("listeners", "afterExecution")
_LOOP = "io.kestra.plugin.core.flow.Loop"


def tasks(flow: Part, types: Types) -> Iterator[Part]:
    """Yield every task of a flow that the engine sees, including those of listeners."""
    for name in _LISTS:
        for part in flow.parts.get(name, ()):
            yield from _with_children(part, types)


def late_tasks(flow: Part, types: Types) -> Iterator[Part]:
    """Yield the tasks that run when the execution has ended already: those of `afterExecution`, and of listeners."""
    for name in _LATE:
        for part in flow.parts.get(name, ()):
            yield from _with_children(part, types)


def has_loops(flow: Part, types: Types) -> bool:
    """Whether the iterations of a task of the flow are executions of their own: those of `Loop`, in Kestra 2."""
    return any(part.cls == _LOOP for part in tasks(flow, types))


def is_a(part: Part, name: str, types: Types) -> bool:
    """Whether a part has the class with this full name, or a subclass."""
    return part.cls == name or name in types.of(part.cls).get("is", ())


def _with_children(part: Part, types: Types) -> Iterator[Part]:
    if is_a(part, TASK, types):
        yield part
        if not is_a(part, _FLOWABLE, types):
            return
    for name, below in part.parts.items():
        if part.cls == _FOR_EACH_ITEM and name == "tasks":
            continue  # it always has three tasks of its own
        for each in below:
            yield from _with_children(each, types)
