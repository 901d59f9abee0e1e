"""Whether calls of other flows pass the inputs that those have, all that they need, and constants of the right type.

Why: the called flow does not start without an input that it needs, or with a value of the wrong type, and Kestra
ignores an input that it does not have. Only calls of flows among the checked files are judged, and no expressions.

Bad:  a `Subflow` with `inputs: {days: many}` that calls a flow with `- {id: days, type: INT}`
Good: `inputs: {days: 3}`
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from deployer.check.base import Check, Finding, FlowFile, Folder
from deployer.check.flow_inputs import are_all, inputs_of, is_nothing, is_required, meant
from deployer.check.references.callees import CALLERS, called, callees
from deployer.check.references.lacking import unjudged
from deployer.check.rules.input_values import kind_of
from deployer.check.sent_values import wrong
from deployer.language.parts import Part
from deployer.model.document import Document
from deployer.model.problem import Route, Severity

_SIGN = "flowId"  # a flow that calls another one has this word in its text


def check(folder: Folder) -> Iterator[tuple[Document, Finding]]:
    """Yield a warning for every input that a call lacks, or passes in vain or wrongly."""
    calls = [
        (flow, part)
        for flow in folder.flows
        if _SIGN in flow.document.text
        for part in flow.parts
        if part.cls in CALLERS
    ]
    if not calls:
        return
    flows = callees(folder)
    inputs: dict[str, dict[str, Part]] = {}
    for flow, call in calls:
        path = called(call)
        callee = flows.get(path)
        if callee is None or unjudged(flow, (*call.route, "inputs")):
            continue
        if path not in inputs:
            inputs[path] = inputs_of(callee.read.flow, callee.types)
        for finding in _judge(flow, call, path, inputs[path]):
            yield flow.document, finding


def _judge(flow: FlowFile, call: Part, path: str, inputs: Mapping[str, Part]) -> Iterator[Finding]:
    route = (*call.route, "inputs")
    given = call.value.get("inputs")
    given = given if isinstance(given, Mapping) else {}
    for name, value in given.items():
        if name in inputs:
            yield from _unfit(name, inputs[name], value, (*route, name))
        elif are_all(inputs) and "{" not in name:
            inside = [f"{name}.{each}" for each in value] if isinstance(value, Mapping) else []
            nested = next((each for each in inside if each in inputs), "")
            hint = f"write `{nested}: …`" if nested else meant(name, inputs)
            yield Finding((*route, name), f"the flow {path} has no input `{name}`", hint, at_key=True)
    elsewhere = flow.has_default(call.route, "inputs") or flow.read.misreads or any("{" in name for name in given)
    place = route if flow.value(route) else (*call.route, "flowId")
    for name, part in inputs.items():
        if not elsewhere and is_required(part) and _lacks(part, given.get(name)):
            message = f"the flow {path} needs a value for its input `{name}`"
            hint = f"add `{name}: …` to `inputs`, or give the input a default"
            yield Finding(place, message, hint, at_key=True)


def _lacks(part: Part, value: Any) -> bool:
    """Whether a call passes no value; an empty secret is one (1.3.31 and 2.0.0)."""
    return is_nothing(part, value) and not (value == "" and kind_of(part) == "Secret")


def _unfit(name: str, part: Part, value: Any, route: Route) -> Iterator[Finding]:
    if not is_nothing(part, value) and (what := wrong(part, value)):
        shown = kind_of(part) != "Secret"
        yield Finding(route, f"the value of the input `{name}` is {what}", "", shown=shown)


CHECK = Check("subflow-inputs", __doc__, level=Severity.WARNING, together=check)
