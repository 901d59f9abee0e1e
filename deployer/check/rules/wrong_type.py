"""Whether every value is of a kind that its property takes.

Why: Kestra cannot read a flow with a list where it takes a text, or a word where it takes a number. Numbers are fine as
texts, and texts as numbers where they are one. The `type` of a task has to be that of a task: what Kestra has of other
kinds, such as task runners, belongs elsewhere.

Bad:  `maxAttempts: many`
Good: `maxAttempts: 3`
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deployer.check.base import Check, Finding, FlowFile
from deployer.check.rules import identity
from deployer.language.parts import Misread
from deployer.model.problem import Severity

_LONGEST = 40  # characters of a value that are shown


def check(flow: FlowFile) -> Iterator[Finding]:
    """Yield a finding for every value of the wrong kind."""
    for misread in flow.read.misreads:
        if misread.kind != "wrong-type":
            continue
        value = flow.value(misread.route)
        if misread.route in identity.ROUTES and isinstance(value, list | dict):
            continue  # told there
        yield Finding(misread.route, _message(misread, value), misread.hint)
    for misread in flow.read.useless:
        message = f"{_message(misread, flow.value(misread.route))}: Kestra stores that, and the flow cannot run"
        yield Finding(misread.route, message, misread.hint, Severity.WARNING)


def _message(misread: Misread, value: Any) -> str:
    name = next((str(step) for step in reversed(misread.route) if isinstance(step, str)), "the flow")
    return f"`{name}` must be {misread.wanted}, and is {f'`{misread.name}`' if misread.name else _shown(value)}"


def _shown(value: Any) -> str:
    match value:
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case None:
            return "empty"
        case bool():
            return f"`{str(value).lower()}`"
        case _:
            text = str(value)
            return f"`{text if len(text) <= _LONGEST else text[:_LONGEST] + '…'}`"


CHECK = Check("wrong-type", __doc__, each=check)
