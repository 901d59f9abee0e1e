"""What Kestra's reader makes of single values: which it takes for a text, a number, a duration …, and which not.

Asked of the engines of 1.0, 1.3 and 2.0, which agree on every one of 110 values for each of 24 types: numbers and
booleans are fine as texts, texts as numbers where they are one, an empty text is no value at all, and so on.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from deployer.language.dates import is_instant, is_local_date, is_local_time
from deployer.model.java import BLANKS

Leaf = Callable[[Any], str | None]
"""Return None for a value that is taken, else what would be."""

_ENUM_NUMBER = re.compile(r"0|[1-9]\d*")
_INTEGER = re.compile(r"[+-]?\d+")
_FLOAT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[fFdD]?|[+-]?(NaN|Infinity)|INF|-INF")
_DAYS, _CLOCK = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?"
_ZONE = r"(Z|[+-]([01]\d|2[0-3]):?([0-5]\d)?)"
_DURATION = re.compile(
    r"([-+]?)P(?:([-+]?\d+)D)?(T(?:([-+]?\d+)H)?(?:([-+]?\d+)M)?(?:([-+]?\d+)(?:[.,](\d{0,9}))?S)?)?", re.IGNORECASE
)
_JAVA_FLOAT = re.compile(r"[+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?)")
_LONG = 1 << 63
_PLAIN_FROM, _PLAIN_TO = 1e-3, 1e7  # outside, Java writes a number with its exponent
_INT = 1 << 31


def as_text(value: Any) -> str:
    """Return a value as Kestra makes a text of it: Java's way with numbers."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return _java_double(value) if isinstance(value, float) else str(value)


def _java_double(value: float) -> str:
    if value != value or math.isinf(value):  # noqa: PLR0124
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"  # noqa: PLR0124
    if value == 0 or _PLAIN_FROM <= abs(value) < _PLAIN_TO:
        return f"{Decimal(repr(value)):f}"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    written = "".join(map(str, digits))
    return f"{'-' if sign else ''}{written[0]}.{written[1:] or '0'}E{int(exponent) + len(written) - 1}"


def as_number(value: Any) -> float | None:
    """Return what a value is as a number, None where it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    return java_float(value.strip(BLANKS)) if isinstance(value, str) else None


def truth(value: Any) -> bool | None:
    """Return what a value is as true or false, None where it is neither."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip(BLANKS).lower())
    return bool(value) if isinstance(value, bool | int) else None


def is_there(value: Any) -> bool:
    """Whether a duration or a time is one: an empty text counts for nothing there, and so does an empty list."""
    return not _is_nothing(value) and value != []


def enum_word(value: Any, words: Sequence[str]) -> str | None:
    """Return the word of an enum that a value stands for, by its name or its number; None where it is none."""
    if isinstance(value, str):
        text = value.strip(BLANKS)
        if text in words:
            return text
        value = int(text) if _ENUM_NUMBER.fullmatch(text) else None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(words):
        return words[value]
    return None


def java_float(text: str) -> float | None:
    """Return the number that Java's parser reads in a text, None where it reads none."""
    text = text.strip(BLANKS)
    return float(text.rstrip("fFdD")) if _JAVA_FLOAT.fullmatch(text) and "N" not in text else None


def as_seconds(value: Any) -> float | None:
    """Return how long a property's duration is in seconds, None where it is none; what is too long counts as 0."""
    if isinstance(value, str):
        return seconds(value.strip(BLANKS))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < _LONG else 0


def duration_seconds(text: str) -> float | None:
    """Return how long an ISO 8601 duration is; a mere number is none."""
    return None if text[:1] not in ("P", "p", "+", "-") or _JAVA_FLOAT.fullmatch(text) else seconds(text)


def moment(reading: str, text: str) -> str | None:
    """Return a date, a time or both as a text that compares as they do, None where Java's parser refuses it."""
    try:
        if reading == "LocalDate":
            return date.fromisoformat(text).isoformat() if re.fullmatch(_DAYS, text) else None
        if reading == "LocalTime":
            return time.fromisoformat(text[:15]).isoformat("microseconds") if re.fullmatch(_CLOCK, text) else None
        if not re.fullmatch(rf"{_DAYS}T{_CLOCK}{_ZONE}", text):
            return None
        return datetime.fromisoformat(text).astimezone(UTC).isoformat(timespec="microseconds")
    except ValueError:
        return None


def _is_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, str) and (not value.strip(BLANKS) or value.strip(BLANKS) == "null"))


def text(value: Any) -> str | None:
    """A text: anything but a list or a mapping."""
    return "a text" if isinstance(value, list | dict) else None


def boolean(value: Any) -> str | None:
    """True, false, their names in lower case, upper case or with a capital, or a whole number."""
    fine = isinstance(value, bool | int) or _is_nothing(value)
    if isinstance(value, str):
        fine = fine or value.strip(BLANKS) in ("true", "false", "True", "False", "TRUE", "FALSE")
    return None if fine else "true or false"


def whole(limit: int) -> Leaf:
    """A whole number, also written as a text; a fraction is cut off."""

    def read(value: Any) -> str | None:
        fine = _is_nothing(value)
        if isinstance(value, bool):
            fine = False
        elif isinstance(value, int):
            fine = -limit <= value < limit
        elif isinstance(value, float):
            fine = value != value or -limit - 1 < value < limit  # noqa: PLR0124  (not a number is taken as 0)
        elif isinstance(value, str) and not fine:
            fine = bool(_INTEGER.fullmatch(value.strip(BLANKS))) and -limit <= int(value) < limit
        return None if fine else "a whole number"

    return read


def number(value: Any) -> str | None:
    """Any number, also written as a text."""
    fine = _is_nothing(value) or (isinstance(value, int | float) and not isinstance(value, bool))
    if isinstance(value, str):
        fine = fine or bool(_FLOAT.fullmatch(value.strip(BLANKS)))
    return None if fine else "a number"


def anything(value: Any) -> str | None:  # noqa: ARG001
    """Whatever is given."""
    return None


def duration(value: Any) -> str | None:
    """ISO 8601 days, hours, minutes and seconds, or a number of seconds."""
    if value is None:
        return None
    if isinstance(value, str):
        fine = not value.strip(BLANKS) or seconds(value.strip(BLANKS)) is not None
    elif isinstance(value, float):
        fine = math.isfinite(value)
    else:
        fine = isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LONG
    return None if fine else "a duration such as PT30S or P1D"


def seconds(written: str) -> float | None:
    """Return how long an ISO 8601 duration is, None where Java's parser refuses it."""
    if _FLOAT.fullmatch(written) and "N" not in written.upper().replace("E", ""):
        return float(written.rstrip("fFdD"))
    match = _DURATION.fullmatch(written)
    if not match or (match[2] is None and match[3] is None) or match[3] in ("T", "t"):
        return None
    days, hours, minutes, secs = (int(match[group] or 0) for group in (2, 4, 5, 6))
    total = days * 86400 + hours * 3600 + minutes * 60 + secs
    if any(abs(part) >= _LONG for part in (days * 86400, hours * 3600, minutes * 60, secs, total)):
        return None
    part = float(f"0.{match[7]}") if match[7] else 0.0
    exact = total + (-part if (match[6] or "").startswith("-") else part)
    return -exact if match[1] == "-" else exact


def _matching(fits: Callable[[str], bool], wanted: str, *, numbers: bool) -> Leaf:
    def read(value: Any) -> str | None:
        if value is None or (isinstance(value, str) and not value.strip(BLANKS)):
            return None
        if isinstance(value, int | float) and not isinstance(value, bool):
            return None if numbers else wanted
        if isinstance(value, list):
            return None if not value and not numbers else wanted
        return None if isinstance(value, str) and fits(value.strip(BLANKS)) else wanted

    return read


LEAVES: dict[str, Leaf] = {
    "String": text,
    "boolean": boolean,
    "Boolean": boolean,
    "int": whole(_INT),
    "Integer": whole(_INT),
    "long": whole(_LONG),
    "Long": whole(_LONG),
    "float": number,
    "Float": number,
    "double": number,
    "Double": number,
    "Object": anything,
    "Property": anything,
    "DurationDeserializer": duration,
    "Instant": _matching(is_instant, "a date with time and zone, such as 2024-01-01T00:00:00Z", numbers=True),
    "LocalDate": _matching(is_local_date, "a date such as 2024-01-31", numbers=False),
    "LocalTime": _matching(is_local_time, "a time such as 10:30", numbers=False),
}
"""By the name that a description uses. A name that is not here is taken as `anything`: better silent than wrong."""
