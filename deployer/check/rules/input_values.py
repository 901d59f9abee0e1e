"""Whether the defaults of inputs, and the inputs that triggers pass, are valid for their type (since 2.0).

Why: an execution would fail at its start; Kestra 2.0 refuses the flow. It also refuses a flow whose schedule or webhook
leaves a required input without a value.

Bad:  `type: INT` with `defaults: many`
Good: `type: INT` with `defaults: 3`
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from deployer.check.base import Check, Finding
from deployer.check.rules.input_paths import leaves
from deployer.check.rules.inputs import selects_first
from deployer.language.constraints import Asked
from deployer.language.dates import moment, moment_of
from deployer.language.java_pattern import matches
from deployer.language.leaves import as_seconds, as_text, duration_seconds, java_number, truth
from deployer.language.parts import Part
from deployer.language.tasks import is_a
from deployer.language.types import Types

Reader = Callable[[Part, str], str | None]
"""Returns what is wrong with a string, None if it is valid."""

_GIVERS = ("io.kestra.plugin.core.trigger.Schedule", "io.kestra.plugin.core.trigger.AbstractWebhookTrigger")
_EXPRESSION = ("{{", "{%", "{#")
_EMAIL = re.compile(r"|[a-zA-Z0-9_!#$%&\u2019*+/=?`{|}~^.-]+@[a-zA-Z0-9.-]+")


def faults(asked: Asked, types: Types) -> Iterator[Finding]:
    """Yield a finding for every invalid default or passed value, and for every trigger that leaves one out."""
    if not types.since("2.0"):
        return
    inputs: dict[str, Part] = {}
    for path, part in leaves(asked.part, types):
        inputs.setdefault(path, part)
        if (default := part.value.get("defaults")) is not None and (wrong := _wrong(part, default)):
            yield Finding((*part.route, "defaults"), f"the default of `{path}` is {wrong}")
    for trigger in asked.part.parts.get("triggers", ()):
        if any(is_a(trigger, giver, types) for giver in _GIVERS):
            yield from _check_trigger(trigger, inputs, types)


def _check_trigger(trigger: Part, inputs: Mapping[str, Part], types: Types) -> Iterator[Finding]:
    values = trigger.value.get("inputs")
    given = {name: one for name, one in values.items() if one is not None} if isinstance(values, dict) else {}
    for path, part in inputs.items():
        has_default = part.value.get("defaults") is not None or selects_first(part, types)
        needed = not has_default and truth(part.value.get("required")) is not False
        if needed and path not in given:
            hint = f"add it to the trigger's `inputs`, or give `{path}` a default"
            yield Finding(trigger.route, f"this trigger has no value for the input `{path}`", hint)
        elif path in given and (wrong := _wrong(part, given[path])):
            yield Finding((*trigger.route, "inputs", path), f"the value for the input `{path}` is {wrong}")


def _wrong(part: Part, value: Any) -> str | None:
    """Return what is wrong with a value of an input, None if it is valid, or is not known yet."""
    return wrong_by(READERS, part, as_text(value))


def wrong_by(readers: Mapping[str, Reader], part: Part, text: str) -> str | None:
    """Return what the reader for the kind of an input finds wrong with a string; an expression is not judged."""
    reader = readers.get(kind_of(part))
    return reader(part, text) if reader and not any(sign in text for sign in _EXPRESSION) else None


def kind_of(part: Part) -> str:
    """Return the kind of an input: `Int` for an IntInput."""
    return part.cls.rpartition(".")[2].removesuffix("Input")


def _text(part: Part, text: str) -> str | None:
    pattern = part.value.get("validator")
    return None if pattern is None or matches(as_text(pattern), text) else f"not a match of {pattern}"


def _select(part: Part, text: str) -> str | None:
    values = part.value.get("values")
    if truth(part.value.get("allowCustomValue")) or not isinstance(values, list):
        return None
    allowed = [
        as_text(one.get("value")) if isinstance(one, dict) else as_text(one) for one in values if one is not None
    ]
    return None if text in allowed else "not among its `values`"


def _email(part: Part, text: str) -> str | None:  # noqa: ARG001
    return None if _EMAIL.fullmatch(text) else "not an email address"


def _number(part: Part, text: str) -> str | None:
    whole = part.cls.endswith("IntInput")
    fine = re.fullmatch(r"[+-]?\d+", text) and -(2**31) <= int(text) < 2**31 if whole else java_number(text) is not None
    if not fine:
        return "not an integer" if whole else "not a number"
    number = java_number(text)
    return _outside(part, math.inf if number != number else number, "min", "max", _number_of)  # noqa: PLR0124  as Java


def _number_of(bound: Any) -> float | None:
    """Return a bound as Jackson reads it, which has another word for infinity besides Java's."""
    return None if isinstance(bound, list | dict) else java_number(as_text(bound).strip().replace("INF", "Infinity"))


def _duration(part: Part, text: str) -> str | None:
    seconds = duration_seconds(text)
    return "not a duration" if seconds is None else _outside(part, seconds, "min", "max", as_seconds)


_NAMES = {"LocalDate": "date", "Instant": "date with time and zone", "LocalTime": "time"}


def _time(reading: str) -> Any:
    def read(part: Part, text: str) -> str | None:
        found = moment(reading, text)
        if found is None:
            return f"not a {_NAMES[reading]}"
        return _outside(part, found, "after", "before", lambda bound: moment_of(reading, bound))

    return read


def _outside(part: Part, found: Any, low: str, high: str, read: Callable[[Any], Any]) -> str | None:
    for name, below in ((low, True), (high, False)):
        given = part.value.get(name)
        bound = None if given is None else read(given)
        if bound is not None and (found < bound if below else found > bound):
            return f"out of bounds: `{name}` is {given}"
    return None


READERS = {
    "String": _text,
    "Select": _select,
    "Email": _email,
    "Int": _number,
    "Float": _number,
    "Duration": _duration,
    "Date": _time("LocalDate"),
    "DateTime": _time("Instant"),
    "Time": _time("LocalTime"),
}
"""By the kind of input: what is wrong with a string as its value, None if it is valid."""


CHECK = Check("input-values", __doc__, on={"FlowValidation": faults})
