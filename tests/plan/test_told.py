"""What a plan says of triggers that are busy when their flow is written."""

from __future__ import annotations

from dataclasses import replace

import pytest
from plan.literals import World
from plan.test_switched_off import EDITS, FILE, GONE

from deployer.model.problem import Problem, Severity
from deployer.model.trigger import TriggerState
from deployer.plan.told import tell_states

BUSY = TriggerState("company.team", "hello", "daily", locked=True, execution="E1")
BACKFILL = TriggerState("company.team", "hello", "daily", backfill="2026-11-28T00:00:00Z")


def told(state: TriggerState, edit: str) -> list[Problem]:
    world = World({"hello": FILE})
    world.deploy()
    world.states, world.files["hello"] = (state,), edit
    return [*tell_states(world.plan().changes)]


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
