"""Whether every property exists in its task, trigger, input and so on.

Why: Kestra refuses a flow with an unknown property. Most are misspelled, wrongly indented, or of another version.

Bad:  `mesage: hello` in a Log task
Good: `message: hello`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding, FlowFile
from deployer.check.rules import server_key
from deployer.language.conditions import when
from deployer.language.gone import PROPERTIES, property_gone_since
from deployer.language.invisible import explain
from deployer.language.parts import Misread
from deployer.language.types import FLOW, Types
from deployer.language.words import needs, short, suggest
from deployer.model.problem import Effort

_INSTEAD = {
    ("If", "tasks"): "then",
    ("SelectInput", "options"): "values",
    ("MultiselectInput", "options"): "values",
    ("Schedule", "schedule"): "cron",
    ("Schedule", "expression"): "cron",
}
"""What is meant by words that are at home elsewhere: class and property, and its name here."""


def check(flow: FlowFile) -> Iterator[Finding]:
    """Yield a finding for every unknown property."""
    for misread in flow.misread("unknown-property"):
        message, hint, effort = _explain(flow, misread, flow.types)
        yield Finding(misread.route, message, hint, at_key=True, effort=effort)


def _explain(flow: FlowFile, misread: Misread, types: Types) -> tuple[str, str, Effort | None]:
    what = f"`{misread.name}` of {short(misread.owner)}"
    if misread.owner == FLOW and misread.name in server_key.KEYS:
        return f"`{misread.name}` is set by the server, and cannot be in a flow's source", "remove it", None
    if since := property_gone_since(misread.owner, misread.name, types):
        hint, effort = PROPERTIES.get(misread.name) or ("remove it", None)
        if misread.name.lower().endswith("conditions") and (said := when(flow.value(misread.route), types)):
            hint = f'write `when: "{said}"`'
        return f"{what} is gone since Kestra {since}", hint, effort
    if first := needs(types, lambda other: misread.name in other.types.get(misread.owner, {}).get("props", {})):
        return f"{what} needs Kestra {first} or later", "remove it, or check for that version with --kestra", None
    instead = _INSTEAD.get((short(misread.owner), misread.name))
    hint = explain(misread.name) or (f"write `{instead}`" if instead else suggest(misread.name, misread.known))
    return f"`{misread.name}` is not a property of {short(misread.owner)}", hint, None


CHECK = Check("unknown-property", __doc__, each=check)
