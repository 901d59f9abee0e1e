"""Whether the tasks of a `Dag` depend only on tasks that exist, and not in a circle.

Why: a task that waits for itself never starts; Kestra refuses the flow.

Bad:  `dependsOn: [extract]` if no task of the `Dag` has the id `extract`
Good: `dependsOn` with ids of tasks of the same `Dag`
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from deployer.check.base import Check, Finding
from deployer.language.constraints import Asked
from deployer.language.leaves import as_text
from deployer.language.types import Types


def faults(asked: Asked, types: Types) -> Iterator[Finding]:  # noqa: ARG001
    """Yield a finding for every `dependsOn` that names an unknown task, or makes a circle."""
    needs: dict[str, list[str]] = {}
    places = []
    listed = asked.part.value.get("tasks")
    for at, one in enumerate(listed if isinstance(listed, list) else ()):
        if one is None:
            yield Finding((*asked.part.route, "tasks", at), "an entry of the `Dag` is empty", "remove the `-`")
    for part in asked.part.parts.get("tasks", ()):
        task = next(iter(part.parts.get("task", ())), None)
        if task is None:
            yield Finding(part.route, "an entry of the `Dag` has no `task`")
            continue
        listed = part.value.get("dependsOn")
        wanted = [as_text(one) for one in listed] if isinstance(listed, list) else []
        name = as_text(task.value.get("id"))
        needs.setdefault(name, wanted)
        places.append((name, wanted, (*part.route, "dependsOn")))
    for name, wanted, route in places:
        for one in wanted:
            if one not in needs:
                yield Finding(route, f"`{name}` depends on `{one}`, which is not a task of this `Dag`")
        if reaches(name, name, needs):
            yield Finding(route, f"`{name}` depends on itself")


def reaches(start: str, wanted: str, needs: Mapping[str, list[str]]) -> bool:
    """Whether a task depends on another one, itself or through others."""
    seen: set[str] = set()
    todo = [start]
    while todo:
        for one in needs.get(todo.pop(), ()):
            if one == wanted:
                return True
            if one not in seen:
                seen.add(one)
                todo.append(one)
    return False


CHECK = Check("dag", __doc__, on={"DagTaskValidation": faults})
