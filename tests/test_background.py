"""Calls that go on beside what their caller does."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from crowd import Crowd

from deployer.background import ahead, start


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What calls wait for, and no longer than the test does."""
    event = threading.Event()
    yield event
    event.set()


def test_a_call_goes_on_while_its_caller_does_something_else(gate: threading.Event) -> None:
    future = start(lambda: gate.wait(10))
    assert not future.done()
    gate.set()
    assert future.result(10) is True


def test_what_it_raises_is_raised_where_the_result_is_asked_for() -> None:
    future = start(lambda: int("no number"))
    with pytest.raises(ValueError, match="no number"):
        future.result(10)


def test_results_come_in_the_order_of_what_they_are_of(gate: threading.Event) -> None:
    def slow_first(number: int) -> int:
        if number:
            gate.set()
        else:
            assert gate.wait(10)
        return number

    assert list(ahead(slow_first, range(5), 2)) == [0, 1, 2, 3, 4]


def test_one_that_takes_long_does_not_hold_up_the_others(gate: threading.Event) -> None:
    def first_waits_for_last(number: int) -> bool:
        if number == 5:
            gate.set()
        return bool(number) or gate.wait(10)

    assert all(ahead(first_waits_for_last, range(6), 2))


def test_no_more_are_under_way_at_once_than_was_asked_for() -> None:
    under_way = Crowd(2)
    assert len(list(ahead(lambda _: under_way.visit(), range(6), 2))) == 6
    assert under_way.most == 2


def test_nothing_waits_for_what_is_left_behind(gate: threading.Event) -> None:
    ended: list[int] = []

    def first_fails(number: int) -> None:
        if not number:
            raise InterruptedError
        gate.wait(10)
        ended.append(number)

    with pytest.raises(InterruptedError):
        list(ahead(first_fails, range(9), 2))
    assert ended == []
