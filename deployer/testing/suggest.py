"""A first test of a flow, made of what the flow declares: no execution is needed, and no server. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from deployer.check.base import FlowFile
from deployer.check.flow_inputs import inputs_of, is_required
from deployer.language.leaves import as_text, truth
from deployer.language.parts import Part
from deployer.language.tasks import FOR_EACH, id_of
from deployer.model.resource import Key
from deployer.testing.draft import Draft, Making, assert_there, case
from deployer.testing.needs import Need
from deployer.testing.plausible import likely, plausible, used_below

_GIVEN = re.compile(r"""\b(secret|kv)\s*\(\s*(?:key\s*=\s*)?(['"])([^'"]+)\2""")
_WHOLE = re.compile(r"\{\{\s*(inputs|outputs)\.([\w-]+)(?:\.([\w-]+))?\s*\}\}")


def suggest(
    flow: FlowFile, key: Key, needs: Mapping[str, Need], given: AbstractSet[tuple[str, str]] = frozenset()
) -> Draft:
    """Return a test that a flow is likely to pass, with placeholders to be filled in.

    `given` are the secrets and key-value pairs that tests have already, such as `("secret", "TOKEN")`.
    """
    making = Making()
    inputs = {
        name: plausible(name, part, making)
        for name, part in inputs_of(flow.read.flow, flow.types).items()
        if is_required(part)
    }
    outputs = {name: _outputs(name, need, flow, making) for name, need in needs.items()}
    known = _Known(inputs, outputs)
    fixtures = [fixture for need in needs.values() for fixture in _fixtures(need, flow, known, making)]
    for what, name in sorted(_asked_for(flow, needs) - given):
        where = f"test: kv: {key.namespace}: {name}" if what == "kv" else f"test: secrets: {name}"
        making.note(f"the flow asks for {what}('{name}'): give it in kestra-deployer.yaml, under `{where}`")
    made = case(
        "works",
        making,
        description="Suggested from what the flow declares: put values in that mean something",
        inputs=inputs,
        tasks=fixtures,
        trigger=_trigger(flow, making),
        expectedState="SUCCESS",
        assertions=[assert_there(name) for name in _expected(flow)],
    )
    return Draft(flow=key, case=made, notes=tuple(making.notes))


def _asked_for(flow: FlowFile, needs: Mapping[str, Need]) -> set[tuple[str, str]]:
    """Return the secrets and key-value pairs that the tasks ask for which are not mocked."""
    mocked = {*needs, *(name for need in needs.values() for name in need.inside)}
    texts = (
        text
        for route, text in flow.texts
        if route[0] != "triggers" and not ((task := flow.tasks.at(route)) and id_of(task) in mocked)
    )
    return {(match[1], match[3]) for text in texts for match in _GIVEN.finditer(text)}


def _outputs(name: str, need: Need, flow: FlowFile, making: Making) -> dict[str, Any]:
    """Return what later expressions use of a task's outputs."""
    if need.inside:
        making.note(f"`{name}` is mocked with all tasks in it, whose outputs it does not have: it {need.why}")
    return likely(used_below(flow, "outputs", name), ("outputs", name), flow, making)


@dataclass(frozen=True, slots=True)
class _Known:
    """The values that are in the test: of inputs, and of the outputs of mocked tasks."""

    inputs: Mapping[str, Any]
    outputs: Mapping[str, Mapping[str, Any]]


def _fixtures(need: Need, flow: FlowFile, known: _Known, making: Making) -> Iterator[dict[str, Any]]:
    """Yield the fixture of a task; in a loop of Kestra 1 one for each value."""
    outputs = known.outputs[need.id]
    fixture = {"state": "SUCCESS", "description": f"It {need.why}", **({"outputs": outputs} if outputs else {})}
    above = need.part.route[:-2]
    loop = next((part for part in flow.tasks.around(above) if part.route == above), None)
    if loop is None or loop.cls not in FOR_EACH:
        yield {"id": need.id, **fixture}
        return
    values = _values(loop, known)
    if not values:
        making.note(f"`{need.id}` runs once for each value of `{id_of(loop)}`: write a fixture for each")
    for value in dict.fromkeys(map(_as_value, values or ["value"])):
        yield {"id": need.id, "value": value, **fixture}


def _values(loop: Part, known: _Known) -> list[Any]:
    """Return the values of a loop, as far as they are written down here; nothing where they are not."""
    values = loop.value.get("values", loop.value.get("value"))
    if isinstance(values, str) and (match := _WHOLE.fullmatch(values.strip())):
        root, name, key = match.groups()
        values = known.inputs.get(name) if root == "inputs" else known.outputs.get(name, {}).get(key)
    elif isinstance(values, str):
        try:
            values = json.loads(values)
        except ValueError:
            return []
    return values if isinstance(values, list) else []


def _as_value(value: Any) -> str:
    return json.dumps(value, separators=(",", ":")) if isinstance(value, list | dict) else as_text(value)


def _trigger(flow: FlowFile, making: Making) -> dict[str, Any] | None:
    """Return the first of the flow's triggers, where expressions use what it gives."""
    used = used_below(flow, "trigger")
    declared = flow.document.data.get("triggers")
    first = next((each for each in declared or () if isinstance(each, Mapping) and each.get("id") is not None), None)
    if first is None or not used:
        return None
    variables = likely(used, ("trigger",), flow, making)
    return {"id": as_text(first["id"]), "type": as_text(first.get("type", "")), "variables": variables}


def _expected(flow: FlowFile) -> Iterator[str]:
    declared = flow.document.data.get("outputs")
    for each in declared or ():
        if isinstance(each, Mapping) and each.get("id") is not None and truth(each.get("required")) is not False:
            yield as_text(each["id"])
