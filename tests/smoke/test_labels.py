"""Which executions of earlier runs were left running, as their labels tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from deployer.model.resource import FLOW, Key
from deployer.model.smoke import SmokeCase
from deployer.smoke.labels import PROJECT, UNTIL, Origin, is_left, labels, of_project

CASE = SmokeCase("suite", "happy case", Key(FLOW, "company.team", "hello"), "hello.smoke.yaml")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_it_is_left_once_its_time_is_over() -> None:
    found = labels(Origin(project="ours"), CASE, NOW, timedelta(minutes=1))
    assert [is_left(found, NOW + timedelta(seconds=seconds)) for seconds in (0, 61)] == [False, True]


@pytest.mark.parametrize("until", ["", "soon", "-1", "²", "9" * 5000])
def test_what_is_no_time_says_nothing(until: str) -> None:
    assert not is_left({UNTIL: until}, NOW)


def test_they_say_where_an_execution_comes_from() -> None:
    found = labels(Origin(project="a project", commit="abc123"), CASE, NOW, timedelta(minutes=1))
    named = {name.removeprefix("kestra-deployer."): value for name, value in found.items()}
    assert named.pop("smoke") != labels(Origin(), CASE, NOW, timedelta(minutes=1))["kestra-deployer.smoke"]
    assert named.pop("project").startswith("a-project-")
    assert named == {"case": "suite.happy-case", "commit": "abc123", "until": "1767225660"}


def test_a_project_is_never_taken_for_another_one() -> None:
    names = ("a-b", "a/b", "a b", "github.com/acme/flows", "github.com/acme-flows")
    assert len({of_project(name)[PROJECT] for name in names}) == len(names)
    assert of_project("a-b") == {PROJECT: "a-b"}
    assert of_project("") == {}
