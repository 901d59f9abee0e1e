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
from deployer.check.references.lacking import expected, unjudged
from deployer.check.rules.dag import reaches
from deployer.language.expression import Use
from deployer.language.leaves import as_text
from deployer.language.parts import Part
from deployer.language.tasks import RUNNABLE, is_a
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
_DAG = f"{_FLOW}Dag"
_KNOWN = frozenset({*_LINES, _PARALLEL, _DAG})
_STAGES = {"tasks": 0, "then": 0, "else": 0, "cases": 0, "defaults": 0, "errors": 1, "finally": 2, "afterExecution": 3}
"""The lists of tasks of a flow or a task: those of the next stage run when those of the one before are done."""

Why = tuple[str, str] | None
"""What is wrong and what to do; None if nothing is."""

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
    told: set[tuple[Route, str]] = set()
    prepared: set[tuple[str, ...]] | None = None
    for route, use in uses:
        if (route, use.path[1]) in told or not (why := _why_not(flow, route, use)):
            continue
        prepared = expected(flow) if prepared is None else prepared
        asked = {("outputs",), use.path[:2], ("tasks",), ("tasks", use.path[1])}
        if asked & prepared or unjudged(flow, route):
            continue
        told.add((route, use.path[1]))
        yield Finding(route, *why)


def _why_not(flow: FlowFile, user: Route, use: Use) -> Why:
    """Return why outputs cannot be there at a place, and a hint; None if they may be there."""
    name, tasks = use.path[1], flow.tasks
    task = tasks.named(name)
    if task is None or flow.value((*task.route, "id")) is None or "assets" in user:
        return None
    route = task.route
    shared = tuple(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], zip(user, route, strict=False)))
    if tasks.may_repeat(shared):
        return None
    if tasks.is_disabled(route):
        return f"the task `{name}` is disabled, so it has no outputs", "enable it, or use `??`"
    if shared == route:
        return _own(flow, user, task, use)
    around = next(tasks.around(shared))
    return _apart(around, user, route, name) or _side_by_side(flow, around, user, route, name)


def _own(flow: FlowFile, user: Route, task: Part, use: Use) -> Why:
    """Judge a task that uses its own outputs, which 2.0 has, but empty; a task that it is in may have some."""
    own = flow.tasks.at(user) is task and is_a(task, RUNNABLE, flow.types) and not base_of_stranger(task.cls)
    if not own or len(use.path) == len(("outputs", "task")):
        return None
    return f"the task `{use.path[1]}` has no outputs before it has run", _EARLIER


def _apart(around: Part, user: Route, route: Route, name: str) -> Why:
    """Judge two places in a task that runs what is in it in a known order."""
    at = next(at for at, (one, other) in enumerate(zip(user, route, strict=False)) if one != other)
    rest, here, there = user[len(around.route) : at], user[at], route[at]
    stage, other = (_STAGES.get(str((*rest, step)[0])) for step in (here, there))
    later = f"the task `{name}` runs after this one", _EARLIER
    if other is None or around.cls not in _KNOWN:
        return None
    if stage is None:
        evaluated = here == _BRANCHES.get(around.cls)
        return (f"the task `{name}` runs after this is evaluated", _EARLIER) if evaluated else None
    if rest in ((), ("cases",)):
        if stage == other:
            return f"the task `{name}` is in another branch, which does not run when this one does", _EARLIER
        return later if stage < other else None
    in_order = around.cls in _LINES or stage > 0
    return later if in_order and isinstance(here, int) and isinstance(there, int) and here < there else None


def _side_by_side(flow: FlowFile, around: Part, user: Route, route: Route, name: str) -> Why:
    """Judge a direct task of a `Parallel` or a `Dag` that uses the outputs of what is beside it."""
    tasks, at = flow.tasks, len(around.route) + 1
    if around.cls not in (_PARALLEL, _DAG) or user[at - 1 : at] != ("tasks",) or route[at - 1 : at] != ("tasks",):
        return None
    mine, beside = tasks.at(user), tasks.at(route[: at + 1] if around.cls == _PARALLEL else (*route[: at + 1], "task"))
    if mine is None or beside is None or len(mine.route) != len(beside.route):
        return None
    if around.cls == _PARALLEL:
        if around.value.get("concurrent") is not None and beside.route < mine.route:
            return None
        return f"the task `{name}` runs at the same time as this one", "put both into a `Sequential`"
    needed = as_text(beside.value.get("id"))
    if reaches(as_text(mine.value.get("id")), needed, _needs(around)):
        return None
    return f"this task does not wait for the task `{needed}`", f"add `{needed}` to its `dependsOn`"


def _needs(dag: Part) -> Mapping[str, list[str]]:
    """Return what each task of a `Dag` depends on."""
    needs: dict[str, list[str]] = {}
    for entry in dag.parts.get("tasks", ()):
        listed = entry.value.get("dependsOn")
        for task in entry.parts.get("task", ()):
            wanted = [as_text(one) for one in listed] if isinstance(listed, list) else []
            needs[as_text(task.value.get("id"))] = wanted
    return needs


CHECK = Check("task-order", __doc__, level=Severity.WARNING, each=check)
