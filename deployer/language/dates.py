"""Which strings Java's parsers accept as dates and times, as Jackson calls them. Tested on all engines."""

from __future__ import annotations

import math
import re
from calendar import isleap
from typing import Any

from deployer.model.java import BLANKS

_DATE = r"(?P<sign>[+-]?)(?P<year>\d{4,10})-(?P<month>\d\d)-(?P<day>\d\d)"
_CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d{0,9}))?)?"
_FULL_CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d{0,9}))?"
_ZONE = r"(?:[Zz]|(?P<ahead>[+-])(?P<zone>\d\d:\d\d(?::\d\d)?))"
_LOCAL_DATE = re.compile(_DATE)
_LOCAL_TIME = re.compile(_CLOCK)
_LOCAL_DATE_TIME = re.compile(rf"{_DATE}[Tt]{_CLOCK}")
_INSTANT = re.compile(rf"{_DATE}[Tt]{_FULL_CLOCK}{_ZONE}")
_EPOCH = re.compile(r"-?\d+(?:\.\d+)?")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LAST_YEAR = 999_999_999  # an Instant can have one year more, which Kestra cannot store
_FIRST_SECOND, _LAST_SECOND = -31_557_014_135_596_800, 31_556_889_832_780_799  # of these years, from 1970
_FIRST_DAY, _LAST_DAY = -365_243_219_162, 365_241_780_471  # likewise
_NANOS = 1_000_000_000
_WIDEST_ZONE = "18:00"
_DATE_LENGTH = len("2024-01-31")


Moment = tuple[int, ...]
"""A date, a time, or both in UTC: sorts as they do."""


def moment(reading: str, text: str) -> Moment | None:
    """Return what `LocalDate`, `LocalTime` or `Instant` parse from a string, None if they refuse it."""
    match reading:
        case "LocalDate":
            found = _LOCAL_DATE.fullmatch(text)
            return (_days(found),) if found and _is_day(found) else None
        case "LocalTime":
            found = _LOCAL_TIME.fullmatch(text)
            return _since_midnight(found) if found and _is_clock(found) else None
    found = _INSTANT.fullmatch(text)
    if not found or not _is_instant(found):
        return None
    seconds, fraction = _since_midnight(found)
    hours, minutes, *rest = map(int, (found["zone"] or "0:0").split(":"))
    zone = (hours * 60 + minutes) * 60 + sum(rest)
    return _days(found) * 86_400 + seconds - (-zone if found["ahead"] == "-" else zone), fraction


def moment_of(reading: str, value: Any) -> Moment | None:
    """Return what Jackson reads as `LocalDate`, `LocalTime` or `Instant` from a property, None if it refuses it.

    A LocalDate is also a number of days since 1970, an Instant one of seconds, the first two a list of their parts.
    """
    match value:
        case str():
            return _read_text(reading, value.strip(BLANKS))
        case bool():
            return None
        case int() if reading == "LocalDate":
            return (value + _EPOCH_DAY,) if _FIRST_DAY <= value <= _LAST_DAY else None
        case int() | float() if reading == "Instant" and math.isfinite(value):
            return _since_epoch(math.floor(value), int(value % 1 * _NANOS))
        case [int(), int(), *_] if all(isinstance(part, int) and not isinstance(part, bool) for part in value):
            return _read_parts(reading, *value)
    return None


def _read_text(reading: str, text: str) -> Moment | None:
    match reading:
        case "LocalDate" if is_local_date(text):
            return moment(reading, text.partition("T")[0])
        case "LocalTime" if is_local_time(text):
            return moment(reading, text.rpartition("T")[2].removesuffix("Z"))
        case "Instant" if _EPOCH.fullmatch(text):
            whole, _, fraction = text.partition(".")
            return _since_epoch(int(whole), int(fraction[:9].ljust(9, "0")))
        case "Instant":
            return moment(reading, text)
    return None


def _since_epoch(seconds: int, nanos: int) -> Moment | None:
    return (_EPOCH_DAY * 86_400 + seconds, nanos) if _FIRST_SECOND <= seconds <= _LAST_SECOND else None


def _read_parts(reading: str, first: int, second: int, *rest: int) -> Moment | None:
    match reading, rest:
        case "LocalDate", [day]:
            sign = "-" if first < 0 else "+" if first > 9999 else ""  # noqa: PLR2004  (as dates are written)
            return moment(reading, f"{sign}{abs(first):04}-{second:02}-{day:02}")
        case "LocalTime", []:
            return moment(reading, f"{first:02}:{second:02}")
        case "LocalTime", [seconds]:
            return moment(reading, f"{first:02}:{second:02}:{seconds:02}")
        case "LocalTime", [seconds, nanos]:
            return moment(reading, f"{first:02}:{second:02}:{seconds:02}.{nanos:09}")
    return None


def _days(match: re.Match[str]) -> int:
    """Return the days since a fixed date, for any year: a year begins in March, so a leap day is its last."""
    year, month, day = int(f"{match['sign']}{match['year']}"), int(match["month"]), int(match["day"])
    year, month = (year, month - 3) if month > len(("January", "February")) else (year - 1, month + 9)
    return year * 365 + year // 4 - year // 100 + year // 400 + (month * 153 + 2) // 5 + day


_EPOCH_DAY = _days(re.fullmatch(_DATE, "1970-01-01"))  # type: ignore[arg-type]


def _since_midnight(match: re.Match[str]) -> tuple[int, int]:
    second = min(int(match["second"] or 0), 59)  # a leap second counts as the one before it
    nanos = int((match["fraction"] or "").ljust(9, "0"))
    return (int(match["hour"]) * 60 + int(match["minute"])) * 60 + second, nanos


def is_instant(text: str) -> bool:
    """Whether a string is a point in time: with date, time and zone, or a number of seconds since 1970."""
    if _EPOCH.fullmatch(text):
        return _FIRST_SECOND <= int(text.partition(".")[0]) <= _LAST_SECOND
    match = _INSTANT.fullmatch(text)
    return match is not None and _is_instant(match)


def _is_instant(match: re.Match[str]) -> bool:
    if not _is_day(match) or not _is_zone(match["zone"]):
        return False
    clock = (match["hour"], match["minute"], match["second"])
    if clock == ("24", "00", "00"):  # the end of the day
        return not (match["fraction"] or "").strip("0")
    return clock == ("23", "59", "60") or _is_clock(match)  # the former is a leap second


def is_local_date(text: str) -> bool:
    """Whether a string is a date; a time after it is ignored."""
    if text[_DATE_LENGTH : _DATE_LENGTH + 1] == "T":
        return _is_date_time(text.removesuffix("Z"))
    match = _LOCAL_DATE.fullmatch(text)
    return match is not None and _is_day(match)


def is_local_time(text: str) -> bool:
    """Whether a string is a time of day; a date before it is ignored."""
    if "T" in text:
        return _is_date_time(text)
    match = _LOCAL_TIME.fullmatch(text)
    return match is not None and _is_clock(match)


def _is_date_time(text: str) -> bool:
    match = _LOCAL_DATE_TIME.fullmatch(text)
    return match is not None and _is_day(match) and _is_clock(match)


def _is_day(match: re.Match[str]) -> bool:
    sign, digits = match["sign"], match["year"]
    if (sign == "+" and len(digits) == len("2024")) or (not sign and len(digits) != len("2024")):
        return False  # a year of more than four digits needs a sign, and only these may have `+`
    year, month, day = int(digits), int(match["month"]), int(match["day"])
    if year > _LAST_YEAR or not 1 <= month <= len(_DAYS) or not 1 <= day <= _DAYS[month - 1]:
        return False
    return not (sign == "-" and year == 0) and ((month, day) != (2, 29) or isleap(year))


def _is_clock(match: re.Match[str]) -> bool:
    return match["hour"] < "24" and match["minute"] < "60" and (match["second"] or "00") < "60"


def _is_zone(zone: str | None) -> bool:
    if zone is None:
        return True
    hours, minutes, *seconds = zone.split(":")
    if minutes > "59" or any(each > "59" for each in seconds):
        return False
    return hours < _WIDEST_ZONE[:2] or zone in (_WIDEST_ZONE, f"{_WIDEST_ZONE}:00")
