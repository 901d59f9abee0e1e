"""Whether the tasks and the called flows whose outputs expressions use have them.

Why: an expression with an output that is not there fails, and the task with it. Known are the outputs of Kestra's own
tasks outside of loops, and those of flows that a `Subflow` calls, if they are among the checked files.

Bad:  `message: "{{ outputs.get.content }}"`, where `get` is a `Request`
Good: `message: "{{ outputs.get.body }}"`
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from deployer.check.base import Check, Finding, FlowFile, Folder
from deployer.check.references.callees import SUBFLOW, called, callees
from deployer.check.references.lacking import expected, unjudged
from deployer.language.expression import Use
from deployer.language.leaves import as_text
from deployer.language.outputs import OUTPUTS
from deployer.language.parts import Part
from deployer.language.words import short, suggest
from deployer.model.document import Document
from deployer.model.problem import Route, Severity

_PLACES = frozenset({"tasks", "errors", "finally", "afterExecution", "outputs"})
_OF_TASK, _OF_CALLEE = 3, 4  # steps of `outputs.get.body` and of `outputs.call.outputs.answer`

Uses = Sequence[tuple[Route, Use]]


def check(folder: Folder) -> Iterator[tuple[Document, Finding]]:
    """Yield a warning for every output that a task or a called flow does not have."""
    flows: Mapping[str, FlowFile] | None = None
    for flow in folder.flows:
        if not (uses := _uses(flow)):
            continue
        if any(len(use.path) >= _OF_CALLEE and use.path[2] == "outputs" for _, use in uses):
            flows = callees(folder) if flows is None else flows
        for finding in _judge(flow, uses, flows or {}):
            yield flow.document, finding


def _uses(flow: FlowFile) -> Uses:
    return [
        (template.route, use)
        for template in flow.templates
        if template.route[0] in _PLACES
        for use in template.reading.uses
        if use.path[0] == "outputs" and len(use.path) >= _OF_TASK and not use.guarded
    ]


def _judge(flow: FlowFile, uses: Uses, flows: Mapping[str, FlowFile]) -> Iterator[Finding]:
    told: set[tuple[Route, tuple[str, ...]]] = set()
    prepared: set[tuple[str, ...]] | None = None
    for route, use in uses:
        task = flow.tasks.named(use.path[1])
        found = _lacking(task, use, flows) if task is not None else None
        if task is None or found is None or (route, use.path) in told or flow.tasks.may_repeat(task.route):
            continue
        prepared = expected(flow) if prepared is None else prepared
        if prepared & {use.path[:at] for at in range(1, 4)} or unjudged(flow, route):
            continue
        told.add((route, use.path))
        message, name, known = found
        yield Finding(route, message, suggest(name, known))


def _lacking(task: Part, use: Use, flows: Mapping[str, FlowFile]) -> tuple[str, str, Collection[str]] | None:
    """Return what is lacking, its name, and the names that there are; None if nothing is known to be lacking."""
    known = OUTPUTS.get(task.cls)
    name = use.path[2]
    if known is not None and name not in known:
        outputs = "no outputs" if not known else f"no output `{name}`"
        return f"the task `{use.path[1]}`, a `{short(task.cls)}`, has {outputs}", name, known
    callee = flows.get(called(task)) if task.cls == SUBFLOW and len(use.path) >= _OF_CALLEE else None
    if callee is None or name != "outputs" or task.value.get("outputs") is not None:
        return None
    declared = callee.document.data.get("outputs") or []
    ids = [as_text(each.get("id")) for each in declared if isinstance(each, Mapping)]
    name = use.path[3]
    return None if name in ids else (f"the flow {called(task)} has no output `{name}`", name, ids)


CHECK = Check("unknown-output", __doc__, level=Severity.WARNING, together=check)
