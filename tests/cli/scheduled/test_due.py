"""A deploy at the very second at which schedules are due: none runs twice for one date, and no date is left out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from cli.project import Ended, Project
from engine.processes import eventually
from proxy import Proxy

Run = Callable[..., Ended]
NAMES = [f"f{number}" for number in range(20)]
FLOW = """id: {name}
namespace: company.due
triggers:
  - id: often
    type: io.kestra.plugin.core.trigger.Schedule
    cron: "*/2 * * * * *"
    withSeconds: true
tasks:
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: {message}
"""


@pytest.fixture
def looked(server: Proxy, api: httpx.Client) -> Iterator[Callable[[], dict[str, list[str]]]]:
    """For which dates each flow was started, to the second; its flows are deleted after the test."""
    assert server.url

    def look() -> dict[str, list[str]]:
        found: dict[str, list[str]] = {name: [] for name in NAMES}
        for name in NAMES:
            query: dict[str, Any] = {"filters[flowId][EQUALS]": name, "size": 100}
            for each in api.get("/executions/search", params=query).json()["results"]:
                found[name].append(each["trigger"]["variables"]["date"][:19])
        return found

    yield look
    api.delete("/flows/delete/by-query", params={"filters[namespace][STARTS_WITH]": "company"}).raise_for_status()


def test_no_date_is_run_twice_and_none_is_left_out(
    project: Project, looked: Callable[[], dict[str, list[str]]], deployer: Run
) -> None:
    def write(message: str) -> None:
        for name in NAMES:
            project.write(f"flows/{name}.yaml", FLOW.format(name=name, message=message))

    project.write("kestra-deployer.yaml", "project: ours\n")
    write("hello")
    assert deployer("sync").code == 0
    assert eventually(lambda: all(looked().values()))
    write("good day")
    time.sleep((1.7 - time.time()) % 2)  # the writes take about a second
    assert deployer("sync").code == 0
    time.sleep(3)
    for name, dates in looked().items():
        assert len(dates) >= 2, name
        assert sorted(dates) == due(min(dates), max(dates)), name


def due(first: str, last: str) -> list[str]:
    """All dates from one to another at which the schedules are due."""
    start, end = datetime.fromisoformat(first), datetime.fromisoformat(last)
    return [
        (start + timedelta(seconds=each)).isoformat() for each in range(0, int((end - start).total_seconds()) + 1, 2)
    ]
