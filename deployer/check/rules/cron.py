"""Whether cron expressions are valid.

Why: Kestra refuses a schedule whose cron expression is not valid.

Bad:  `cron: "0 24 * * *"`
Good: `cron: "0 0 * * *"`, `cron: "@daily"`
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from deployer.check.base import Check, Finding
from deployer.language.constraints import Asked
from deployer.language.leaves import as_text, truth
from deployer.language.types import Types

NICKNAMES = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_MONTHS = dict(
    zip(["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], range(1, 13), strict=True)
)
_DAYS = dict(zip(["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"], range(1, 8), strict=True))
_LAST = re.compile(r"L(?:-(?P<before>\d+))?|(?P<first>\d+)-L(?:/(?P<step>\d+))?")
_NUMBER = re.compile(r"\+?\d+")


class _WrongError(ValueError):
    """What is wrong with an expression."""


def faults(asked: Asked, types: Types) -> Iterator[Finding]:
    """Yield a finding for a schedule whose cron expression is not valid."""
    value = asked.part.value.get("cron")
    seconds = bool(truth(asked.part.value.get("withSeconds")))
    if value is not None and (wrong := problem(as_text(value), seconds, types.since("2.0"))):
        six = len(as_text(value).split()) == len(_FIVE) + 1 and not seconds
        hint = "add `withSeconds: true`, or drop the first field" if six else ""
        yield Finding((*asked.part.route, "cron"), f"the cron expression is not valid: {wrong}", hint)


@lru_cache(maxsize=4096)
def problem(expression: str, with_seconds: bool = False, last_day: bool = False) -> str | None:
    """Return what is wrong with a cron expression as Kestra reads it, None if it is valid.

    `last_day`: whether `L` means the last day of the month, and `L-3` three days before it, as since 2.0.
    """
    try:
        _check(expression, _fields(with_seconds, last_day))
    except _WrongError as error:
        return str(error)
    return None


def _check(expression: str, fields: tuple[_Field, ...]) -> None:
    if expression in NICKNAMES:
        return
    if "||" in expression:
        for part in expression.rstrip("|").split("||"):
            _check(part, fields)
    elif "|" in expression:
        _alternatives(expression, fields)
    else:
        parts = re.sub(r"[ \t\n\x0b\f\r]+", " ", expression).strip().upper().split(" ")
        if len(parts) != len(fields):
            raise _WrongError(f"it must have {len(fields)} fields, but has {len([part for part in parts if part])}")
        for part, field in zip(parts, fields, strict=True):
            if part.endswith(","):
                raise _WrongError(f"`{part}` ends with a comma")
            field.check(part)


def _alternatives(expression: str, fields: tuple[_Field, ...]) -> None:
    """Check `0|30 * * * *`, two expressions in one: every field with a `|` has an alternative for each."""
    words = [_split(word, "|") if "|" in word else word for word in expression.split()]
    count = max((len(word) if isinstance(word, list) else 1 for word in words), default=0)
    if any(isinstance(word, list) and len(word) < count for word in words) or not count:
        raise _WrongError("the fields have different numbers of alternatives")
    for at in range(count):
        _check(" ".join(word[at] if isinstance(word, list) else word for word in words), fields)


class _Field:
    """One field: its bounds, and its names for numbers."""

    def __init__(
        self, name: str, least: int, most: int, names: dict[str, int] | None = None, *, last: bool = False
    ) -> None:
        self.name, self.least, self.most, self.names, self.last = name, least, most, names or {}, last

    def check(self, text: str) -> None:
        """Raise _WrongError if this is not valid."""
        items = _split(text, ",")
        if len(items) > 1:
            for item in items:
                self.check(item)
        elif self.last and (match := _LAST.fullmatch(text)):
            self._last_day(match)
        elif "-" in text:
            self._range(text)
        elif "/" in text:
            words = _split(text, "/")
            if len(words) != len(("start", "step")):
                raise _WrongError(f"`{text}` has no step, or more than one")
            if words[0] not in ("", "*"):
                self._within(self._value(words[0]))
            if words != ["*", "1"]:
                self._step(words[1])
        elif text != "*":
            self._within(self._value(text))

    def _last_day(self, match: re.Match[str]) -> None:
        for number in filter(None, (match["before"], match["first"])):
            self._within(int(number))
        if match["step"]:
            self._step(match["step"])

    def _range(self, text: str) -> None:
        words = _split(text, "-")
        if len(words) != len(("from", "to")) or not all(words):
            raise _WrongError(f"`{text}` is not a range")
        last, *steps = _split(words[1], "/") if "/" in words[1] else [words[1], "1"]
        first, to = self._within(self._value(words[0])), self._within(self._value(last))
        if first > to:
            raise _WrongError(f"the range `{text}` goes backwards")
        if not steps:
            raise _WrongError(f"`{text}` has no step")
        if "/" in words[1]:
            self._step(steps[0])

    def _value(self, text: str) -> int:
        if text in self.names:
            return self.names[text]
        if not _NUMBER.fullmatch(text) or int(text) > 2**31 - 1:
            raise _WrongError(f"`{text}` is not a valid {self.name}")
        return int(text)

    def _within(self, value: int) -> int:
        if not self.least <= value <= self.most:
            raise _WrongError(f"{value} is not a valid {self.name}; use {self.least} to {self.most}")
        return value

    def _step(self, text: str) -> None:
        step = self._value(text)
        if not 0 < step <= min(self.most, self.most - self.least + 1):
            raise _WrongError(f"a step of {step} is out of range for the {self.name}")


_SECOND = _Field("second", 0, 59)
_FIVE = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of the week", 0, 7, _DAYS),
)


def _fields(with_seconds: bool, last_day: bool) -> tuple[_Field, ...]:
    minute, hour, day, *rest = _FIVE
    five = (minute, hour, _Field(day.name, day.least, day.most, last=last_day), *rest)
    return (_SECOND, *five) if with_seconds else five


def _split(text: str, by: str) -> list[str]:
    """Split as Java does: empty strings at the end are dropped."""
    words = text.split(by)
    while len(words) > 1 and not words[-1]:
        words.pop()
    return words


CHECK = Check("cron", __doc__, on={"ScheduleValidation": faults})
