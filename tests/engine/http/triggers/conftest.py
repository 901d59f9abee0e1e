"""What the tests of triggers share: an engine with a scheduler, and the states of its triggers."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from engine.http.triggers.states_of import States

from deployer.engine.process.launch import RunningEngine


@pytest.fixture(scope="session")
def engine(scheduling: RunningEngine) -> RunningEngine:
    """A running engine with a scheduler: here of every version."""
    return scheduling


@pytest.fixture
def states(api: httpx.Client, tenant: str, is_2x: bool) -> Iterator[States]:
    """The states of this test's triggers; its flows are deleted after it, or their schedules would go on."""
    yield States(api, tenant, is_2x)
    api.delete("/executions/kill/by-query", params={"filters[state][IN]": "RUNNING"})
    api.delete("/flows/delete/by-query", params={"filters[namespace][STARTS_WITH]": "team.a"}).raise_for_status()
