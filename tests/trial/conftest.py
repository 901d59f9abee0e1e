"""A trial, run on a server that the tests look at, too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cli.conftest import api, deployer, project, server
from cli.project import Ended
from proxy import Proxy
from trial.found import Found, document

__all__ = ["api", "deployer", "project", "server"]


@pytest.fixture
def trial(server: Proxy, deployer: Callable[..., Ended]) -> Callable[..., Found]:
    """Run a trial on the server."""
    assert server.url

    def command(*arguments: str) -> Found:
        ended = deployer("trial", "--format", "json", *arguments)
        return document(ended.stdout, ended.code)

    return command
