"""How tests are spread over processes: what shares an engine runs in one."""

from __future__ import annotations

from itertools import groupby

import pytest


def test_processes_are_given_groups_not_single_tests(request: pytest.FixtureRequest) -> None:
    """A group is told by the end of a test's id; with a pytest that drops it, engines start twice."""
    spread = hasattr(request.config, "workerinput")
    assert request.node.nodeid.endswith(f"@{request.node.path}") is spread


def test_a_group_is_in_one_piece_and_those_without_an_engine_come_last(request: pytest.FixtureRequest) -> None:
    def group(item: pytest.Item) -> str:
        mark = item.get_closest_marker("xdist_group")
        assert mark
        return str(mark.args[0])

    pieces = [(name, [*items]) for name, items in groupby(request.session.items, group)]
    assert len({name for name, _ in pieces}) == len(pieces)
    with_engine = [any(item.get_closest_marker("engine") for item in items) for _, items in pieces]
    assert with_engine == sorted(with_engine, reverse=True)
