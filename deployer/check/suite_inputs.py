"""Checks the inputs of smoke tests against those of their flows: unknown, missing and invalid ones.

What only a running Kestra knows, such as whether the condition of a `dependsOn` holds, is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from deployer.check.base import Finding, FlowFile, problem
from deployer.check.flow_inputs import are_all, inputs_of, is_nothing, is_required, meant
from deployer.check.rules.input_values import kind_of
from deployer.check.sent_values import wrong
from deployer.check.suite_scalars import reread
from deployer.language.parts import Part
from deployer.language.types import types_of
from deployer.model.document import Document
from deployer.model.flow import Flow
from deployer.model.problem import Problem, Route
from deployer.model.smoke import SUITE, Prepared, SmokeCase

_STRINGS = ("String", "Select", "Enum")
"""Kinds of inputs whose values are texts."""


def prepare(
    cases: Sequence[SmokeCase], suites: Sequence[Document], flows: Sequence[Flow], version: str
) -> tuple[list[Prepared], list[Problem]]:
    """Return the cases with the inputs of their flows, and a problem for each input that does not fit.

    `flows` are the flows without errors; a case of any other flow stays unchanged.
    """
    types = types_of(version)
    documents = {each.file: each for each in suites}
    wanted = {case.flow for case in cases}
    inputs = {
        flow.key: inputs_of(FlowFile(flow.document, types).read.flow, types) for flow in flows if flow.key in wanted
    }
    made: list[Prepared] = []
    problems: list[Problem] = []
    for case in cases:
        if case.flow not in inputs or case.disabled:
            made.append(Prepared(case))
            continue
        fits, findings = _prepare(case, inputs[case.flow], documents[case.file])
        made.append(fits)
        problems += (problem(SUITE, documents[case.file], finding) for finding in findings)
    return made, problems


def _prepare(case: SmokeCase, inputs: Mapping[str, Part], document: Document) -> tuple[Prepared, list[Finding]]:
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
            if kind_of(inputs[path]) in _STRINGS:
                found += reread(document, place, value)
        elif are_all(inputs):
            message = f"the flow {case.flow.path} has no input `{path}`"
            found.append(Finding(place, message, meant(path, inputs), at_key=True))
        given[path] = value
    for path, part in inputs.items():
        if is_required(part) and is_nothing(part, given.get(path)):
            message = f"the flow {case.flow.path} needs a value for its input `{path}`"
            hint = f"add `{path}: …` to the case's `fixtures: inputs`, or give the input a default"
            found.append(Finding(route, message, hint))
    secrets = frozenset(path for path, part in inputs.items() if kind_of(part) == "Secret")
    return Prepared(replace(case, inputs=given, secrets=secrets), files), found


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
    if not is_nothing(part, value) and (what := wrong(part, value)):
        shown = kind_of(part) != "Secret"
        yield Finding(place, f"the value of the input `{path}` is {what}", shown=shown)
