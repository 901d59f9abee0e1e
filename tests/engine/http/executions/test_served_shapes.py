"""Details of answers that recordings and Kestra's specification told: media types, chosen fields, half-done deeds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from engine.http.flow_texts import YAML, flow
from engine.http.states import when_in

Store = Callable[[str], dict[str, Any]]


def test_2x_shows_chosen_fields_of_an_execution_that_is_read(
    api: httpx.Client, store: Store, tenant: str, is_2x: bool
) -> None:
    store(flow())
    identifier = api.post("/executions/team.a/hello?wait=true").json()["id"]

    alone = api.get(f"/executions/{identifier}").json()
    listed = api.get("/executions/search").json()["results"][0]

    assert alone["taskRunList"][0]["taskId"] == listed.get("taskRunList", alone["taskRunList"])[0]["taskId"] == "say"
    assert ("deleted" in alone, "deleted" in listed) == (not is_2x, not is_2x)
    assert ("taskRunList" in listed, "executionId" in alone["taskRunList"][0]) == (not is_2x, not is_2x)
    assert [each.get("tenantId") for each in (alone, listed)] == [tenant if is_2x else None] * 2


def test_what_was_named_before_a_flow_that_is_missing_is_deleted(api: httpx.Client, store: Store) -> None:
    for identifier in ("first", "last"):
        store(flow(identifier))
    named = [{"namespace": "team.a", "id": each} for each in ("first", "none", "last")]

    assert api.request("DELETE", "/flows/delete/by-ids", json=named).status_code == 404
    assert [api.get(f"/flows/team.a/{each}").status_code for each in ("first", "last")] == [404, 200]


@pytest.mark.parametrize(("section", "status"), [("TASKS", 200), ("tasks", 200), ("nope", 422)])
def test_an_enum_is_named_in_any_style(api: httpx.Client, section: str, status: int) -> None:
    task = b"id: say\ntype: io.kestra.plugin.core.log.Log\nmessage: hi\n"

    assert api.post(f"/flows/validate/task?section={section}", content=task, headers=YAML).status_code == status


def test_a_kill_is_answered_as_text_json_where_it_has_a_body(api: httpx.Client, store: Store, is_2x: bool) -> None:
    store("id: halt\nnamespace: team.a\ntasks:\n  - id: p\n    type: io.kestra.plugin.core.flow.Pause\n")
    identifier = api.post("/executions/team.a/halt").json()["id"]
    when_in(api, identifier, "PAUSED")

    answer = api.delete(f"/executions/{identifier}/{'actions/kill' if is_2x else 'kill'}")

    assert answer.headers.get("content-type") == ("text/json" if is_2x else None)
