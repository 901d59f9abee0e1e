"""Durations as Kestra writes them: ISO 8601, up to days."""

from __future__ import annotations

import re
from datetime import timedelta

_LONGEST = 86400
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII)
_SECONDS = re.compile(r"\d{1,9}(?:\.\d{1,9})?", re.ASCII)


def duration(text: str) -> timedelta:
    """Return what a text such as PT30S, PT1M30S or P1D says; zero where it is no duration, or too long for one."""
    match = _DURATION.fullmatch(text)
    try:
        days, hours, minutes, seconds = (float(part or 0) for part in match.groups()) if match else (0, 0, 0, 0)
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        return timedelta()


def seconds(text: str) -> float | None:
    """Return how many seconds a text says, a duration or a plain number; None where it is neither."""
    if _SECONDS.fullmatch(text):
        return float(text)
    zero = _DURATION.fullmatch(text) and not re.search("[1-9]", text) and re.search("[0-9]", text)
    found = duration(text).total_seconds()
    return found if found or zero else None


def is_wait(found: float | None) -> bool:
    """Whether so many seconds can be waited for: up to a day."""
    return found is not None and found <= _LONGEST
