"""How Kestra reads single values: which it accepts as a string, a number, a duration and so on.

Tested on the engines of 1.0, 1.3 and 2.0, which agree on 110 values for each of 24 types: numbers and booleans are
accepted as strings, strings that contain a number as numbers, an empty string is no value, and so on.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from deployer.language.dates import moment_of
from deployer.model.java import BLANKS

Leaf = Callable[[Any], str | None]
"""Returns None for a value that is accepted, else what would be."""

_ENUM_NUMBER = re.compile(r"0|[1-9]\d*")
_INTEGER = re.compile(r"[+-]?\d+")
_FLOAT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|NaN|-?(Infinity|INF)", re.ASCII)
_FLOAT_2X = re.compile(rf"{_FLOAT.pattern}|\+(Infinity|INF)", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)
_DURATION = re.compile(
    r"([-+]?)P(?:([-+]?\d+)D)?(T(?:([-+]?\d+)H)?(?:([-+]?\d+)M)?(?:([-+]?\d+)(?:[.,](\d{0,9}))?S)?)?", re.IGNORECASE
)
_JAVA_FLOAT = re.compile(r"[+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?)", re.ASCII)
_JAVA_HEX = re.compile(r"[+-]?0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?\d+[fFdD]?", re.ASCII)
_LONG = 1 << 63
_PLAIN_FROM, _PLAIN_TO = 1e-3, 1e7  # outside, Java writes a number with its exponent
_INT = 1 << 31


def as_text(value: Any) -> str:
    """Return a value as the string that Kestra makes of it; numbers are written as in Java."""
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
    """Return a value as a number, None if it is not one."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    return java_float(value.strip(BLANKS)) if isinstance(value, str) else None


def truth(value: Any) -> bool | None:
    """Return a value as a boolean, None if it is not one."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip(BLANKS).lower())
    return bool(value) if isinstance(value, bool | int) else None


def is_there(value: Any) -> bool:
    """Whether a duration or a time is set: an empty string or list counts as missing."""
    return not _is_nothing(value) and value != []


def enum_word(value: Any, words: Sequence[str]) -> str | None:
    """Return the word of an enum that a value means, by name or number; None if it means none."""
    if isinstance(value, str):
        text = value.strip(BLANKS)
        if text in words:
            return text
        value = int(text) if _ENUM_NUMBER.fullmatch(text) else None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(words):
        return words[value]
    return None


def java_float(text: str) -> float | None:
    """Return the number that Java's parser reads from a string, None if it refuses it."""
    text = text.strip(BLANKS)
    return float(text.rstrip("fFdD")) if _JAVA_FLOAT.fullmatch(text) and "N" not in text else None


def java_number(text: str) -> float | None:
    """Return the number that `Float.parseFloat` reads: hexadecimal ones and NaN as well; None if it refuses it."""
    text = text.strip(BLANKS)
    if _JAVA_HEX.fullmatch(text):
        return float.fromhex(text.rstrip("fFdD"))
    return float(text if "N" in text or "I" in text else text.rstrip("fFdD")) if _JAVA_FLOAT.fullmatch(text) else None


def as_seconds(value: Any) -> float | None:
    """Return the duration of a property in seconds, None if it is not one; one that is too long counts as 0."""
    if isinstance(value, str):
        return seconds(value.strip(BLANKS))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < _LONG else 0


def duration_seconds(text: str) -> float | None:
    """Return the seconds of an ISO 8601 duration; a plain number is not one."""
    return None if text[:1] not in ("P", "p", "+", "-") or _JAVA_FLOAT.fullmatch(text) else seconds(text)


def _is_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, str) and (not value.strip(BLANKS) or value.strip(BLANKS) == "null"))


def text(value: Any) -> str | None:
    """A string: anything but a list or a mapping."""
    return "a string" if isinstance(value, list | dict) else None


def boolean(value: Any) -> str | None:
    """A boolean, its name in lowercase, uppercase or capitalized, or an integer."""
    fine = isinstance(value, bool | int) or _is_nothing(value)
    if isinstance(value, str):
        fine = fine or value.strip(BLANKS) in ("true", "false", "True", "False", "TRUE", "FALSE")
    return None if fine else "true or false"


def whole(limit: int) -> Leaf:
    """An integer, also written as a string; a fraction is cut off."""

    def read(value: Any) -> str | None:
        fine = _is_nothing(value)
        if isinstance(value, bool):
            fine = False
        elif isinstance(value, int):
            fine = -limit <= value < limit
        elif isinstance(value, float):
            fine = value != value or -limit - 1 < value < limit  # noqa: PLR0124  (NaN is read as 0)
        elif isinstance(value, str) and not fine:
            fine = bool(_INTEGER.fullmatch(value.strip(BLANKS))) and -limit <= int(value) < limit
        return None if fine else "an integer"

    return read


def number(written: re.Pattern[str]) -> Leaf:
    """Any number, also written as a string."""

    def read(value: Any) -> str | None:
        fine = _is_nothing(value) or (isinstance(value, int | float) and not isinstance(value, bool))
        if isinstance(value, str):
            fine = fine or bool(written.fullmatch(value.strip(BLANKS)))
        return None if fine else "a number"

    return read


def anything(value: Any) -> str | None:  # noqa: ARG001
    """Any value."""
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
    """Return the seconds of an ISO 8601 duration, None if Java's parser refuses it."""
    if _DECIMAL.fullmatch(written):
        return float(written)
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


def _read(reading: str, wanted: str) -> Leaf:
    empty_list = reading != "Instant"

    def read(value: Any) -> str | None:
        if value is None or (isinstance(value, str) and not value.strip(BLANKS)) or (empty_list and value == []):
            return None
        return wanted if moment_of(reading, value) is None else None

    return read


_NUMBERS = ("float", "Float", "double", "Double")
LEAVES: dict[str, Leaf] = {
    "String": text,
    "boolean": boolean,
    "Boolean": boolean,
    "int": whole(_INT),
    "Integer": whole(_INT),
    "long": whole(_LONG),
    "Long": whole(_LONG),
    **dict.fromkeys(_NUMBERS, number(_FLOAT)),
    "Object": anything,
    "Property": anything,
    "DurationDeserializer": duration,
    "Instant": _read("Instant", "a date with time and zone, such as 2024-01-01T00:00:00Z"),
    "LocalDate": _read("LocalDate", "a date such as 2024-01-31"),
    "LocalTime": _read("LocalTime", "a time such as 10:30"),
}
"""By the name in descriptions. An unknown name is read as `anything`: better silent than wrong."""

LEAVES_2X = LEAVES | dict.fromkeys(_NUMBERS, number(_FLOAT_2X))
"""Those of Kestra 2.x, whose numbers may be `+Infinity`."""
