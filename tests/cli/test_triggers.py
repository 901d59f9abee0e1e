"""`kestra-deployer triggers`: what a server's scheduler knows, in both lines of Kestra, and nothing written."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from cli.project import Ended, Project
from pytest_httpserver import HTTPServer

Run = Callable[..., Ended]
SCHEDULE = "io.kestra.plugin.core.trigger.Schedule"
MAIN = "/api/v1/main"


def old(name: str, declared: bool = True, **state: Any) -> dict[str, Any]:
    """A result of a search, as 1.x answers."""
    place = {"namespace": "company.team", "flowId": "hello", "triggerId": name, "disabled": False}
    return {"abstractTrigger": {"id": name, "type": SCHEDULE} if declared else None, "triggerContext": place | state}


def new(name: str, **state: Any) -> dict[str, Any]:
    """A result of a search, as 2.x answers."""
    place = {"namespace": "company.team", "flowId": "hello", "triggerId": name, "disabled": False, "locked": False}
    return {"trigger": {"id": name, "type": SCHEDULE}, "state": place | state}


OLD = [
    old("never", disabled=True),
    old("late", nextExecutionDate="2026-11-30T05:00:00Z"),
    old("early", nextExecutionDate="2026-11-30T03:00:00Z", date="2026-11-29T03:00:00Z"),
    old("busy", nextExecutionDate="2026-11-30T04:00:00Z", executionId="E1"),
    old("lost", declared=False),
    old("past", nextExecutionDate="2026-11-30T06:00:00Z", backfill={"end": "2026-11-29T00:00:00Z", "paused": True}),
]
NEW = [
    new("off", disabled=True, nextEvaluationDate="2026-11-30T03:00:00Z"),
    new("busy", locked=True, nextEvaluationDate="2026-11-30T04:00:00Z", lastTriggeredDate="2026-11-29T04:00:00Z"),
]


@pytest.fixture
def served(project: Project, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    assert project.root.is_dir()
    monkeypatch.setenv("KESTRA_HOST", httpserver.url_for("").rstrip("/"))

    def serve(version: str, results: list[dict[str, Any]], total: int | None = None) -> None:
        page = {"results": results, "total": len(results) if total is None else total}
        httpserver.expect_request("/api/v1/configs").respond_with_json({"version": version})
        httpserver.expect_request(f"{MAIN}/triggers/search").respond_with_json(page)

    return serve


def rows(ended: Ended) -> list[list[str]]:
    return [line.split(maxsplit=4) for line in ended.stdout.splitlines()[1:-1]]


def test_they_are_listed_by_date_and_those_that_are_off_last(served: Callable[..., None], deployer: Run) -> None:
    served("1.3.31", OLD)
    ended = deployer("triggers")
    assert ended.code == 0
    assert [(row[0], row[2], row[4]) for row in rows(ended)] == [
        ("NEXT", "TRIGGER", "STATE"),
        ("2026-11-30T03:00:00Z", "early", "on"),
        ("2026-11-30T04:00:00Z", "busy", "locked (execution E1)"),
        ("2026-11-30T05:00:00Z", "late", "on"),
        ("2026-11-30T06:00:00Z", "past", "backfill paused"),
        ("-", "lost", "not declared"),
        ("-", "never", "off"),
    ]
    assert ended.stdout.splitlines()[-1] == "6 triggers, 1 off, 1 locked."


def test_a_trigger_of_2x_that_is_off_has_no_next_date(served: Callable[..., None], deployer: Run) -> None:
    served("2.0.0", NEW)
    assert [(row[0], row[2], row[4]) for row in rows(deployer("triggers"))[1:]] == [
        ("2026-11-30T04:00:00Z", "busy", "locked"),
        ("-", "off", "off"),
    ]


def test_a_program_gets_all_that_is_known(served: Callable[..., None], deployer: Run) -> None:
    served("2.0.0", NEW[1:])
    found = json.loads(deployer("triggers", "--format", "json").stdout)
    assert found["triggers"] == [
        {
            "namespace": "company.team",
            "flow": "hello",
            "trigger": "busy",
            "type": SCHEDULE,
            "next": "2026-11-30T04:00:00Z",
            "last": "2026-11-29T04:00:00Z",
            "disabled": False,
            "locked": True,
            "execution": None,
            "backfill": None,
            "declared": True,
        }
    ]


@pytest.mark.parametrize(
    ("namespace", "shown"),
    [("company", True), ("company.team", True), ("company.tea", False), ("company.team.shop", False)],
)
def test_a_namespace_shows_itself_and_those_below(
    served: Callable[..., None], deployer: Run, namespace: str, shown: bool
) -> None:
    served("2.0.0", NEW)
    assert ("busy" in deployer("triggers", namespace).stdout) is shown


def test_none_is_said(served: Callable[..., None], deployer: Run) -> None:
    served("2.0.0", [])
    assert deployer("triggers").stdout.splitlines()[-1] == "No trigger has a state."


def test_pages_are_read_until_the_total_which_counts_what_no_page_shows(
    served: Callable[..., None], deployer: Run, httpserver: HTTPServer
) -> None:
    served("1.3.31", OLD, total=2500)  # states of deleted flows are counted and left out
    assert deployer("triggers").code == 0
    asked = [request.args["page"] for request, _ in httpserver.log if request.path.endswith("/search")]
    assert asked == ["1", "2", "3"]


@pytest.mark.parametrize("state", [{"namespace": 1}, {"disabled": "yes"}])
def test_an_answer_of_another_shape_is_said(served: Callable[..., None], deployer: Run, state: dict[str, Any]) -> None:
    served("2.0.0", [new("busy", **state)])
    ended = deployer("triggers")
    assert ended.code == 3
    assert "triggers/search did not return" in ended.stderr
