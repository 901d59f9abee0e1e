"""Whether lists have empty items.

Why: Kestra fails on an empty input, output or condition, and refuses the flow.

Bad:  a `-` with nothing after it in `inputs`
Good: the list without it
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding
from deployer.language.constraints import Asked
from deployer.language.parts import Part
from deployer.language.types import Types

_OLD_CONDITIONS = "scheduleConditions"


def faults(asked: Asked, types: Types) -> Iterator[Finding]:
    """Yield a finding for every empty item of the flow's inputs and outputs, and of an old schedule's conditions."""
    flow = asked.part
    yield from _empty(flow, "outputs")
    yield from _empty(flow, "inputs")
    for name in ("listeners", "pluginDefaults", *(("taskDefaults",) if types.since("1.3") else ())):
        yield from _empty(flow, name)
    for form in flow.parts.get("inputs", ()):
        yield from _empty(form, "inputs")
    if types.since("2.0") and flow.value.get("inputs"):  # 2.0 looks whether each trigger gives them
        yield from _empty(flow, "triggers")
    for trigger in flow.parts.get("triggers", ()):
        yield from _empty(trigger, _OLD_CONDITIONS)


def _empty(part: Part, name: str) -> Iterator[Finding]:
    listed = part.value.get(name)
    for at, one in enumerate(listed if isinstance(listed, list) else ()):
        if one is None:
            yield Finding((*part.route, name, at), f"an item of `{name}` is empty", "remove the `-`")


CHECK = Check("empty-item", __doc__, on={"FlowValidation": faults})
