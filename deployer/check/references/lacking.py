"""Where an expression may use what is not there: the flow is prepared for it, or Kestra does not evaluate it."""

from __future__ import annotations

from typing import Any

from deployer.check.base import FlowFile
from deployer.check.references.callees import CALLERS
from deployer.language.leaves import truth
from deployer.model.problem import Route

_ASKS = "contains"


def expected(flow: FlowFile) -> set[tuple[str, ...]]:
    """Return what the flow is prepared to lack, up to three steps: who asks for it once may do so for another place.

    A root alone stands for all of its names: `inputs contains 'day'` may ask for any.
    """
    found: set[tuple[str, ...]] = set()
    for template in flow.templates:
        asks = _ASKS in template.text
        found.update(
            use.path[:at]
            for use in template.reading.uses
            if use.guarded or (asks and len(use.path) == 1)
            for at in (2, 3)
        )
    return found


def unjudged(flow: FlowFile, route: Route) -> bool:
    """Whether a place is in a disabled task, in the inputs of a `Pause`, or in what a call returns from its callee.

    An output of the flow that is not required is left out where its value cannot be had (1.3.31 and 2.0.0).
    """
    if route[0] == "outputs" and truth(flow.value((*route[:2], "required"))) is False:
        return True
    data: Any = flow.document.data
    for step in route:
        if isinstance(data, dict) and data is not flow.document.data:
            if data.get("disabled") is not None and truth(data["disabled"]) is not False:
                return True
            name = data.get("type")
            if step == "onResume" or (
                step == "outputs" and isinstance(name, str) and flow.types.plugins.get(name) in CALLERS
            ):
                return True
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):  # an expression in a key
            return False
    return False
