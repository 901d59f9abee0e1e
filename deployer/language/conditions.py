"""Translates the trigger conditions of Kestra before 2.0 to the expression that `when` needs since.

Only conditions with an exact equivalent are translated: conditions on the time of day, and those of `Flow` triggers,
have none.
"""

from __future__ import annotations

import re
from typing import Any

from deployer.language.types import Types, former

_PACKAGE = "io.kestra.plugin.core.condition."
_SAID = {
    "Weekend": ((), "isWeekend(trigger.date)"),
    "DayWeek": (("dayOfWeek",), "dayOfWeek(trigger.date) == '{dayOfWeek}'"),
    "DayWeekInMonth": (
        ("dayOfWeek", "dayInMonth"),
        "isDayWeekInMonth(trigger.date, '{dayOfWeek}', '{dayInMonth}')",
    ),
    "PublicHoliday": (("country",), "isPublicHoliday(trigger.date, '{country}')"),
}
"""By condition: the properties that it must have, and no others, and the expression."""
_ONE_EXPRESSION = re.compile(r"\{\{((?:(?!\{\{|\}\}).)+)\}\}", re.DOTALL)


def when(conditions: Any, types: Types) -> str:
    """Return the value of `when` that is equivalent to a list of conditions; empty if that is not certain."""
    said = _all(conditions, types)
    return f"{{{{ {said} }}}}" if said else ""


def _all(conditions: Any, types: Types) -> str:
    parts = [_one(each, types) for each in conditions] if isinstance(conditions, list) else []
    if not all(parts):
        return ""
    return parts[0] if len(parts) == 1 else " and ".join(f"({each})" for each in parts)


def _one(condition: Any, types: Types) -> str:
    if not isinstance(condition, dict):
        return ""
    was = former(str(condition.get("type")), types)
    name = was[0].removeprefix(_PACKAGE) if was else ""
    given = {prop: value for prop, value in condition.items() if prop != "type"}
    if name in _SAID:
        props, said = _SAID[name]
        plain = set(given) == set(props) and all(isinstance(value, str) for value in given.values())
        return said.format(**given) if plain else ""
    match name, given:
        case "Expression", {"expression": str(text), **rest} if not rest:
            only = _ONE_EXPRESSION.fullmatch(text.strip())
            return only[1].strip() if only else ""
        case "Not", {"conditions": list(inner), **rest} if not rest:
            said = _all(inner, types)
            return f"not ({said})" if said else ""
        case "Or", {"conditions": list(inner), **rest} if not rest:
            parts = [_one(each, types) for each in inner]
            return " or ".join(f"({each})" for each in parts) if all(parts) else ""
    return ""
