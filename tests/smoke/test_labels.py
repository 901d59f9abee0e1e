"""Which executions of earlier runs were left running, as their labels tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from deployer.smoke.labels import UNTIL, is_left, labels

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_it_is_left_once_its_time_is_over() -> None:
    found = labels("ours", NOW, timedelta(minutes=1))
    assert [is_left(found, NOW + timedelta(seconds=seconds)) for seconds in (0, 61)] == [False, True]


@pytest.mark.parametrize("until", ["", "soon", "-1", "²", "9" * 5000])
def test_what_is_no_time_says_nothing(until: str) -> None:
    assert not is_left({UNTIL: until}, NOW)
