"""What is wrong with triggers, by what their server says of them: a table of sicknesses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from deployer.kinds.flow.triggers import NO_SCHEDULER, States, examine, examine_switches
from deployer.language.triggers import triggers
from deployer.language.types import types_of
from deployer.model.health import Condition, Symptom
from deployer.model.trigger import TriggerState
from deployer.model.version import NAMES

NOW = datetime(2026, 11, 29, 16, 25, tzinfo=UTC)
CORE = "io.kestra.plugin.core."
SCHEDULE = {"id": "daily", "type": f"{CORE}trigger.Schedule", "cron": "0 3 * * *", "timezone": "UTC"}
POLLING = {"id": "daily", "type": f"{CORE}http.Trigger", "uri": "http://x"}
ON_DATES = {"id": "daily", "type": f"{CORE}trigger.ScheduleOnDates", "dates": []}
PLUGIN = {"id": "daily", "type": "io.kestra.plugin.kafka.RealtimeTrigger"}
SOUND = TriggerState("a.b", "hello", "daily", next="2026-11-30T03:00:00Z")
OVER = {"gone": "which is over (SUCCESS)"}


def examined(
    *declared: dict[str, Any],
    states: tuple[TriggerState, ...] = (SOUND,),
    kept: tuple[str, ...] = (),
    any_: bool = True,
    version: str = "1.3",
    **flow: Any,
) -> list[Symptom]:
    found = triggers({"triggers": [*declared], **flow}, types_of(version))
    return [*examine(found, States(of=states, now=NOW, gone=OVER, any_=any_), kept)]


def only(found: list[Symptom]) -> tuple[str, str]:
    [symptom] = found
    return symptom.condition, symptom.reason


@pytest.mark.parametrize("version", NAMES)
def test_a_schedule_that_is_on_and_due_is_healthy(version: str) -> None:
    assert examined(SCHEDULE, version=version) == []


@pytest.mark.parametrize(
    ("more", "state", "says"),
    [
        ({}, {"disabled": True}, "the trigger `daily` is switched off on the server: switch it on"),
        ({"stopAfter": ["FAILED"]}, {"disabled": True}, "switched off on the server, by someone or by its `stopAfter`"),
        ({}, {"locked": True, "execution": "gone"}, "waits for the execution gone, which is over (SUCCESS): unlock it"),
        ({}, {"next": ""}, "has no next date, so it does not run"),
        ({}, {"next": "2026-11-30T04:00:00Z"}, "does not follow its cron `0 3 * * *`: its next date is 2026-11-30T04"),
        ({}, {"next": "2026-12-01T03:00:00Z"}, "the run of 2026-11-30T03:00Z is left out: the trigger `daily` is on"),
        ({}, {"next": "2026-12-01T04:00:00+01:00"}, "the run of 2026-11-30T03:00Z is left out"),
        ({}, {"next": "2026-11-29T16:00:00Z"}, "was due at 2026-11-29T16:00Z and was not evaluated since"),
        ({"timezone": None}, {"next": "2026-12-01T03:00:00Z"}, "the run of 2026-11-30T03:00Z is left out"),
    ],
)  # fmt: skip
def test_a_state_that_keeps_a_schedule_from_running_is_named(
    more: dict[str, Any], state: dict[str, Any], says: str
) -> None:
    condition, reason = only(examined(SCHEDULE | more, states=(replace(SOUND, **state),)))
    assert condition == "degraded"
    assert says in reason


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({"disabled": True}, {"disabled": True}),
        ({"disabled": True}, {"next": ""}),
        ({}, {"locked": True, "execution": "running"}),
        ({}, {"locked": True, "next": "2026-11-01T03:00:00Z"}),  # it is being evaluated
        ({"recoverMissedSchedules": "ALL"}, {"next": "2026-12-01T03:00:00Z"}),
        ({"conditions": []}, {"next": "2026-12-01T03:00:00Z"}),
        ({"conditions": []}, {"next": ""}),
        ({"when": "{{ true }}"}, {"next": "2026-12-01T03:00:00Z"}),
        ({"cron": "0 3 L * *"}, {"next": "2026-12-05T03:00:00Z"}),
        ({}, {"next": "tomorrow"}),
        ({}, {"next": "2026-11-30T04:00:00"}),
        ({}, {"next": "2026-11-29T16:24:00Z"}),  # due a minute ago, by our clock
    ],
)
def test_what_is_meant_or_cannot_be_judged_is_not_said(more: dict[str, Any], state: dict[str, Any]) -> None:
    assert examined(SCHEDULE | more, states=(replace(SOUND, **state),)) == []


def test_what_the_ledger_records_as_disabled_may_be_off() -> None:
    assert examined(SCHEDULE, states=(replace(SOUND, disabled=True),), kept=("daily",)) == []
    assert only(examined(SCHEDULE, states=(replace(SOUND, disabled=True),), kept=("",)))[0] == "degraded"


def test_defaults_of_a_flow_may_give_a_schedule_other_dates() -> None:
    late = replace(SOUND, next="2026-12-01T03:00:00Z")
    assert examined(SCHEDULE, states=(late,), pluginDefaults=[{"type": "x", "values": {}}]) == []


def test_a_backfill_is_said_and_its_dates_are_not_judged() -> None:
    state = replace(SOUND, backfill="2026-11-01T00:00:00Z", next="2026-10-01T03:00:00Z")
    condition, reason = only(examined(SCHEDULE, states=(state,)))
    assert (condition, "until 2026-11-01T00:00:00Z is under way" in reason) == ("healthy", True)
    assert "is paused" in only(examined(SCHEDULE, states=(replace(state, paused=True),)))[1]


@pytest.mark.parametrize("declared", [SCHEDULE, POLLING, ON_DATES])
def test_a_trigger_without_a_state_is_never_evaluated(declared: dict[str, Any]) -> None:
    condition, reason = only(examined(declared, states=()))
    assert condition == "degraded"
    assert "the trigger `daily` has no state on the server" in reason


def test_a_server_whose_triggers_have_no_states_has_no_scheduler() -> None:
    assert only(examined(SCHEDULE, states=(), any_=False)) == ("degraded", NO_SCHEDULER)


@pytest.mark.parametrize("name", ["trigger.Flow", "trigger.Webhook"])
@pytest.mark.parametrize("version", NAMES)
def test_a_trigger_that_is_not_scheduled_needs_no_state(name: str, version: str) -> None:
    assert examined({"id": "x", "type": CORE + name}, states=(), version=version) == []


def test_an_old_name_means_the_same_trigger() -> None:
    old = SCHEDULE | {"type": "io.kestra.core.models.triggers.types.Schedule"}
    assert "has no state" in only(examined(old, states=()))[1]


def test_of_a_plugins_trigger_only_its_state_can_be_judged() -> None:
    condition, reason = only(examined(PLUGIN, states=()))
    assert condition == "unknown"
    assert "io.kestra.plugin.kafka.RealtimeTrigger" in reason
    assert examined(PLUGIN) == []
    assert only(examined(PLUGIN, states=(replace(SOUND, disabled=True),)))[0] == "degraded"
    assert examined(PLUGIN, states=(replace(SOUND, next=""),)) == []


def test_a_state_of_no_trigger_is_said_and_does_no_harm() -> None:
    condition, reason = only(examined(SCHEDULE, states=(SOUND, replace(SOUND, trigger="old", disabled=True))))
    assert condition == "healthy"
    assert "`old`, which the flow does not declare" in reason


@pytest.mark.parametrize("declared", [{}, {"id": 5, "type": "x"}, {"id": "x"}, {"id": "x", "type": ["y"]}, "x", None])
def test_what_is_no_trigger_is_not_judged(declared: Any) -> None:
    assert triggers({"triggers": [declared]}, types_of("1.3")) == []
    assert triggers({"triggers": declared}, types_of("1.3")) == []


def test_each_trigger_has_its_own_symptom() -> None:
    found = examined(SCHEDULE, POLLING | {"id": "poll"}, states=(replace(SOUND, disabled=True),))
    assert [symptom.condition for symptom in found] == [Condition.DEGRADED, Condition.DEGRADED]


def test_what_a_deploy_left_switched_off_and_is_on_is_named() -> None:
    on, off = replace(SOUND, disabled=False), replace(SOUND, disabled=True)
    [symptom] = examine_switches(("daily",), States(of=[on], now=NOW, gone={}))
    assert symptom.condition is Condition.DEGRADED
    assert "the trigger `daily` was switched off, and is on after the deploy" in symptom.reason
    assert [*examine_switches(("daily",), States(of=[off], now=NOW, gone={}))] == []
    assert [*examine_switches((), States(of=[on], now=NOW, gone={}))] == []
