"""Logs and, on 2.x, outputs of an execution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from engine.http.flow_texts import GREETER
from engine.http.written import logs_of

Store = Callable[[str], dict[str, Any]]


@pytest.fixture
def run(api: httpx.Client, store: Store) -> dict[str, Any]:
    """A finished execution of the greeter."""
    store(GREETER)
    ended: dict[str, Any] = api.post("/executions/team.a/greeter?wait=true", files={"who": (None, "ann")}).json()
    assert len(logs_of(api, ended["id"], 2)) == 2
    return ended


def messages(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [entry["message"] for entry in answer.json()]


def test_logs_come_oldest_first_with_level_and_task(api: httpx.Client, run: dict[str, Any]) -> None:
    entries = logs_of(api, run["id"])

    assert [(e["level"], e["taskId"], e["message"]) for e in entries] == [
        ("INFO", "say", "hello ann"),
        ("WARN", "warn", "careful"),
    ]
    assert all(e["executionId"] == run["id"] and e["attemptNumber"] == 0 and e["timestamp"] for e in entries)


def test_logs_are_narrowed_as_the_line_does_it(api: httpx.Client, run: dict[str, Any], is_2x: bool) -> None:
    task_run = run["taskRunList"][0]["id"]
    narrowed = (
        {
            "filters[level][GREATER_THAN_OR_EQUAL_TO]=WARN": ["careful"],
            "filters[taskId][EQUALS]=say": ["hello ann"],
            f"filters[taskRunId][EQUALS]={task_run}": ["hello ann"],
        }
        if is_2x
        else {
            "minLevel=WARN": ["careful"],
            "taskId=say": ["hello ann"],
            f"taskRunId={task_run}": ["hello ann"],
            f"taskRunId={task_run}&attempt=0": ["hello ann"],
            f"taskRunId={task_run}&attempt=1": [],
        }
    )

    assert {query: messages(api.get(f"/logs/{run['id']}?{query}")) for query in narrowed} == narrowed


def test_an_unknown_level_is_refused(api: httpx.Client, is_2x: bool) -> None:
    query = "filters[level][EQUALS]=WARN" if is_2x else "minLevel=LOUD"

    assert api.get(f"/logs/x?{query}").status_code == (400 if is_2x else 422)


def test_an_unknown_execution_has_no_logs(api: httpx.Client) -> None:
    assert messages(api.get("/logs/none")) == []


def test_1x_keeps_outputs_in_the_execution(api: httpx.Client, run: dict[str, Any], is_2x: bool) -> None:
    execution = api.get(f"/executions/{run['id']}").json()
    of_tasks = {each["taskId"]: each.get("outputs") for each in execution["taskRunList"]}

    assert execution.get("outputs") == (None if is_2x else {"loud": "ANN"})
    assert of_tasks["shout"] == (None if is_2x else {"values": {"loud": "ANN"}})


def test_2x_keeps_outputs_apart(api: httpx.Client, run: dict[str, Any], is_2x: bool) -> None:
    of_execution, of_tasks = api.get(f"/outputs/executions/{run['id']}"), api.get(f"/outputs/tasks/{run['id']}")

    if not is_2x:
        assert (of_execution.status_code, of_tasks.status_code) == (404, 404)
        return
    task_run = run["taskRunList"][2]["id"]
    assert of_execution.json() == {"loud": "ANN"}
    assert of_tasks.json() == [{"taskId": "shout", "taskRunId": task_run, "inline": True}]
    assert api.get(f"/outputs/tasks/{run['id']}/{task_run}").json() == {"values": {"loud": "ANN"}}
    assert api.get(f"/outputs/tasks/{run['id']}/none").status_code == 404
    assert api.get("/outputs/executions/none").status_code == 404
