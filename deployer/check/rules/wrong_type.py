"""Whether every value has the type that its property needs.

Why: Kestra cannot read a flow with a list in place of a string, or a word in place of a number. Numbers are accepted as
strings, and strings that contain a number as numbers. The `type` of a task must be that of a task: other types, such as
task runners, belong elsewhere.

Bad:  `maxAttempts: many`
Good: `maxAttempts: 3`
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from deployer.check.base import Check, Finding, FlowFile
from deployer.check.rules import identity
from deployer.language.parts import Misread

_WITH_IDS = ("tasks", "triggers", "inputs", "outputs", "errors", "finally", "afterExecution")
_SHORT = re.compile(r"(\d+) ?([smhdSMHD])")  # a duration as other tools write it
_LONGEST = 40  # characters of a value that are shown


def check(flow: FlowFile) -> Iterator[Finding]:
    """Yield a finding for every value of the wrong type."""
    for misread in flow.misread("wrong-type"):
        value = flow.value(misread.route)
        if misread.route in identity.ROUTES and isinstance(value, list | dict):
            continue  # reported there
        inside = isinstance(value, list | dict)  # what is wrong is the whole, not what is in it
        yield Finding(misread.route, message(misread, value), misread.hint or hint(misread, value), at_key=inside)


def hint(misread: Misread, value: Any) -> str:
    """Return what to write instead; "" if that is not known."""
    name = misread.route[-1] if misread.route else ""
    if misread.wanted == "a list" and isinstance(value, dict):
        return "begin each with `- id:`" if name in _WITH_IDS else "begin each item with `- `"
    if misread.wanted == "a mapping" and isinstance(value, list):
        return (
            "give it a key per case, and the tasks below it" if name == "cases" else "write `key: value`, without `- `"
        )
    if misread.wanted.startswith("a duration") and (match := _SHORT.fullmatch(str(value))):
        days = match[2] in "dD"
        return f"write `P{'' if days else 'T'}{match[1]}{match[2].upper()}`"
    if name == "concurrency" and isinstance(value, int):
        return f"write `concurrency: {{limit: {value}}}`"
    return ""


def message(misread: Misread, value: Any) -> str:
    """Return what is wrong with a value."""
    name = next((str(step) for step in reversed(misread.route) if isinstance(step, str)), "the flow")
    return f"`{name}` must be {misread.wanted}, but is {f'`{misread.name}`' if misread.name else _quote(value)}"


def _quote(value: Any) -> str:
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
