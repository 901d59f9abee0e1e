"""Backfills: executions of a schedule for a time that has passed. Against the real scheduler."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from engine.http.triggers.states_of import States
from engine.processes import eventually

NOW = datetime.now(UTC)
DAYS, YEARS = NOW - timedelta(days=3), NOW - timedelta(days=2000)


def backfill(states: States, start: datetime = YEARS) -> httpx.Response:
    return states.start_backfill(start=start.isoformat(), end=NOW.isoformat())


def test_a_backfill_runs_a_schedule_for_a_time_that_has_passed(states: States) -> None:
    planned = states.next_date(states.create_scheduled())

    answer = backfill(states, DAYS)
    assert answer.status_code == 200
    assert answer.json()["backfill"]["previousNextExecutionDate"] == planned
    assert eventually(lambda: "backfill" not in states.one())
    assert eventually(lambda: states.started() == 3)
    assert states.dates() == [f"{NOW - timedelta(days=ago):%Y-%m-%d}T00:00:00" for ago in (2, 1, 0)]
    assert states.next_date(states.one()) == planned


def test_it_is_paused_and_goes_on_and_is_ended(api: httpx.Client, states: States) -> None:
    planned = states.next_date(states.create_scheduled())
    backfill(states)
    assert eventually(lambda: states.started() > 0)

    def comes_to(deed: str, method: str, holds: Callable[[dict[str, Any]], bool]) -> bool:
        """Ask until it holds: 2.0.0 loses a change now and then, if the scheduler starts an execution meanwhile."""

        def asked() -> bool:
            assert api.request(method, f"/triggers/backfill/{deed}", json=states.place()).status_code == 200
            return eventually(lambda: holds(states.one()), 2)

        return eventually(asked)

    assert comes_to("pause", "PUT", lambda state: state["backfill"]["paused"] is True)
    assert comes_to("unpause", "PUT", lambda state: state["backfill"]["paused"] is False)
    before = states.started()
    assert eventually(lambda: states.started() > before)

    assert comes_to("delete", "POST", lambda state: "backfill" not in state)
    assert states.next_date(states.one()) == planned


@pytest.mark.parametrize("by", ["names", "query"])
def test_many_are_paused_and_go_on_and_are_ended(api: httpx.Client, states: States, by: str) -> None:
    states.create_scheduled()
    backfill(states)

    def change(deed: str) -> int:
        path = f"/triggers/backfill/{deed}/by-{'triggers' if by == 'names' else 'query'}"
        query = {"filters[flowId][EQUALS]": "hello"}
        return states.changed(api.post(path, json=[states.place()]) if by == "names" else api.post(path, params=query))

    def comes_to(deed: str, holds: Callable[[dict[str, Any]], bool]) -> bool:
        return eventually(lambda: change(deed) == 1 and eventually(lambda: holds(states.one()), 2))

    assert comes_to("pause", lambda state: state["backfill"]["paused"] is True)
    assert comes_to("unpause", lambda state: state["backfill"]["paused"] is False)
    assert comes_to("delete", lambda state: "backfill" not in state)


def test_without_a_backfill_1x_refuses_to_change_it_and_2x_changes_nothing(api: httpx.Client, states: States) -> None:
    states.create_scheduled()
    for method, deed in (("PUT", "pause"), ("PUT", "unpause"), ("POST", "delete")):
        answer = api.request(method, f"/triggers/backfill/{deed}", json=states.place())
        assert answer.status_code == (200 if states.is_2x else 400)
        assert api.request(method, f"/triggers/backfill/{deed}", json=states.place(flowId="nope")).status_code == 404
