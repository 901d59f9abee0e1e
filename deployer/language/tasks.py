"""The tasks of a flow as the engine walks through them: nested ones too, each after the task it is in."""

from __future__ import annotations

from collections.abc import Iterator

from deployer.language.parts import Part
from deployer.language.types import Types

TASK = "io.kestra.core.models.tasks.Task"
_FLOWABLE = "io.kestra.core.models.tasks.FlowableTask"
_FOR_EACH_ITEM = "io.kestra.plugin.core.flow.ForEachItem"
_LISTS = ("tasks", "errors", "finally", "listeners", "afterExecution")


def tasks(flow: Part, types: Types) -> Iterator[Part]:
    """Yield every task of a flow that its engine takes for one of its own, those of listeners too."""
    for name in _LISTS:
        for part in flow.parts.get(name, ()):
            yield from _with_children(part, types)


def is_a(part: Part, name: str, types: Types) -> bool:
    """Whether a part is of the class of that full name, or of one below it."""
    return part.cls == name or name in types.of(part.cls).get("is", ())


def _with_children(part: Part, types: Types) -> Iterator[Part]:
    if is_a(part, TASK, types):
        yield part
        if not is_a(part, _FLOWABLE, types):
            return
    for name, below in part.parts.items():
        if part.cls == _FOR_EACH_ITEM and name == "tasks":
            continue  # it has three tasks of its own, whatever it is given
        for each in below:
            yield from _with_children(each, types)
