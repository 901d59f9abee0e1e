"""Which strings Java's parsers accept as dates and times, as Jackson calls them. Tested on all engines."""

from __future__ import annotations

import re
from calendar import isleap

_DATE = r"(?P<sign>[+-]?)(?P<year>\d{4,10})-(?P<month>\d\d)-(?P<day>\d\d)"
_CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d{0,9})?)?"
_FULL_CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d{0,9}))?"
_ZONE = r"(?:[Zz]|[+-](?P<zone>\d\d:\d\d(?::\d\d)?))"
_LOCAL_DATE = re.compile(_DATE)
_LOCAL_TIME = re.compile(_CLOCK)
_LOCAL_DATE_TIME = re.compile(rf"{_DATE}[Tt]{_CLOCK}")
_INSTANT = re.compile(rf"{_DATE}[Tt]{_FULL_CLOCK}{_ZONE}")
_EPOCH = re.compile(r"-?\d+(?:\.\d+)?")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LAST_YEAR = 999_999_999  # an Instant can have one year more, which 2.0 cannot store
_FIRST_SECOND, _LAST_SECOND = -31_557_014_167_219_200, 31_556_889_864_403_199  # the range of an Instant, from 1970
_WIDEST_ZONE = "18:00"
_DATE_LENGTH = len("2024-01-31")


def is_instant(text: str) -> bool:
    """Whether a string is a point in time: with date, time and zone, or a number of seconds since 1970."""
    if _EPOCH.fullmatch(text):
        return _FIRST_SECOND <= int(text.partition(".")[0]) <= _LAST_SECOND
    match = _INSTANT.fullmatch(text)
    if not match or not _is_day(match) or not _is_zone(match["zone"]):
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
