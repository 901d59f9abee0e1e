"""Triggers that are switched off and on in their states, not in a source. Against the real scheduler."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
from engine.http.flow_texts import flow
from engine.http.triggers.states_of import EVERY_SECOND, States
from engine.made_plugin import REALTIME
from engine.processes import eventually

WEBHOOK = "triggers:\n  - id: plan\n    type: io.kestra.plugin.core.trigger.Webhook\n    key: secret-key\n"
SWITCHED = ("hello", "other")
MEANWHILE = timedelta(seconds=3)
ONE_MORE = timedelta(seconds=1)  # which 1.x may start while it is told to stop


def to_the_second(time: datetime) -> str:
    """Return a time as a schedule's date is written."""
    return f"{time:%Y-%m-%dT%H:%M:%S}"


def test_what_is_off_starts_nothing_and_makes_up_for_what_it_missed_in_1x_and_in_2x_only_if_that_is_wanted(
    states: States,
) -> None:
    for each in (*SWITCHED, "clock"):
        states.create_scheduled(EVERY_SECOND, each)
    assert eventually(lambda: all(states.started(each) > 0 for each in SWITCHED))
    for each in SWITCHED:
        states.switch_off(each)
    off = datetime.now(UTC)
    assert eventually(lambda: states.last_date("clock") > to_the_second(off + MEANWHILE))
    for each in SWITCHED:
        assert states.last_date(each) <= to_the_second(off + ONE_MORE)
        assert states.one(each)["disabled"] is True

    first, last = (to_the_second(time) for time in (off + ONE_MORE, datetime.now(UTC)))
    for each, recover in zip(SWITCHED, (True, False), strict=True):
        wanted = {"recoverMissedSchedules": recover} if states.is_2x else {}
        assert states.switch(disabled=False, flowId=each, **wanted).status_code == 200
    assert eventually(lambda: all(states.last_date(each) > last for each in SWITCHED))
    assert [states.one(each)["disabled"] for each in SWITCHED] == [False, False]
    made_up = [each for each in SWITCHED if any(first < date <= last for date in states.dates(each))]
    assert made_up == [*(SWITCHED[:1] if states.is_2x else SWITCHED)]


def test_many_are_switched_by_their_names_and_by_a_query(api: httpx.Client, states: States) -> None:
    for identifier in ("hello", "other"):
        states.create_scheduled(identifier=identifier)

    listed = [states.place(), states.place(flowId="other")]
    off = api.post("/triggers/set-disabled/by-triggers", json={"triggers": listed, "disabled": True})
    assert states.changed(off) == 2
    assert eventually(lambda: all(states.one(each)["disabled"] for each in ("hello", "other")))

    query = {"filters[flowId][EQUALS]": "other", "disabled": "false"}
    assert states.changed(api.post("/triggers/set-disabled/by-query", params=query)) == 1
    assert eventually(lambda: not states.one("other")["disabled"])
    assert states.one()["disabled"]


def test_a_query_switches_off_unless_it_says_otherwise(api: httpx.Client, states: States) -> None:
    states.create_scheduled()
    assert states.changed(api.post("/triggers/set-disabled/by-query")) == 1
    assert eventually(lambda: bool(states.one()["disabled"]))


def test_what_is_not_declared_is_not_found(states: States) -> None:
    states.create_scheduled()
    for wrong in ({"flowId": "nope"}, {"triggerId": "nope"}):
        answer = states.switch(disabled=True, **wrong)
        assert answer.status_code == 404
        assert "Not Found: " in answer.json()["message"]
    assert states.one()["disabled"] is False


def test_a_trigger_without_a_state_is_not_found(states: States) -> None:
    states.create(flow(extra=WEBHOOK))
    assert states.switch(disabled=True).status_code == 404


def test_a_realtime_trigger_is_switched_in_2x_only(api: httpx.Client, states: States) -> None:
    states.create(flow(extra=f"triggers:\n  - id: plan\n    type: {REALTIME}\n"))
    assert eventually(lambda: "workerId" in states.all().get("plan", {}))

    listed = {"triggers": [states.place()], "disabled": True}
    assert states.changed(api.post("/triggers/set-disabled/by-triggers", json=listed)) == 1
    answer = states.switch(disabled=True)
    assert (answer.status_code, states.one()["disabled"]) == ((200, True) if states.is_2x else (422, False))
    assert states.is_2x or "Realtime triggers can not be updated" in answer.json()["message"]
    assert api.post("/triggers/team.a/hello/plan/unlock").status_code == (409 if states.is_2x else 200)


def test_a_list_that_lacks_something_is_refused_with_all_that_it_lacks(api: httpx.Client, states: States) -> None:
    answer = api.post("/triggers/set-disabled/by-triggers", json={"triggers": []})
    name = "request" if states.is_2x else "setDisabledRequest"

    assert answer.status_code == 422
    assert [each["path"] for each in answer.json()["_embedded"]["errors"]] == [
        f"disabledTriggersByIds.{name}.triggers",
        f"disabledTriggersByIds.{name}.disabled",
    ]
