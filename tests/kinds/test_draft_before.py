"""Which draft Kestra 2.x has to see before a text is written: its scheduler compares with the revision right before."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deployer.kinds.flow.switches import draft_before
from deployer.model.resource import FLOW, Key, Resource
from deployer.model.trigger import TriggerState

DAILY = {"id": "daily", "type": "Schedule", "cron": "@daily"}
HOURLY = {**DAILY, "cron": "@hourly"}
OTHER = {"id": "other", "type": "Schedule", "cron": "@weekly"}
OTHER_NOW = {**OTHER, "cron": "@monthly"}
NEW = {"id": "new", "type": "Schedule", "cron": "@yearly"}
ON_2X = TriggerState("company.team", "hello", "daily", disabled=True, follows=True)
ON_1X = TriggerState("company.team", "hello", "daily", disabled=True)


def data(*triggers: dict[str, Any]) -> dict[str, Any]:
    return {"id": "hello", "namespace": "company.team", "tasks": [], "triggers": [*triggers]}


def live(*states: TriggerState, draft: str | None = None) -> Resource:
    return Resource(Key(FLOW, "company.team", "hello"), "the text that runs", draft=draft, states=states)


def triggers(draft: str | None) -> list[dict[str, Any]]:
    assert draft is not None
    found = json.loads(draft)
    assert (found["id"], found["namespace"]) == ("hello", "company.team")
    listed: list[dict[str, Any]] = found["triggers"]
    return listed


def test_what_is_off_is_seen_as_it_will_be_and_the_rest_as_it_runs() -> None:
    before, after = data(DAILY, OTHER), data(HOURLY, OTHER_NOW, NEW)
    assert triggers(draft_before(live(ON_2X), before, None, after, ["daily"])) == [HOURLY, OTHER]


@pytest.mark.parametrize(
    ("states", "off", "after"),
    [
        ([ON_2X], ["daily"], data(DAILY, OTHER_NOW, NEW)),  # what is off does not change
        ([ON_2X], [], data(HOURLY)),  # nothing is to stay off
        ([ON_1X], ["daily"], data(HOURLY)),  # 1.x keeps it, and has no drafts
        ([], [], data(HOURLY)),
    ],
)
def test_otherwise_none_is_needed(states: list[TriggerState], off: list[str], after: dict[str, Any]) -> None:
    assert draft_before(live(*states), data(DAILY, OTHER), None, after, off) is None


def test_a_draft_with_other_triggers_than_those_that_run_is_covered_by_one() -> None:
    there = live(draft="text")
    assert triggers(draft_before(there, data(DAILY), data(HOURLY), data(HOURLY), [])) == [DAILY]
    assert draft_before(there, data(DAILY), data(DAILY), data(HOURLY), []) is None


def test_a_flow_that_was_only_a_draft_gets_its_triggers_seen_as_new() -> None:
    assert triggers(draft_before(live(draft="text"), None, data(DAILY), data(DAILY), [])) == []
    assert draft_before(live(draft="text"), None, data(), data(DAILY), []) is None
