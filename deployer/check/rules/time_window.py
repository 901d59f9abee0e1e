"""Whether the properties of a time window belong together.

Why: a deadline, a window between two times of day and a sliding window each have their own properties; Kestra refuses a
window that mixes them.

Bad:  `deadline: "09:00:00"` with `startTime: "06:00:00"`
Good: `deadline: "09:00:00"` alone
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding
from deployer.language.constraints import Asked
from deployer.language.leaves import enum_word, is_there
from deployer.language.parts import Part
from deployer.language.types import Types

_TYPE = "io.kestra.core.models.triggers.TimeWindow$Type"
_REFUSED = {
    "DAILY_TIME_DEADLINE": ("window", "windowAdvance", "startTime", "endTime"),
    "DAILY_TIME_WINDOW": ("window", "windowAdvance", "deadline"),
    "DURATION_WINDOW": ("deadline", "startTime", "endTime"),
    "SLIDING_WINDOW": ("deadline", "startTime", "endTime", "windowAdvance"),
}
_NEEDED = {"DAILY_TIME_DEADLINE": ("deadline",), "DAILY_TIME_WINDOW": ("startTime", "endTime")}


def time_window(asked: Asked, types: Types) -> Iterator[Finding]:
    """Yield a finding for every property of a `timeWindow` that its type does not have, or lacks."""
    part = asked.part
    kind = enum_word(part.value.get("type"), types.enums.get(_TYPE, ())) or "DURATION_WINDOW"
    yield from _faults(part, kind, _REFUSED.get(kind, ()), _NEEDED.get(kind, ()))


def window(asked: Asked, types: Types) -> Iterator[Finding]:  # noqa: ARG001
    """Yield a finding for every property of a `window` (2.0) that contradicts the others."""
    part = asked.part
    if _has(part, "deadline"):
        yield from _faults(part, "with a deadline", ("every", "offset", "from", "to", "lookback"), ())
    elif _has(part, "from") or _has(part, "to"):
        yield from _faults(part, "of the day", ("every", "offset", "lookback"), ("from", "to"))
    elif _has(part, "lookback"):
        yield from _faults(part, "that slides", ("offset", "every"), ())


def _faults(part: Part, kind: str, refused: tuple[str, ...], needed: tuple[str, ...]) -> Iterator[Finding]:
    for prop in refused:
        if _has(part, prop):
            yield Finding((*part.route, prop), f"a window {kind} cannot have `{prop}`")
    for prop in needed:
        if not _has(part, prop):
            yield Finding(part.route, f"a window {kind} needs `{prop}`")


def _has(part: Part, prop: str) -> bool:
    return is_there(part.value.get(prop))


CHECK = Check("time-window", __doc__, on={"TimeWindowValidation": time_window, "WindowValidation": window})
