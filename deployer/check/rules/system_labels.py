"""Whether labels use names that are reserved by Kestra.

Why: labels that begin with `system.` are Kestra's own; it refuses them in a flow, except for `system.readOnly`.

Bad:  `system.username: me`
Good: `username: me`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding
from deployer.language.constraints import Asked
from deployer.language.leaves import as_text
from deployer.language.parts import Part
from deployer.language.types import Types

_HINT = "choose a name that does not begin with `system.`"


def of_flow(asked: Asked, types: Types) -> Iterator[Finding]:  # noqa: ARG001
    """Yield a finding for every reserved label of the flow itself."""
    for label in asked.part.parts.get("labels", ()):
        if (key := _key(label)).startswith("system.") and key != "system.readOnly":
            yield Finding(label.route, f"the label `{key}` is reserved by Kestra", _HINT)


def faults(asked: Asked, types: Types) -> Iterator[Finding]:  # noqa: ARG001
    """Yield a finding for a reserved label of a task, a trigger or an SLA."""
    if isinstance(asked.value, Part) and (key := _key(asked.value)).startswith("system."):
        yield Finding(asked.route, f"the label `{key}` is reserved by Kestra", _HINT)


def _key(label: Part) -> str:
    return as_text(label.value.get("key", ""))


CHECK = Check("system-labels", __doc__, on={"FlowValidation": of_flow, "NoSystemLabelValidation": faults})
