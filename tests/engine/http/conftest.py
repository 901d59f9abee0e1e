"""What the tests of the HTTP layer share: a client of the running engine, in a tenant of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import httpx
import pytest
from engine.http import since as versions
from engine.http.flow_texts import YAML

from deployer.engine.process.launch import RunningEngine
from deployer.model.version import Dialect


@pytest.fixture(scope="session")
def engine(any_engine: RunningEngine) -> RunningEngine:
    """A running engine: here of every version."""
    return any_engine


@pytest.fixture
def api(engine: RunningEngine, tenant: str) -> Iterator[httpx.Client]:
    """A client whose paths are below this test's tenant."""
    with httpx.Client(base_url=f"{engine.url}/api/v1/{tenant}", timeout=60) as client:
        yield client


@pytest.fixture
def is_2x(engine: RunningEngine) -> bool:
    """Whether the engine speaks the dialect of 2.x."""
    return engine.version.dialect is Dialect.V2


@pytest.fixture
def since(engine: RunningEngine) -> Callable[[str], bool]:
    """Tell whether the engine is of this version or a later one."""
    return partial(versions.since, engine)


@pytest.fixture
def store(api: httpx.Client) -> Callable[[str], dict[str, Any]]:
    """Create a flow that must be accepted, and return the answer."""

    def create(text: str) -> dict[str, Any]:
        answer = api.post("/flows", content=text.encode(), headers=YAML)
        assert answer.status_code == 200, answer.text
        stored: dict[str, Any] = answer.json()
        return stored

    return create
