"""Which triggers have states, and how they are found. Against the real scheduler."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from engine.http.flow_texts import flow
from engine.http.since import since
from engine.http.triggers.states_of import States, scheduled
from engine.processes import eventually

from deployer.engine.process.launch import RunningEngine

OTHERS = """triggers:
  - id: hook
    type: io.kestra.plugin.core.trigger.Webhook
    key: secret-key
  - id: after
    type: io.kestra.plugin.core.trigger.Flow
  - id: plan
    type: io.kestra.plugin.core.trigger.Schedule
    cron: "@daily"
"""


def test_a_schedule_has_a_state_with_its_next_date(states: States) -> None:
    state = states.create_scheduled()
    tomorrow = states.next_date(state)

    assert tomorrow is not None
    assert tomorrow.endswith("T00:00:00Z")
    assert datetime.fromisoformat(tomorrow) > datetime.now(UTC)
    assert (state["namespace"], state["flowId"], state["disabled"]) == ("team.a", "hello", False)


def test_a_webhook_and_a_flow_trigger_have_none(states: States) -> None:
    states.create(flow(extra=OTHERS))

    assert eventually(lambda: bool(states.all()))
    assert [*states.all()] == ["plan"]


def test_a_search_shows_triggers_beside_their_states(api: httpx.Client, states: States) -> None:
    state = states.create_scheduled()
    names = ("trigger", "state") if states.is_2x else ("abstractTrigger", "triggerContext")

    found = api.get("/triggers/search").json()

    assert found["total"] == 1
    assert {name: found["results"][0][name] for name in names} == {
        names[0]: {"id": "plan", "type": "io.kestra.plugin.core.trigger.Schedule", "cron": "@daily"},
        names[1]: state,
    }


@pytest.mark.parametrize(
    "query",
    [
        {"filters[flowId][EQUALS]": "other"},
        {"filters[flowId][EQUALS]": "other", "filters[triggerId][EQUALS]": "plan"},
        {"filters[namespace][STARTS_WITH]": "team", "filters[flowId][NOT_EQUALS]": "hello"},
        {"size": 1, "page": 2, "sort": "flowId:asc"},
    ],
)
def test_states_are_found_by_filters_and_pages(api: httpx.Client, states: States, query: dict[str, Any]) -> None:
    states.create_scheduled()
    states.create_scheduled(identifier="other")

    found = api.get("/triggers/search", params=query).json()

    assert [each["state" if states.is_2x else "triggerContext"]["flowId"] for each in found["results"]] == ["other"]
    assert found["total"] == (2 if "page" in query else 1)


def test_a_flat_parameter_is_a_filter_in_1x_and_refused_in_2x(api: httpx.Client, states: States) -> None:
    states.create_scheduled()
    states.create_scheduled(identifier="other")

    answer = api.get("/triggers/search", params={"flowId": "other"})

    assert answer.status_code == (422 if states.is_2x else 200)
    assert states.is_2x or answer.json()["total"] == 1


def test_a_state_goes_with_its_flow(api: httpx.Client, states: States) -> None:
    states.create_scheduled()
    api.delete("/flows/team.a/hello").raise_for_status()

    assert eventually(lambda: not states.all())
    assert api.get("/triggers/search").json() == {"results": [], "total": 0}


@pytest.mark.every_version
def test_states_are_a_table(api: httpx.Client, states: States, engine: RunningEngine) -> None:
    """Since 1.2: see `test_served_without_scheduler.py`."""
    states.create_scheduled()
    answer = api.get("/triggers/export/by-query/csv", params={"filters[flowId][EQUALS]": "hello"})

    assert answer.status_code == (200 if since(engine, "1.2") else 404)
    if since(engine, "1.2"):
        assert answer.headers["content-type"].startswith("text/csv")
        assert answer.headers["content-disposition"] == "attachment; filename=triggers.csv"
        (row,) = csv.DictReader(answer.text.splitlines())
        assert (row["flowId"], row["triggerId"], row["disabled"]) == ("hello", "plan", "false")


def test_an_unknown_flow_has_no_states_and_a_bad_page_is_refused(api: httpx.Client, states: States) -> None:
    states.create(scheduled())

    assert api.get("/triggers/team.a/nope").json() == {"results": [], "total": 0}
    assert api.get("/triggers/search", params={"size": 0}).status_code == 422
