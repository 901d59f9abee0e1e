"""Whether expressions refer to inputs and tasks with a dash in their id correctly.

Why: `{{ inputs.my-file }}` is a subtraction; Kestra refuses it if an input or task of that name exists.

Bad:  `{{ inputs.my-file }}`, `{{ outputs.my-task.value }}`
Good: `{{ inputs['my-file'] }}`, `{{ outputs['my-task'].value }}`
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from deployer.check.base import Check, Finding
from deployer.language.constraints import Asked
from deployer.language.leaves import as_text
from deployer.language.parts import Part
from deployer.language.tasks import tasks
from deployer.language.types import Types

_DASHED = re.compile(r"[\w.-]*-[\w.-]*")


def faults(asked: Asked, types: Types) -> Iterator[Finding]:
    """Yield a finding for every property of a task, and every output of the flow, with such a reference."""
    flow = asked.part
    all_tasks = list(tasks(flow, types))
    inputs = [f"inputs.{id_}" for id_ in _dashed(flow.parts.get("inputs", ()))]
    outputs = [rf"outputs\.{id_}\.[^}}]+" for id_ in _dashed(all_tasks)]
    if not inputs and not outputs:
        return
    for part in all_tasks:
        yield from _wrong(part, [*inputs, *outputs], types)
    for part in flow.parts.get("outputs", ()):
        yield from _wrong(part, outputs, types)


def _dashed(parts: Any) -> Iterator[str]:
    for part in parts:
        id_ = part.value.get("id")
        if id_ is not None and _DASHED.fullmatch(as_text(id_)):
            yield as_text(id_)


def _wrong(part: Part, names: list[str], types: Types) -> Iterator[Finding]:
    if not names:
        return
    pattern = re.compile("|".join(rf"\{{\{{\s*{name}\s*\}}\}}" for name in names))
    for prop in types.of(part.cls).get("own", ()):
        match = next(filter(None, map(pattern.search, _texts(part.value.get(prop)))), None)
        if match:
            right = re.sub(r"\.(\w*-[\w-]*)", r"['\1']", match[0].strip("{}").strip())
            yield Finding((*part.route, prop), "an id with a dash cannot follow a dot", f"write `{right}`")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            yield as_text(name)
            yield from _texts(one)


CHECK = Check("dashed-reference", __doc__, on={"FlowValidation": faults})
