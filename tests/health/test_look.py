"""How long is looked, and at what."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from deployer.health.look import Looked, watch
from deployer.model.health import Condition, Health
from deployer.model.problem import Problem, Severity
from deployer.model.resource import FLOW, Key

A, B, C = (Key(FLOW, "a.b", name) for name in "abc")
NOTICE = Problem("health", "a notice", severity=Severity.NOTICE)
WARNING = Problem("health", "a warning", severity=Severity.WARNING)


class Server:
    """Is healthy after so many looks at each flow; an hour passes with each second that is slept."""

    def __init__(self, **after: int) -> None:
        self.after = {Key(FLOW, "a.b", name): number for name, number in after.items()}
        self.asked: list[set[Key]] = []
        self.now = 0.0
        self.slept: list[float] = []

    def look(self, keys: Collection[Key] | None) -> Looked:
        asked = set(self.after if keys is None else keys)
        self.asked.append(asked)
        found = [Health(key, self._condition(key)) for key in sorted(asked)]
        return Looked(tuple(found), (NOTICE, WARNING) if len(self.asked) > 1 else (NOTICE,))

    def _condition(self, key: Key) -> Condition:
        if self.after[key] < 0:
            return Condition.UNKNOWN
        return Condition.HEALTHY if len(self.asked) > self.after[key] else Condition.DEGRADED

    def watch(self, wait: float) -> Looked:
        return watch(self.look, wait, sleep=self._sleep, clock=lambda: self.now)

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def conditions(looked: Looked) -> dict[str, str]:
    return {health.key.name: health.condition for health in looked.found}


def test_what_is_healthy_at_once_is_looked_at_once() -> None:
    server = Server(a=0, b=0)
    assert conditions(server.watch(30)) == {"a": "healthy", "b": "healthy"}
    assert (server.asked, server.slept) == ([{A, B}], [])


def test_only_what_is_not_healthy_is_looked_at_again() -> None:
    server = Server(a=0, b=2, c=1)
    looked = server.watch(30)
    assert conditions(looked) == {"a": "healthy", "b": "healthy", "c": "healthy"}
    assert server.asked == [{A, B, C}, {B, C}, {B}]
    assert looked.problems == (NOTICE, WARNING)


def test_the_looks_become_rarer_and_end_with_the_time() -> None:
    server = Server(a=1000)
    assert conditions(server.watch(30)) == {"a": "degraded"}
    assert server.now == 30
    assert server.slept[:-1] == sorted(server.slept[:-1])
    assert len(server.asked) == len(server.slept) + 1 < 15


def test_the_time_begins_anew_with_each_that_becomes_healthy() -> None:
    server = Server(a=9, b=14, c=1000)
    assert conditions(server.watch(30)) == {"a": "healthy", "b": "healthy", "c": "degraded"}
    last = sum(server.slept[:14])
    assert last > 30
    assert server.now == pytest.approx(last + 30)


def test_without_time_there_is_one_look() -> None:
    server = Server(a=1000)
    assert conditions(server.watch(0)) == {"a": "degraded"}
    assert len(server.asked) == 1


def test_what_the_server_does_not_show_is_not_asked_again() -> None:
    server = Server(a=-1)
    assert conditions(server.watch(30)) == {"a": "unknown"}
    assert len(server.asked) == 1
