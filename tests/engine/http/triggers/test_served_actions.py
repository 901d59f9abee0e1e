"""Triggers that are unlocked and restarted, and states that are deleted. Against the real scheduler."""

from __future__ import annotations

import httpx
import pytest
from engine.http.flow_texts import sleeper
from engine.http.triggers.states_of import EVERY_SECOND, PLACE, States
from engine.processes import eventually

from deployer.engine.process.launch import RunningEngine

PATH = "/triggers/team.a/hello/plan"


def is_locked(states: States) -> bool:
    """Whether the schedule waits for the execution that it has started."""
    return "executionId" in states.one()


@pytest.fixture
def locked(states: States) -> str:
    """The id of the execution that the schedule waits for; there is one after the other, each for a minute."""
    states.create_scheduled(EVERY_SECOND, text=sleeper(60, "hello"))
    assert eventually(lambda: is_locked(states))
    return str(states.one()["executionId"])


def test_a_locked_trigger_waits_and_goes_on_when_it_is_unlocked(api: httpx.Client, states: States, locked: str) -> None:
    assert eventually(lambda: states.started() == 1)

    answer = api.post(f"{PATH}/unlock")
    assert answer.status_code == 200
    assert "executionId" not in answer.json()
    assert eventually(lambda: states.one().get("executionId", locked) != locked)


@pytest.mark.parametrize("by", ["names", "query"])
def test_many_are_unlocked(api: httpx.Client, states: States, locked: str, by: str) -> None:
    states.create_scheduled(identifier="other")  # which is not locked
    listed = [states.place(), states.place(flowId="other")]
    answer = (
        api.post("/triggers/unlock/by-triggers", json=listed)
        if by == "names"
        else api.post("/triggers/unlock/by-query", params={"filters[triggerId][EQUALS]": "plan"})
    )
    assert states.changed(answer) == 1
    assert eventually(lambda: states.one().get("executionId", locked) != locked)


def test_what_is_not_locked_is_not_unlocked(api: httpx.Client, states: States) -> None:
    states.create_scheduled()
    assert api.post(f"{PATH}/unlock").status_code == 409
    assert api.post("/triggers/team.a/hello/nope/unlock").status_code == 404


@pytest.mark.usefixtures("locked")
def test_a_restart_begins_anew(api: httpx.Client, states: States) -> None:
    before = api.post(f"{PATH}/restart")
    assert before.status_code == 200
    assert before.json().get("locked" if states.is_2x else "date", False) is False
    assert api.post("/triggers/team.a/hello/nope/restart").status_code == 404


def test_a_state_is_deleted_since_1_2(api: httpx.Client, states: States, engine: RunningEngine) -> None:
    states.create_scheduled()
    answer = api.delete(PATH)

    if engine.version.name == "1.0":
        assert answer.status_code == 404
        assert states.all()
        return
    assert (answer.status_code, answer.content) == (204, b"")
    assert states.all() == {}
    assert api.delete(PATH).status_code == 404


@pytest.mark.parametrize("by", ["names", "query"])
def test_many_are_deleted_since_1_2(api: httpx.Client, states: States, engine: RunningEngine, by: str) -> None:
    for identifier in ("hello", "other", "third"):
        states.create_scheduled(identifier=identifier)
    listed = [states.place(), states.place(flowId="third"), states.place(flowId="nope")]
    answer = (
        api.request("DELETE", "/triggers/delete/by-triggers", json=listed)
        if by == "names"
        else api.delete("/triggers/delete/by-query", params={"filters[flowId][NOT_EQUALS]": "other"})
    )
    assert states.all("other")
    if engine.version.name == "1.0":
        assert answer.status_code == 405
        return
    assert states.changed(answer) == 2
    assert eventually(lambda: not states.all() and not states.all("third"))
    assert states.all("other")


def test_in_1x_a_body_must_name_the_tenant_unless_the_path_is_meant(api: httpx.Client, states: States) -> None:
    states.create_scheduled()
    answer = api.post("/triggers/set-disabled/by-triggers", json={"triggers": [PLACE], "disabled": True})

    assert states.changed(answer) == 1
    assert eventually(lambda: states.one()["disabled"] is states.is_2x)
