"""What can be said of the next date of a schedule, without an engine; the engines are asked in `tests/health`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from deployer.language.cron_dates import Cron, Judged, judge

NOW = datetime(2026, 11, 29, 16, 25, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def judged(following: str, now: datetime = NOW, **schedule: Any) -> Judged:
    cron = Cron.read(schedule)
    assert cron is not None
    return judge(cron, at(following), now)


@pytest.mark.parametrize(
    ("cron", "more", "following"),
    [
        ("0 3 * * *", {"timezone": "UTC"}, "2026-11-30T03:00:00Z"),
        ("0 3 * * *", {"timezone": "Europe/Paris"}, "2026-11-30T02:00:00Z"),
        ("0 3 * * *", {"timezone": "Asia/Kathmandu"}, "2026-11-29T21:15:00Z"),
        ("@daily", {"timezone": "UTC"}, "2026-11-30T00:00:00Z"),
        ("0 9-17/2 * * MON-FRI", {"timezone": "UTC"}, "2026-11-30T09:00:00Z"),
        ("0 12 1,15 jan,jun *", {"timezone": "UTC"}, "2027-01-01T12:00:00Z"),
        ("*/10 * * * * *", {"timezone": "UTC", "withSeconds": True}, "2026-11-29T16:25:10Z"),
        ("@hourly", {"timezone": "UTC", "withSeconds": True}, "2026-11-29T17:00:00Z"),
        ("0 3 * * *", {}, "2026-11-30T03:00:00Z"),
        ("0 3 * * *", {}, "2026-11-29T22:00:00Z"),  # a server in New Delhi has half an hour, Sydney none
        ("30 3 * * *", {}, "2026-11-29T22:00:00Z"),
        ("0 * * * *", {}, "2026-11-29T17:00:00Z"),
        ("0 3,5 * * *", {}, "2026-11-30T03:00:00Z"),
    ],
)
def test_the_next_date_of_a_cron_is_well(cron: str, more: dict[str, Any], following: str) -> None:
    assert judged(following, cron=cron, **more) == Judged()


@pytest.mark.parametrize(
    ("cron", "more", "following", "left_out"),
    [
        ("0 3 * * *", {"timezone": "UTC"}, "2026-12-01T03:00:00Z", "2026-11-30T03:00:00Z"),
        ("0 3 * * *", {"timezone": "Europe/Paris"}, "2026-12-01T02:00:00Z", "2026-11-30T02:00:00Z"),
        ("0 3 * * *", {}, "2026-12-01T03:00:00Z", "2026-11-30T03:00:00Z"),
        ("0 3 * * *", {}, "2026-12-01T01:00:00Z", "2026-11-30T01:00:00Z"),
        ("@monthly", {"timezone": "UTC"}, "2027-01-01T00:00:00Z", "2026-12-01T00:00:00Z"),
        ("0 * * * *", {}, "2026-11-29T18:00:00Z", "2026-11-29T17:00:00Z"),
    ],
)
def test_a_run_that_is_left_out_is_named(cron: str, more: dict[str, Any], following: str, left_out: str) -> None:
    assert judged(following, cron=cron, **more) == Judged(left_out=at(left_out))


@pytest.mark.parametrize(
    ("cron", "more", "following"),
    [
        ("0 3 * * *", {"timezone": "UTC"}, "2026-11-30T04:00:00Z"),
        ("0 3 * * *", {"timezone": "Europe/Paris"}, "2026-11-30T03:00:00Z"),
        ("0 3 * * *", {}, "2026-11-30T03:01:00Z"),
        ("0 3 * * MON", {"timezone": "UTC"}, "2026-12-01T03:00:00Z"),
    ],
)
def test_a_date_that_no_cron_has_is_not_due(cron: str, more: dict[str, Any], following: str) -> None:
    assert judged(following, cron=cron, **more) == Judged(due=False)


@pytest.mark.parametrize(
    "schedule",
    [
        {},
        {"cron": 5},
        {"cron": "{{ vars.cron }}"},
        {"cron": "0 3 * *"},
        {"cron": "0 0 3 * * *"},
        {"cron": "0 3 * * *", "withSeconds": True},
        {"cron": "0 3 * * *", "withSeconds": "{{ x }}"},
        {"cron": "0 3 * * *", "timezone": "Nowhere/Atall"},
        {"cron": "0 3 * * *", "timezone": "../../etc/passwd"},
        {"cron": "0 3 L * *"},
        {"cron": "0 3 * * MON#1"},
        {"cron": "0 3|4 * * *"},
        {"cron": "0 3 ? * MON"},
        {"cron": "0 3 * * FRI-MON"},
        {"cron": "0 3 */2 * MON"},
        {"cron": "0 3 30 2 *"},
        {"cron": "@daily or so"},
    ],
)
def test_of_what_is_read_otherwise_nothing_is_said(schedule: dict[str, Any]) -> None:
    assert Cron.read(schedule) is None


def test_nothing_is_said_near_a_change_of_the_clocks() -> None:
    """In 2027, the clocks of Paris go forward on 28 March."""
    before = datetime(2027, 3, 26, 12, tzinfo=UTC)
    assert judged("2027-03-28T01:30:00Z", before, cron="30 2 * * *", timezone="Europe/Paris") == Judged()
    later = judged("2027-04-02T00:30:00Z", before, cron="30 2 * * *", timezone="Europe/Paris")
    assert later == Judged()  # the first that would be left out, on the 27th, is near to it


def test_a_run_of_this_minute_is_under_way_rather_than_left_out() -> None:
    now = datetime(2026, 11, 30, 2, 59, 50, tzinfo=UTC)
    assert judged("2026-12-01T03:00:00Z", now, cron="0 3 * * *", timezone="UTC") == Judged()


def test_where_the_zone_is_the_servers_a_run_of_this_hour_is_not_said_to_be_left_out() -> None:
    """The server may have changed its clock by an hour since."""
    now = datetime(2026, 11, 30, 2, 30, tzinfo=UTC)
    assert judged("2026-12-01T03:00:00Z", now, cron="0 3 * * *") == Judged()
