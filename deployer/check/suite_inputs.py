"""Checks the inputs of smoke tests against those of their flows: unknown, missing and invalid ones.

What only a running Kestra knows, such as whether the condition of a `dependsOn` holds, is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from deployer.check.base import Finding, FlowFile, problem
from deployer.check.rules.input_paths import leaves
from deployer.check.rules.input_values import kind_of
from deployer.check.sent_values import sent, wrong
from deployer.language.leaves import as_text, truth
from deployer.language.parts import Part
from deployer.language.types import Types, types_of
from deployer.language.words import did_you_mean
from deployer.model.document import Document
from deployer.model.flow import Flow
from deployer.model.problem import Problem, Route
from deployer.model.smoke import SUITE, Prepared, SmokeCase

_MAY_BE_EMPTY = ("String", "Email")
_ELSEWHERE = "ReusableInputs"  # its inputs are in another place than the flow


def prepare(
    cases: Sequence[SmokeCase], suites: Sequence[Document], flows: Sequence[Flow], version: str
) -> tuple[list[Prepared], list[Problem]]:
    """Return the cases with the inputs of their flows, and a problem for each input that does not fit.

    `flows` are the flows without errors; a case of any other flow stays unchanged.
    """
    types = types_of(version)
    documents = {each.file: each for each in suites}
    wanted = {case.flow for case in cases}
    inputs = {flow.key: _inputs(flow.document, types) for flow in flows if flow.key in wanted}
    made: list[Prepared] = []
    problems: list[Problem] = []
    for case in cases:
        if case.flow not in inputs:
            made.append(Prepared(case))
            continue
        fits, findings = _prepare(case, inputs[case.flow])
        made.append(fits)
        problems += (problem(SUITE, documents[case.file], finding) for finding in findings)
    return made, problems


def _inputs(document: Document, types: Types) -> dict[str, Part]:
    """Return a flow's inputs by their full names; inputs of a form depend on what the form depends on."""
    flow = FlowFile(document, types).read.flow
    found: dict[str, Part] = {}
    forms = {f"{as_text(part.value.get('id'))}.": part for part in flow.parts.get("inputs", ())} if flow else {}
    for path, part in leaves(flow, types) if flow else ():
        form = next((form for start, form in forms.items() if path.startswith(start) and "inputs" in form.parts), None)
        if form and form.value.get("dependsOn") is not None:
            part = replace(part, value={"dependsOn": True, **part.value})  # noqa: PLW2901
        found.setdefault(path, part)
    return found


def _prepare(case: SmokeCase, inputs: Mapping[str, Part]) -> tuple[Prepared, list[Finding]]:
    route = (*case.route, "fixtures", "inputs")
    given: dict[str, Any] = {}
    files: dict[str, Route] = {}
    found: list[Finding] = []
    for path, value, place in _flatten(case.inputs, inputs, "", route):
        if path in given:
            found.append(Finding(place, f"the input `{path}` is set twice", at_key=True))
        elif path in inputs:
            if kind_of(inputs[path]) == "File" and value not in (None, ""):
                files[path] = place
            found += _unfit(path, inputs[path], value, place)
        elif not any(kind_of(each) == _ELSEWHERE for each in inputs.values()):
            message = f"the flow {case.flow.path} has no input `{path}`"
            found.append(Finding(place, message, did_you_mean(path, inputs) or _list_inputs(inputs), at_key=True))
        given[path] = value
    for path, part in inputs.items():
        if _is_required(part) and _is_nothing(part, given.get(path)):
            message = f"the flow {case.flow.path} needs a value for its input `{path}`"
            hint = f"add `{path}: …` to the case's `fixtures: inputs`, or give the input a default"
            found.append(Finding(route, message, hint))
    return Prepared(replace(case, inputs=given), files), found


def _flatten(
    values: Mapping[str, Any], inputs: Mapping[str, Part], prefix: str, route: Route
) -> Iterator[tuple[str, Any, Route]]:
    """Yield each value with the full name of its input: `address: {city: Bonn}` is a value of `address.city`."""
    for name, value in values.items():
        path, place = f"{prefix}{name}", (*route, name)
        if path not in inputs and isinstance(value, Mapping) and any(each.startswith(f"{path}.") for each in inputs):
            yield from _flatten(value, inputs, f"{path}.", place)
        else:
            yield path, value, place


def _unfit(path: str, part: Part, value: Any, place: Route) -> Iterator[Finding]:
    if not _is_nothing(part, value) and (what := wrong(part, value)):
        shown = kind_of(part) != "Secret"
        yield Finding(place, f"the value of the input `{path}` is {what}", shown=shown)


def _is_required(part: Part) -> bool:
    """Whether an execution needs a value for an input, as far as can be known."""
    value = part.value
    first = truth(value.get("autoSelectFirst"))
    return (
        truth(value.get("required")) is not False
        and value.get("defaults") is None
        and value.get("dependsOn") is None
        and not first
        and kind_of(part) != _ELSEWHERE
    )


def _is_nothing(part: Part, value: Any) -> bool:
    return value is None or (sent(value) == "" and kind_of(part) not in _MAY_BE_EMPTY)


def _list_inputs(inputs: Mapping[str, Part]) -> str:
    return f"its inputs are {', '.join(f'`{path}`' for path in inputs)}" if inputs else "it has no inputs"
