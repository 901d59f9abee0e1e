"""When a cron expression is due, for those that every reader of cron takes for the same dates.

Kestra reads cron with cron-utils, this package with cronsim. Both agree on numbers, names, ranges, lists and steps
(`tests/language/test_cron_dates.py` asks the engines). Of all else nothing is said: `L`, `W`, `#`, `?`, `|`, a step on
days beside days of the week, and dates near a change of the clocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

_NICKNAMES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_VALUE = r"(?:\d{1,2}|[A-Za-z]{3})"
_ITEM = rf"(?:\*|{_VALUE}(?:-{_VALUE})?)(?:/\d{{1,2}})?"
_FIELD = re.compile(rf"{_ITEM}(?:,{_ITEM})*")
_FIVE = 5
_DAY, _HOUR, _MINUTE = timedelta(hours=25), timedelta(hours=1), timedelta(minutes=1)
_QUARTERS = sorted(range(-12 * 4, 14 * 4 + 1), key=lambda each: (each % 4, abs(each)))
_OFFSETS = tuple(timezone(timedelta(minutes=15 * each)) for each in _QUARTERS)
"""Every offset from UTC that a server's clock can have, the usual ones first."""


@dataclass(frozen=True, slots=True)
class Cron:
    """An expression of five fields, or of six with seconds first. `zone` is None where the server's own counts."""

    fields: str
    zone: tzinfo | None = None

    @classmethod
    def read(cls, schedule: Mapping[str, Any]) -> Cron | None:
        """Return the cron of a schedule as a flow declares it, None where its dates are not known here."""
        text, seconds, zone = schedule.get("cron"), schedule.get("withSeconds", False), schedule.get("timezone")
        if not isinstance(text, str) or not isinstance(seconds, bool) or not isinstance(zone, str | None):
            return None
        given = text.split()
        fields = _NICKNAMES.get(text, "").split() or (given if len(given) == _FIVE + seconds else [])
        if not fields or not all(map(_FIELD.fullmatch, fields)) or _is_ambiguous(fields):
            return None
        try:
            found = cls(" ".join(fields), ZoneInfo(zone) if zone else None)
            found.after(datetime(2000, 1, 1))  # noqa: DTZ001  whether cronsim can read it
        except (CronSimError, KeyError, ValueError, OSError):  # a zone that is not known on this machine
            return None
        return found

    def after(self, local: datetime) -> datetime | None:
        """Return the first due date after a local one, both without a zone; None where there never is one."""
        return next(iter(CronSim(self.fields, local)), None)

    def is_due(self, local: datetime) -> bool:
        """Whether a local date is a due one."""
        return self.after(local - timedelta(seconds=1)) == local


@dataclass(frozen=True, slots=True)
class Judged:
    """What can be said of a next date: whether the cron is `due` then, and the first run that it leaves out."""

    due: bool = True
    left_out: datetime | None = None


def judge(cron: Cron, following: datetime, now: datetime) -> Judged:
    """Return what can be said of the next date of a schedule, which is all well where nothing can be."""
    if cron.zone is not None:
        return _judge_in(cron, cron.zone, following, now + _MINUTE)
    found = list(_fitting(cron, following, now))
    if not found:
        return Judged(due=False)
    left_out = {each.left_out for each in found}
    return Judged(left_out=left_out.pop()) if len(left_out) == 1 else Judged()


def _judge_in(cron: Cron, zone: tzinfo, following: datetime, since: datetime) -> Judged:
    local, now = (each.astimezone(zone).replace(tzinfo=None) for each in (following, since))
    if _changes(zone, local):
        return Judged()
    if not cron.is_due(local):
        return Judged(due=False)
    first = cron.after(now)
    if first is None or first >= local or _changes(zone, first):
        return Judged()
    return Judged(left_out=first.replace(tzinfo=zone).astimezone(UTC))


def _fitting(cron: Cron, following: datetime, now: datetime) -> Iterator[Judged]:
    """Yield a verdict for each offset under which the next date is a due one; nothing more after one that is well.

    The server's clock may be changed in between, by an hour: so a run within the next hour is not said to be left out,
    unless the cron is due at that hour as well.
    """
    for offset in _OFFSETS:
        local = following.astimezone(offset).replace(tzinfo=None)
        if cron.is_due(local):
            every = cron.is_due(local - _HOUR) and cron.is_due(local + _HOUR)
            judged = _judge_in(cron, offset, following, now + (_MINUTE if every else _HOUR))
            yield judged
            if judged.left_out is None:
                return


def _changes(zone: tzinfo, local: datetime) -> bool:
    """Whether the clocks of a zone are changed within a day of a local date."""
    before, after = (each.replace(tzinfo=zone).utcoffset() for each in (local - _DAY, local + _DAY))
    return before != after


def _is_ambiguous(fields: list[str]) -> bool:
    """Whether both days are limited and one by a step on all: some then take either day, some only both."""
    days, weekdays = fields[-3], fields[-1]
    return "*" not in (days, weekdays) and (days.startswith("*") or weekdays.startswith("*"))
