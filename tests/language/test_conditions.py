"""Conditions of triggers of 1.x as an expression of 2.0: what is said, and that the engine can render it."""

from __future__ import annotations

import time
from typing import Any

import pytest

from deployer.engine.process.launch import RunningEngine
from deployer.kestra.client import KestraClient
from deployer.language.conditions import when
from deployer.language.types import types_of
from deployer.settings import Settings

CONDITION = "io.kestra.plugin.core.condition."
WEEKEND = {"type": f"{CONDITION}Weekend"}
MONDAY = {"type": f"{CONDITION}DayWeek", "dayOfWeek": "MONDAY"}
SAID: list[tuple[list[Any], str]] = [
    ([WEEKEND], "{{ isWeekend(trigger.date) }}"),
    ([{"type": "io.kestra.core.models.conditions.types.WeekendCondition"}], "{{ isWeekend(trigger.date) }}"),
    ([MONDAY], "{{ dayOfWeek(trigger.date) == 'MONDAY' }}"),
    (
        [{"type": f"{CONDITION}DayWeekInMonth", "dayOfWeek": "MONDAY", "dayInMonth": "FIRST"}],
        "{{ isDayWeekInMonth(trigger.date, 'MONDAY', 'FIRST') }}",
    ),
    ([{"type": f"{CONDITION}PublicHoliday", "country": "FR"}], "{{ isPublicHoliday(trigger.date, 'FR') }}"),
    ([{"type": f"{CONDITION}Expression", "expression": "{{ 1 == 1 }}"}], "{{ 1 == 1 }}"),
    ([WEEKEND, MONDAY], "{{ (isWeekend(trigger.date)) and (dayOfWeek(trigger.date) == 'MONDAY') }}"),
    ([{"type": f"{CONDITION}Not", "conditions": [WEEKEND]}], "{{ not (isWeekend(trigger.date)) }}"),
    (
        [{"type": f"{CONDITION}Or", "conditions": [WEEKEND, MONDAY]}],
        "{{ (isWeekend(trigger.date)) or (dayOfWeek(trigger.date) == 'MONDAY') }}",
    ),
]


@pytest.mark.parametrize(("conditions", "said"), SAID)
def test_what_an_expression_says_too_is_translated(conditions: list[Any], said: str) -> None:
    assert when(conditions, types_of("2.0")) == said


@pytest.mark.parametrize(
    "conditions",
    [
        [],
        "text",
        ["text"],
        [{"type": "io.kestra.plugin.elsewhere.Condition"}],
        [{"type": f"{CONDITION}TimeBetween", "after": "10:00:00Z"}],
        [{**WEEKEND, "date": "{{ now() }}"}],
        [{"type": f"{CONDITION}DayWeek", "dayOfWeek": ["MONDAY"]}],
        [{"type": f"{CONDITION}Expression", "expression": "{{ a }} {{ b }}"}],
        [WEEKEND, {"type": f"{CONDITION}HasRetryAttempt"}],
        [{"type": f"{CONDITION}Not", "conditions": []}],
    ],
)
def test_what_is_not_certain_is_not_translated(conditions: Any) -> None:
    assert when(conditions, types_of("2.0")) == ""


@pytest.mark.parametrize("kestra", ["2.0"], indirect=True)
def test_the_engine_renders_every_one(engine: RunningEngine, tenant: str) -> None:
    said = [text.replace("trigger.date", "inputs.day") for _, text in SAID]
    outputs = "".join(f'  - id: v{at}\n    type: STRING\n    value: "{text}"\n' for at, text in enumerate(said))
    task = "  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: a\n"
    inputs = "  - id: day\n    type: DATETIME\n"
    flow = f"id: f\nnamespace: team.a\ninputs:\n{inputs}tasks:\n{task}outputs:\n{outputs}"
    with KestraClient(Settings(host=engine.url, tenant=tenant)) as client:
        client.create_flow(flow, namespace="team.a", id="f")
        started = client.create_execution("team.a", "f", inputs={"day": "2026-08-03T09:00:00Z"})  # a first Monday
        assert [*client.follow_execution(started.id, until=time.monotonic() + 30)][-1].state == "SUCCESS"
        found = client.outputs_from_execution(started.id)
    weekend, first_monday, holiday = "false", "true", "false"
    expected = [weekend, weekend, "true", first_monday, holiday, "true", "false", "true", "true"]
    assert [str(found[f"v{at}"]) for at in range(len(SAID))] == expected
