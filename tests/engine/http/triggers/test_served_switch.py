"""Triggers that are switched off and on in their states, not in a source. Against the real scheduler."""

from __future__ import annotations

import httpx
import pytest
from engine.http.flow_texts import flow
from engine.http.triggers.states_of import EVERY_SECOND, States
from engine.processes import eventually

SECONDS = 4  # of another schedule that fires each second: how long nothing must happen
WEBHOOK = "triggers:\n  - id: plan\n    type: io.kestra.plugin.core.trigger.Webhook\n    key: secret-key\n"


def fires(states: States, identifier: str, times: int = 1) -> bool:
    """Whether a schedule starts executions, as many as these."""
    before = states.started(identifier)
    return eventually(lambda: states.started(identifier) >= before + times)


def test_a_trigger_that_is_off_starts_nothing_until_it_is_on_again(states: States) -> None:
    states.create_scheduled(EVERY_SECOND)
    states.create_scheduled(EVERY_SECOND, "clock")
    assert fires(states, "hello")

    off = states.switch(disabled=True)
    assert (off.status_code, off.json()["disabled"]) == (200, True)
    assert fires(states, "clock")  # what was under way has been started
    before = states.started()
    assert fires(states, "clock", SECONDS)
    assert (states.started(), states.one()["disabled"]) == (before, True)

    on = states.switch(disabled=False)
    assert (on.status_code, on.json()["disabled"]) == (200, False)
    assert fires(states, "hello")
    assert states.one()["disabled"] is False


@pytest.mark.parametrize("recover", [True, False])
def test_what_was_missed_is_made_up_for_in_1x_and_in_2x_only_if_that_is_wanted(states: States, recover: bool) -> None:
    states.create_scheduled(EVERY_SECOND)
    states.create_scheduled(EVERY_SECOND, "clock")
    assert fires(states, "hello")
    states.switch(disabled=True)
    assert fires(states, "clock")
    last = states.dates()[-1]
    assert fires(states, "clock", SECONDS)
    now = states.dates("clock")[-1]

    states.switch(disabled=False, **({"recoverMissedSchedules": recover} if states.is_2x else {}))
    assert eventually(lambda: states.dates()[-1] > now)
    missed = [date for date in states.dates() if last < date <= now]
    assert (len(missed) >= SECONDS) is (recover or not states.is_2x)
    assert missed == [] or len(missed) >= SECONDS


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


def test_a_list_that_lacks_something_is_refused_with_all_that_it_lacks(api: httpx.Client, states: States) -> None:
    answer = api.post("/triggers/set-disabled/by-triggers", json={"triggers": []})
    name = "request" if states.is_2x else "setDisabledRequest"

    assert answer.status_code == 422
    assert [each["path"] for each in answer.json()["_embedded"]["errors"]] == [
        f"disabledTriggersByIds.{name}.triggers",
        f"disabledTriggersByIds.{name}.disabled",
    ]
