"""What the write of a flow does to a trigger that was switched off in its state: `docs/engine.md` has the table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
import pytest
from engine.http.flow_texts import YAML, flow
from engine.http.triggers.states_of import DAILY, EVERY_SECOND, States, scheduled
from engine.processes import eventually

OFF = "    disabled: true\n"
NOON = '    cron: "0 12 * * *"\n'
OTHER = "  - id: other\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: '@weekly'\n"
PLANNED = scheduled()
WITH_DRAFTS = pytest.mark.parametrize("kestra", ["2.0 that schedules"], indirect=True)


def message(text: str) -> str:
    """The same flow with another task."""
    return text.replace("message: hi", "message: hello")


class Writes:
    """Writes one flow again and again, and knows when the scheduler has seen it."""

    def __init__(self, api: httpx.Client, states: States) -> None:
        self._api, self._states, self._written = api, states, 0

    def update(self, *texts: str, draft: bool = False) -> None:
        """Update the flow to one text after the other."""
        for text in texts:
            query = {"draft": "true"} if draft else {}
            answer = self._api.put("/flows/team.a/hello", content=text.encode(), headers=YAML, params=query)
            assert answer.status_code == 200, answer.text

    def recreate(self, text: str) -> None:
        """Delete the flow, and create it again."""
        self._api.delete("/flows/team.a/hello").raise_for_status()
        self._states.create(text)

    def are_seen(self) -> None:
        """Wait until the scheduler knows of a flow that is written after all others: it hears of them in turn."""
        self._written += 1
        self._states.create_scheduled(identifier=f"after-{self._written}")


@pytest.fixture
def writes(api: httpx.Client, states: States) -> Writes:
    """Writes of a flow whose daily schedule is off."""
    states.create_scheduled()
    states.switch_off()
    return Writes(api, states)


KEEP: dict[str, Callable[[Writes], None]] = {
    "another comment": lambda writes: writes.update(f"# new\n{PLANNED}"),
    "another task": lambda writes: writes.update(message(PLANNED)),
    "another trigger": lambda writes: writes.update(scheduled(DAILY + OTHER)),
    "the flow disabled and enabled": lambda writes: writes.update(f"disabled: true\n{PLANNED}", PLANNED),
    "disabled: false": lambda writes: writes.update(scheduled(DAILY + OFF.replace("true", "false"))),
}
KEEP_IN_1X: dict[str, Callable[[Writes], None]] = {
    "another cron": lambda writes: writes.update(scheduled(NOON)),
    "inputs": lambda writes: writes.update(scheduled(DAILY + "    inputs: {a: b}\n")),
    "disabled in the text and not": lambda writes: writes.update(scheduled(DAILY + OFF), PLANNED),
    "the first text once more": lambda writes: writes.update(PLANNED),
}
LOSE: dict[str, Callable[[Writes], None]] = {
    "renamed and renamed back": lambda writes: writes.update(PLANNED.replace("id: plan", "id: plot"), PLANNED),
    "taken out and put in": lambda writes: writes.update(flow(), PLANNED),
    "deleted and created": lambda writes: writes.recreate(PLANNED),
}


@pytest.mark.parametrize("write", KEEP)
def test_what_leaves_the_trigger_as_it_is_leaves_it_off(states: States, writes: Writes, write: str) -> None:
    KEEP[write](writes)
    writes.are_seen()
    assert states.one()["disabled"] is True


@pytest.mark.parametrize("write", KEEP_IN_1X)
def test_what_changes_the_trigger_leaves_it_off_in_1x_only(states: States, writes: Writes, write: str) -> None:
    KEEP_IN_1X[write](writes)
    writes.are_seen()
    assert states.one()["disabled"] is not states.is_2x


@pytest.mark.parametrize("write", LOSE)
def test_a_trigger_that_was_gone_begins_anew(states: States, writes: Writes, write: str) -> None:
    LOSE[write](writes)
    writes.are_seen()
    assert [*states.all()] == ["plan"]
    assert states.one()["disabled"] is False


def test_disabled_in_the_text_is_in_the_state_in_2x_only(states: States, writes: Writes) -> None:
    states.switch(disabled=False)
    writes.update(scheduled(DAILY + OFF))
    writes.are_seen()
    assert states.one()["disabled"] is states.is_2x


def test_a_switch_that_follows_the_write_takes_effect_after_it(states: States, writes: Writes) -> None:
    for hour in range(10):
        writes.update(scheduled(f'    cron: "0 {hour} * * *"\n'))
        assert states.switch(disabled=True).status_code == 200
        writes.are_seen()
        assert states.one()["disabled"] is True


def test_a_flow_that_is_disabled_meanwhile_leaves_no_gap(states: States, writes: Writes) -> None:
    every_second = scheduled(EVERY_SECOND)
    writes.update(f"disabled: true\n{every_second}")
    states.switch(disabled=True)
    writes.update(every_second)
    writes.are_seen()
    states.create_scheduled(EVERY_SECOND, "clock")
    assert eventually(lambda: states.started("clock") > 2)
    assert (states.started(), states.one()["disabled"]) == (0, True)


@WITH_DRAFTS
def test_2x_takes_a_draft_for_the_revision_before(states: States, writes: Writes) -> None:
    writes.update(scheduled(NOON), draft=True)
    writes.update(scheduled(NOON))
    writes.are_seen()
    assert states.one()["disabled"] is True
    assert str(states.next_date(states.one())).endswith("T00:00:00Z")

    writes.update(PLANNED, draft=True)
    writes.update(message(scheduled(NOON)))
    writes.are_seen()
    assert states.one()["disabled"] is False


@WITH_DRAFTS
def test_a_flow_that_is_created_as_a_draft_never_has_states_in_2x(api: httpx.Client, states: States) -> None:
    writes = Writes(api, states)
    api.post("/flows", content=PLANNED, headers=YAML, params={"draft": "true"}).raise_for_status()
    writes.update(PLANNED, scheduled(NOON), scheduled(NOON + OFF), PLANNED)
    writes.are_seen()
    assert states.all() == {}

    writes.update(flow(), PLANNED)
    writes.are_seen()
    assert states.all()


def test_after_a_short_time_off_1x_leaves_out_the_next_date(states: States) -> None:
    planned = datetime.fromisoformat(str(states.next_date(states.create_scheduled())))
    states.switch_off()
    states.switch(disabled=False)

    wanted = planned if states.is_2x else planned + timedelta(days=1)
    assert eventually(lambda: states.next_date(states.one()) == f"{wanted:%Y-%m-%dT%H:%M:%SZ}")


def test_stop_after_switches_off_until_it_is_switched_on(states: States) -> None:
    states.create_scheduled(EVERY_SECOND + "    stopAfter: [SUCCESS]\n")
    assert eventually(lambda: states.one()["disabled"])
    assert (states.started(), states.one()["stopAfter"]) == (1, ["SUCCESS"])

    states.switch(disabled=False)
    assert eventually(lambda: states.started() == 2 and states.one()["disabled"])
