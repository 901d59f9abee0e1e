"""Whether a value that Kestra stores as it is can be used when the flow runs.

Why: many properties of tasks may hold an expression, so Kestra accepts any value for them, and reads it when the task
runs. A constant that is no duration, number, word of a list, list or mapping then ends the task with an error. The same
holds for the default of an input in 1.x.

Bad:  `timeout: 5m`
Good: `timeout: PT5M`
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deployer.check.base import Check, Finding, FlowFile
from deployer.check.rules import unknown_value, wrong_type
from deployer.language.parts import Misread
from deployer.language.types import Types
from deployer.model.problem import Severity


def check(flow: FlowFile) -> Iterator[Finding]:
    """Yield a warning for every value that Kestra stores and cannot use."""
    for misread in flow.read.fails:
        if flow.types.since("2.0") and misread.route[-1] == "defaults":
            continue  # `input-values` reports it: 2.0 refuses the flow
        value = flow.value(misread.route)
        wrong, hint = _explain(misread, value, flow.types)
        message = f"{wrong}: Kestra stores this, but the flow fails when it runs"
        yield Finding(misread.route, message, hint, at_key=isinstance(value, list | dict))


def _explain(misread: Misread, value: Any, types: Types) -> tuple[str, str]:
    if misread.kind == "unknown-word":
        return unknown_value.explain(misread, types)[:2]
    return wrong_type.message(misread, value), misread.hint or wrong_type.hint(misread, value)


CHECK = Check("fails-at-run", __doc__, level=Severity.WARNING, each=check)
