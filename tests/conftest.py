"""Real engines for the tests: one of each version, started when first asked for, shared by all."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from deployer.engine.launch import RunningEngine, launch
from deployer.model.version import VERSIONS, KestraVersion


@pytest.fixture(scope="session")
def engines() -> Iterator[Callable[[KestraVersion], RunningEngine]]:
    """Give an engine of a version, in memory, which lasts until the end of all tests."""
    running: dict[str, RunningEngine] = {}
    with ExitStack() as stack:

        def engine_of(version: KestraVersion) -> RunningEngine:
            if version.name not in running:
                running[version.name] = stack.enter_context(launch(version))
            return running[version.name]

        yield engine_of


@pytest.fixture(params=VERSIONS, ids=lambda version: version.name)
def engine(request: pytest.FixtureRequest, engines: Callable[[KestraVersion], RunningEngine]) -> RunningEngine:
    """A running engine; a test that uses it is run once for each version."""
    return engines(request.param)


@pytest.fixture
def tenant() -> str:
    """A tenant that no other test has, so that tests can share an engine."""
    return f"t{uuid.uuid4().hex[:12]}"
