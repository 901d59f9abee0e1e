"""The tasks of a flow in the order of the engine: nested ones too, each after the task that contains it."""

from __future__ import annotations

from collections.abc import Iterator

from deployer.language.leaves import as_text
from deployer.language.parts import Part
from deployer.language.types import Types

TASK = "io.kestra.core.models.tasks.Task"
RUNNABLE = "io.kestra.core.models.tasks.RunnableTask"
_FLOWABLE = "io.kestra.core.models.tasks.FlowableTask"
_FOR_EACH_ITEM = "io.kestra.plugin.core.flow.ForEachItem"
_EXECUTABLE = "io.kestra.core.models.tasks.ExecutableTask"
_LISTS = ("tasks", "errors", "finally", "listeners", "afterExecution")
_LATE = ("listeners", "afterExecution")
_FLOW = "io.kestra.plugin.core.flow."
WORKING_DIRECTORY = f"{_FLOW}WorkingDirectory"
LOOP = f"{_FLOW}Loop"
"""The loop of Kestra 2, whose iterations are executions of their own."""
FOR_EACH = tuple(_FLOW + name for name in ("ForEach", "EachSequential", "EachParallel"))
"""The loops of Kestra 1, whose tasks run once for each value."""


def id_of(part: Part) -> str:
    """Return the id of a task, a trigger or an output as Kestra reads it."""
    return as_text(part.value.get("id", ""))


def tasks(flow: Part, types: Types) -> Iterator[Part]:
    """Yield every task of a flow that the engine sees, including those of listeners."""
    for part in children(flow, types):
        yield from _with_children(part, types)


def children(part: Part, types: Types) -> Iterator[Part]:
    """Yield what is directly inside a flow, or inside a part of it, and runs: tasks, and what holds tasks."""
    if not part.route:
        names = [*_LISTS]
    elif is_a(part, TASK, types) and not is_a(part, _FLOWABLE, types):
        names = []
    else:  # a ForEachItem always has three tasks of its own
        names = [name for name in part.parts if not (part.cls == _FOR_EACH_ITEM and name == "tasks")]
    for name in names:
        yield from part.parts.get(name, ())


def late_tasks(flow: Part, types: Types) -> Iterator[Part]:
    """Yield the tasks that run when the execution has ended already: those of `afterExecution`, and of listeners."""
    for name in _LATE:
        for part in flow.parts.get(name, ()):
            yield from _with_children(part, types)


def has_loops(flow: Part, types: Types) -> bool:
    """Whether the iterations of a task of the flow are executions of their own: those of `Loop`, in Kestra 2."""
    return any(part.cls == LOOP for part in tasks(flow, types))


def calls_flows(flow: Part, types: Types) -> bool:
    """Whether a task of the flow starts executions of other flows."""
    return any(part.cls == _FOR_EACH_ITEM or is_a(part, _EXECUTABLE, types) for part in tasks(flow, types))


def is_a(part: Part, name: str, types: Types) -> bool:
    """Whether a part has the class with this full name, or a subclass."""
    return part.cls == name or name in types.of(part.cls).get("is", ())


def _with_children(part: Part, types: Types) -> Iterator[Part]:
    if is_a(part, TASK, types):
        yield part
    for each in children(part, types):
        yield from _with_children(each, types)
