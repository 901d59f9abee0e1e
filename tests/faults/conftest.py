"""The command line's project and server, for runs that are broken off, with engines that have nothing else to do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cli.conftest import api, deployer, project, server
from conftest import STAYED_ON

from deployer.engine.launch import RunningEngine, launch

__all__ = ["api", "deployer", "project", "server"]


@pytest.fixture(scope="package", params=STAYED_ON, ids=lambda version: version.name)
def engine(request: pytest.FixtureRequest) -> Iterator[RunningEngine]:
    """A running engine that no other test has filled."""
    with launch(request.param) as running:
        yield running
