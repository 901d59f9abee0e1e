"""The tests here deploy to engines with a scheduler, whose schedules start executions."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from cli.scheduled.operators import Operator
from proxy import Proxy

from deployer.engine.process.launch import RunningEngine


@pytest.fixture(scope="session")
def engine(scheduling: RunningEngine) -> RunningEngine:
    """A running engine with a scheduler."""
    return scheduling


@pytest.fixture
def operator(server: Proxy, api: httpx.Client) -> Iterator[Operator]:
    """The server; its flows are deleted after the test, or their schedules would go on."""
    assert server.url
    yield Operator(api)
    api.delete("/flows/delete/by-query", params={"filters[namespace][STARTS_WITH]": "company"}).raise_for_status()
