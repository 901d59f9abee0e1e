"""What a plan says of triggers that are busy when their flow is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from plan.literals import World
from plan.test_switched_off import EDITS, FILE, GONE, flow, trigger

from deployer.model.policy import OnDisabled, Policy, Recover
from deployer.model.problem import Problem, Severity
from deployer.model.trigger import TriggerState
from deployer.plan.trigger_notes import tell_states

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
BUSY = TriggerState("company.team", "hello", "daily", locked=True, execution="E1")
BACKFILL = TriggerState("company.team", "hello", "daily", backfill="2026-11-28T00:00:00Z")


def told(state: TriggerState, edit: str) -> list[Problem]:
    world = World({"hello": FILE})
    world.deploy()
    world.states, world.files["hello"] = (state,), edit
    return [*tell_states(world.plan().changes, Recover.NONE, NOW)]


def test_a_trigger_that_waits_for_its_execution_is_named() -> None:
    [problem] = told(BUSY, EDITS["another task"])
    assert problem.message == "company.team/hello/daily waits for its execution E1, which goes on as the flow was"
    assert problem.severity is Severity.NOTICE


@pytest.mark.parametrize(
    ("follows", "edit", "words", "severity"),
    [
        (False, "another task", "goes on with what is written", Severity.NOTICE),
        (False, "another cron", "forgets it, and runs every date from where it was", Severity.WARNING),
        (True, "another task", "goes on with what is written", Severity.NOTICE),
        (True, "another cron", "goes on with what is written", Severity.NOTICE),
        (True, "another id", "ends with its trigger", Severity.WARNING),
    ],
)
def test_a_backfill_is_named_with_what_becomes_of_it(follows: bool, edit: str, words: str, severity: Severity) -> None:
    [problem] = told(replace(BACKFILL, follows=follows), EDITS[edit])
    assert "a backfill of company.team/hello/daily, until 2026-11-28T00:00:00Z, is under way" in problem.message
    assert words in problem.message
    assert problem.severity is severity


def test_nothing_is_said_where_nothing_is_written_or_nothing_is_under_way() -> None:
    assert told(BUSY, FILE) == []
    assert told(replace(BUSY, locked=False, execution=""), GONE) == []


def test_a_paused_backfill_is_said_to_be() -> None:
    [problem] = told(replace(BACKFILL, paused=True), EDITS["another task"])
    assert "is paused" in problem.message


@pytest.mark.parametrize(
    ("cron", "more", "recover", "words"),
    [
        (
            "0 3 * * *",
            "",
            Recover.DECLARED,
            "missed 4 of its dates since 2026-11-25T03:00:00Z, and runs for each",
        ),
        ("0 3 * * *", "    recoverMissedSchedules: LAST\n", Recover.DECLARED, "and runs for the last of them"),
        ("0 3 * * *", "    recoverMissedSchedules: NONE\n", Recover.DECLARED, ""),
        ("* * * * *", "", Recover.DECLARED, "missed 1,000 or more of its dates"),
        ("0 3 1 1 *", "", Recover.DECLARED, ""),
        ("0 3 * * *", "", Recover.NONE, ""),
    ],
)
def test_what_a_schedule_missed_is_counted_where_it_is_made_up_for(
    cron: str, more: str, recover: Recover, words: str
) -> None:
    world = World({"hello": flow(trigger(cron=cron, more=more))})
    world.deploy()
    world.states = (replace(BUSY, disabled=True, locked=False, execution="", last="2026-11-25T03:00:00Z"),)
    policy = Policy(on_disabled=OnDisabled.ENABLE)
    found = [*tell_states(world.plan(policy).changes, recover, NOW)]
    assert [words in each.message for each in found] == ([True] if words else [])
