"""Whether every input is used.

Why: users are asked for a value that has no effect, or an expression uses another name by mistake.

Bad:  an input `id: day`, and no `inputs.day` in the flow
Good: `message: "{{ inputs.day }}"`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding, FlowFile
from deployer.check.references.reads import covers, may_read_elsewhere, reads
from deployer.model.problem import Severity


def check(flow: FlowFile) -> Iterator[Finding]:
    """Yield a warning for every input that nothing in the flow reads."""
    inputs = flow.document.data.get("inputs")
    if not isinstance(inputs, list) or may_read_elsewhere(flow):
        return
    read = reads(flow, "inputs")
    for at, each in enumerate(inputs):
        name = each.get("id") if isinstance(each, dict) else None
        if isinstance(name, str) and not covers(read, name):
            message = f"input `{name}` is not used in this flow"
            yield Finding(("inputs", at, "id"), message, "remove it, or use it")


CHECK = Check("unused-input", __doc__, level=Severity.WARNING, each=check)
