"""How tests are spread over processes: what shares an engine runs in one."""

from __future__ import annotations

import pytest


def test_processes_are_given_groups_not_single_tests(request: pytest.FixtureRequest) -> None:
    """A group is told by the end of a test's id; with a pytest that drops it, engines start twice."""
    spread = hasattr(request.config, "workerinput")
    assert request.node.nodeid.endswith(f"@{request.node.path}") is spread
