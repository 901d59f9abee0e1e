"""Whether the tasks of a `WorkingDirectory` can share one.

Why: its tasks run one after another on one worker. A task that holds others, or that asks for a worker of its own,
cannot; Kestra refuses it.

Bad:  a `Parallel` inside a `WorkingDirectory`
Good: a `WorkingDirectory` inside the `Parallel`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding
from deployer.language.constraints import Asked
from deployer.language.tasks import is_a
from deployer.language.types import Types

_RUNNABLE = "io.kestra.core.models.tasks.RunnableTask"


def faults(asked: Asked, types: Types) -> Iterator[Finding]:
    """Yield a fault at every task that cannot be in a `WorkingDirectory`."""
    listed = asked.part.value.get("tasks")
    parts = asked.part.parts.get("tasks", ())
    route = (*asked.part.route, "tasks")
    if not listed:
        yield Finding(route, "the `WorkingDirectory` has no tasks")
    elif isinstance(listed, list) and not all(isinstance(each, dict) for each in listed):
        yield Finding(route, "something in the `WorkingDirectory` is no task")
    worker = "workerSelector" if types.since("2.0") else "workerGroup"
    for part in parts:
        if not is_a(part, _RUNNABLE, types):
            yield Finding(part.route, "a task that holds other tasks cannot be in a `WorkingDirectory`")
        if worker in part.parts:
            yield Finding((*part.route, worker), f"`{worker}` belongs to the `WorkingDirectory`, not to its tasks")


CHECK = Check("working-directory", __doc__, on={"WorkingDirectoryTaskValidation": faults})
