"""Whether the tasks whose outputs an expression uses have run by then.

Why: an expression with outputs that are not there yet fails, and the task with it. Not checked are outputs that the
flow is prepared to lack, with `??`, `default` or `is defined` anywhere in it; loops, where an earlier round may have
run; and tasks that may or may not have run, such as those of an earlier `If`.

Bad:  `message: "{{ outputs.load.rows }}"` in a task above the task `load`
Good: `message: "{{ outputs.load.rows }}"` in a task below it
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import takewhile

from deployer.check.base import Check, Finding, FlowFile
from deployer.check.lacking import expected, unjudged
from deployer.check.rules.dag import reaches
from deployer.language.expression import Use
from deployer.language.leaves import as_text, truth
from deployer.language.parts import Part
from deployer.language.tasks import RUNNABLE, TASK, is_a
from deployer.language.types import FLOW, base_of_stranger
from deployer.model.problem import Route, Severity

_FLOW = "io.kestra.plugin.core.flow."
_BRANCHES = {f"{_FLOW}If": "condition", f"{_FLOW}Switch": "value"}
"""Tasks with branches, and the property that is evaluated before one of them runs."""

_LINES = frozenset(
    {FLOW, *(f"{_FLOW}{name}" for name in ("Sequential", "AllowFailure", "WorkingDirectory")), *_BRANCHES}
)
"""What runs its tasks one after another."""

_PARALLEL = f"{_FLOW}Parallel"
_KNOWN = frozenset({*_LINES, _PARALLEL, f"{_FLOW}Dag"})
_LOOPS = frozenset(f"{_FLOW}{name}" for name in ("ForEach", "EachSequential", "EachParallel", "LoopUntil", "Loop"))
_STAGES = {"tasks": 0, "then": 0, "else": 0, "cases": 0, "defaults": 0, "errors": 1, "finally": 2, "afterExecution": 3}
"""The lists of tasks of a flow or a task: those of the next stage run when those of the one before are done."""

_EARLIER = "use the outputs of a task that has run by then"


def check(flow: FlowFile) -> Iterator[Finding]:
    """Yield a warning for every output that cannot be there when it is used."""
    uses = [
        (template.route, use)
        for template in flow.templates
        if template.route[0] in _STAGES
        for use in template.reading.uses
        if use.path[0] == "outputs" and len(use.path) > 1 and not use.guarded
    ]
    if not uses:
        return
    tasks = _Tasks(flow)
    told: set[tuple[Route, str]] = set()
    prepared: set[tuple[str, ...]] | None = None
    for route, use in uses:
        if (route, use.path[1]) in told or not (why := tasks.why_not(route, use)):
            continue
        prepared = expected(flow) if prepared is None else prepared
        asked = {("outputs",), use.path[:2], ("tasks",), ("tasks", use.path[1])}
        if asked & prepared or unjudged(flow, route):
            continue
        told.add((route, use.path[1]))
        yield Finding(route, *why, Severity.WARNING)


class _Tasks:
    """Where the tasks of a flow are, by id; tasks of plugins that are not described do not show those inside them."""

    def __init__(self, flow: FlowFile) -> None:
        self._flow = flow
        self._parts: dict[Route, Part] = {part.route: part for part in flow.parts}
        self._routes: dict[str, Route] = {}
        twice: set[str] = set()
        for route, part in self._parts.items():
            if is_a(part, TASK, flow.types):
                name = as_text(part.value.get("id"))
                twice |= {name} & self._routes.keys()
                self._routes[name] = route
        for name in twice:
            del self._routes[name]

    def why_not(self, user: Route, use: Use) -> tuple[str, str] | None:
        """Return why outputs cannot be there at a place, and a hint; None if they may be there."""
        name = use.path[1]
        route = self._routes.get(name)
        if route is None or self._flow.value((*route, "id")) is None or "assets" in user:
            return None
        shared = tuple(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], zip(user, route, strict=False)))
        if any(part.cls in _LOOPS for part in self._around(shared)):
            return None
        if self._is_disabled(route):
            return f"the task `{name}` is disabled, so it has no outputs", "enable it, or use `??`"
        if len(shared) == len(route):
            return self._own(user, route, use)
        return self._apart(user, route, len(shared), name)

    def _own(self, user: Route, route: Route, use: Use) -> tuple[str, str] | None:
        """Judge a task that uses its own outputs, which 2.0 has, but empty; a task that it is in may have some."""
        task = self._task_at(user)
        own = task is not None and task.route == route and is_a(task, RUNNABLE, self._flow.types)
        if not own or base_of_stranger(self._parts[route].cls) or len(use.path) == len(("outputs", "task")):
            return None
        return f"the task `{use.path[1]}` has no outputs before it has run", _EARLIER

    def _apart(self, user: Route, route: Route, at: int, name: str) -> tuple[str, str] | None:
        """Judge two places that have their first `at` steps in common."""
        around = next(self._around(user[:at]))
        rest, here, there = user[len(around.route) : at], user[at], route[at]
        stage, other = (_STAGES.get(str((*rest, step)[0])) for step in (here, there))
        if other is None or around.cls not in _KNOWN:
            return None
        if stage is None:
            return (
                (f"the task `{name}` runs after this is evaluated", _EARLIER)
                if here == _BRANCHES.get(around.cls)
                else None
            )
        if rest in ((), ("cases",)):
            if stage != other:
                return (f"the task `{name}` runs after this one", _EARLIER) if stage < other else None
            return f"the task `{name}` is in another branch, which does not run when this one does", _EARLIER
        if around.cls in _LINES or stage:
            later = isinstance(here, int) and isinstance(there, int) and here < there
            return (f"the task `{name}` runs after this one", _EARLIER) if later else None
        return self._side_by_side(around, user, at, name)

    def _side_by_side(self, around: Part, user: Route, at: int, name: str) -> tuple[str, str] | None:
        """Judge a direct task of a `Parallel` or a `Dag` that uses the outputs of what is beside it."""
        route, task = self._routes[name], self._task_at(user)
        entry = user[: at + 1] if around.cls == _PARALLEL else (*user[: at + 1], "task")
        if task is None or task.route != entry:
            return None
        if around.cls == _PARALLEL:
            if around.value.get("concurrent") is not None and user[at] > route[at]:  # type: ignore[operator]
                return None
            return f"the task `{name}` runs at the same time as this one", "put both into a `Sequential`"
        needed = as_text(self._parts[(*route[: at + 1], "task")].value.get("id"))
        if reaches(as_text(task.value.get("id")), needed, self._needs(around)):
            return None
        return f"this task does not wait for the task `{needed}`", f"add `{needed}` to its `dependsOn`"

    def _needs(self, dag: Part) -> Mapping[str, list[str]]:
        """Return what each task of a `Dag` depends on."""
        needs: dict[str, list[str]] = {}
        for entry in dag.parts.get("tasks", ()):
            listed = entry.value.get("dependsOn")
            for task in entry.parts.get("task", ()):
                needs[as_text(task.value.get("id"))] = (
                    [as_text(one) for one in listed] if isinstance(listed, list) else []
                )
        return needs

    def _around(self, route: Route) -> Iterator[Part]:
        """Yield the parts around a place, the innermost first."""
        return (self._parts[route[:at]] for at in range(len(route), -1, -1) if route[:at] in self._parts)

    def _task_at(self, route: Route) -> Part | None:
        return next((part for part in self._around(route) if is_a(part, TASK, self._flow.types)), None)

    def _is_disabled(self, route: Route) -> bool:
        return any(truth(part.value.get("disabled")) is True for part in self._around(route) if part.route)


CHECK = Check("task-order", __doc__, level=Severity.WARNING, each=check)
