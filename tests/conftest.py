"""Real engines for the tests: one at a time, as tests are put into the order of their engines."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from hypothesis import settings

from deployer.engine.launch import RunningEngine, launch
from deployer.model.version import VERSIONS, KestraVersion, named

STAYED_ON = (named("1.3"), named("2.0"))
"""The versions that teams are on or move to: what every behaviour is tested with."""

settings.register_profile("suite", max_examples=150, derandomize=True, deadline=None, database=None)
settings.register_profile("long", max_examples=20_000, deadline=None)
settings.load_profile("suite")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what shares an engine, or else a file, with one of several processes: no engine is started twice."""
    for item in items:
        given = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        shared = given.get("any_engine", given.get("engine"))
        item.add_marker(pytest.mark.xdist_group(shared.name if isinstance(shared, KestraVersion) else str(item.path)))


@pytest.fixture(scope="session", params=STAYED_ON, ids=lambda version: version.name)
def engine(request: pytest.FixtureRequest) -> Iterator[RunningEngine]:
    """A running engine, in memory; a test that uses it is run once for each of two versions."""
    with launch(request.param) as running:
        yield running


@pytest.fixture(scope="session", params=VERSIONS, ids=lambda version: version.name)
def any_engine(request: pytest.FixtureRequest) -> Iterator[RunningEngine]:
    """A running engine, in memory; a test that uses it is run once for every version."""
    with launch(request.param) as running:
        yield running


@pytest.fixture
def tenant() -> str:
    """A tenant that no other test has, so that tests can share an engine."""
    return f"t{uuid.uuid4().hex[:12]}"
