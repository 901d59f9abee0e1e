"""Whether a flow trigger says which executions start its flow.

Why: without that, every execution of every flow of the instance does. Kestra warns of it as well.

Bad:  a trigger of type `io.kestra.plugin.core.trigger.Flow` with nothing but `id` and `type`
Good: the same with `preconditions` (2.0: `dependsOn`), which name the flow to wait for
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding, FlowFile
from deployer.model.problem import Severity

_FLOW = "io.kestra.plugin.core.trigger.Flow"


def check(flow: FlowFile) -> Iterator[Finding]:
    """Yield a warning for every flow trigger without conditions (asked of 1.0.36, 1.3.31 and 2.0.0)."""
    if ".Flow" not in flow.document.text:
        return
    limits = ("dependsOn", "when") if flow.types.since("2.0") else ("preconditions", "conditions")
    for part in flow.parts:
        if part.cls == _FLOW and not any(part.value.get(name) not in (None, []) for name in limits):
            message = f"the trigger `{part.value.get('id')}` starts this flow at every execution of every flow"
            yield Finding(part.route, message, f"add `{limits[0]}`, and name the flow to wait for")


CHECK = Check("every-execution", __doc__, level=Severity.WARNING, each=check)
