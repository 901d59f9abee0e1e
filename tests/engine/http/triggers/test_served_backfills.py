"""Backfills: executions of a schedule for a time that has passed. Against the real scheduler."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

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

    paused = api.put("/triggers/backfill/pause", json=states.place())
    assert (paused.status_code, paused.json()["backfill"]["paused"]) == (200, True)
    on = api.put("/triggers/backfill/unpause", json=states.place())
    assert (on.status_code, on.json()["backfill"]["paused"]) == (200, False)
    before = states.started()
    assert eventually(lambda: states.started() > before)

    ended = api.post("/triggers/backfill/delete", json=states.place())
    assert (ended.status_code, "backfill" in ended.json()) == (200, False)
    assert states.next_date(states.one()) == planned


@pytest.mark.parametrize("by", ["names", "query"])
def test_many_are_paused_and_go_on_and_are_ended(api: httpx.Client, states: States, by: str) -> None:
    states.create_scheduled()
    backfill(states)

    def change(deed: str) -> int:
        path = f"/triggers/backfill/{deed}/by-{'triggers' if by == 'names' else 'query'}"
        query = {"filters[flowId][EQUALS]": "hello"}
        return states.changed(api.post(path, json=[states.place()]) if by == "names" else api.post(path, params=query))

    assert change("pause") == 1
    assert eventually(lambda: states.one()["backfill"]["paused"] is True)
    assert change("unpause") == 1
    assert eventually(lambda: states.one()["backfill"]["paused"] is False)
    assert change("delete") == 1
    assert eventually(lambda: "backfill" not in states.one())


def test_without_a_backfill_1x_refuses_to_change_it_and_2x_changes_nothing(api: httpx.Client, states: States) -> None:
    states.create_scheduled()
    for method, deed in (("PUT", "pause"), ("PUT", "unpause"), ("POST", "delete")):
        answer = api.request(method, f"/triggers/backfill/{deed}", json=states.place())
        assert answer.status_code == (200 if states.is_2x else 400)
        assert api.request(method, f"/triggers/backfill/{deed}", json=states.place(flowId="nope")).status_code == 404
