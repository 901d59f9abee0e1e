"""The tests here deploy to engines with a scheduler, whose schedules start executions."""

from __future__ import annotations

import pytest

from deployer.engine.process.launch import RunningEngine


@pytest.fixture(scope="session")
def engine(scheduling: RunningEngine) -> RunningEngine:
    """A running engine with a scheduler."""
    return scheduling
