"""Whether every variable of the flow is used.

Why: nobody knows whether it still matters, or an expression uses another name by mistake.

Bad:  `variables: {bucket: data}`, and no `vars.bucket` in the flow
Good: `uri: "s3://{{ vars.bucket }}/day.csv"`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding, FlowFile
from deployer.check.references.reads import covers, may_read_elsewhere, reads
from deployer.model.problem import Severity

_TASKS = ("UnsetVariables", "SetVariables")


def check(flow: FlowFile) -> Iterator[Finding]:
    """Yield a warning for every variable that nothing in the flow reads."""
    variables = flow.document.data.get("variables")
    if not isinstance(variables, dict) or may_read_elsewhere(flow) or _names_more(flow.document.text):
        return
    read = reads(flow, "vars")
    for name in variables:
        if isinstance(name, str) and not covers(read, name):
            message = f"variable `{name}` is not used in this flow"
            yield Finding(("variables", name), message, "remove it, or use it", at_key=True)


def _names_more(text: str) -> bool:
    """Whether a flow has tasks that name variables, and may need one that exists."""
    return any(task in text for task in _TASKS)


CHECK = Check("unused-variable", __doc__, level=Severity.WARNING, each=check)
