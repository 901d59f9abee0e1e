"""A client of the real engine, behind a proxy that can disturb the two and counts what is asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from proxy import Proxy, proxy

from deployer.engine.process.launch import RunningEngine
from deployer.kestra.client import KestraClient
from deployer.settings import Settings


@pytest.fixture
def server(engine: RunningEngine) -> Iterator[Proxy]:
    with proxy(engine.url) as between:
        yield between


@pytest.fixture
def client(server: Proxy, tenant: str) -> Iterator[KestraClient]:
    with KestraClient(Settings(host=server.url, tenant=tenant)) as client:
        yield client


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many attempts as ever, in less time."""
    monkeypatch.setattr("deployer.kestra.retry._LONGEST_WAIT", 0.02)
