"""Whether the tasks of a `WorkingDirectory` can run in one.

Why: its tasks run one after another on one worker. A task that contains other tasks, or that selects a worker itself,
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
    """Yield a finding for every task that cannot be in a `WorkingDirectory`."""
    listed = asked.part.value.get("tasks")
    parts = asked.part.parts.get("tasks", ())
    route = (*asked.part.route, "tasks")
    if not listed:
        yield Finding(route, "the `WorkingDirectory` has no tasks")
    elif isinstance(listed, list) and not all(isinstance(each, dict) for each in listed):
        yield Finding(route, "an item of the `WorkingDirectory` is not a task")
    worker = "workerSelector" if types.since("2.0") else "workerGroup"
    for part in parts:
        if not is_a(part, _RUNNABLE, types):
            yield Finding(part.route, "a task that contains other tasks cannot be in a `WorkingDirectory`")
        if worker in part.parts:
            yield Finding((*part.route, worker), f"`{worker}` belongs to the `WorkingDirectory`, not to its tasks")


CHECK = Check("working-directory", __doc__, on={"WorkingDirectoryTaskValidation": faults})
