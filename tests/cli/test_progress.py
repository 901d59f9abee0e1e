"""What is shown of tests that are under way."""

from __future__ import annotations

import pytest

from deployer.cli.progress import View, line
from deployer.model.resource import FLOW, Key
from deployer.model.smoke import Awaited, SmokeCase, SmokeResult, UnderWay, Verdict


def case(name: str) -> SmokeCase:
    return SmokeCase("s", name, Key(FLOW, "company.team", "a"), "a.smoke.yaml")


@pytest.fixture
def view(monkeypatch: pytest.MonkeyPatch) -> View:
    """A view in which each look is a second after the one before."""
    seconds = iter(range(100))
    monkeypatch.setattr("deployer.cli.progress.time.monotonic", lambda: next(seconds))
    return View()


def test_it_says_how_many_have_ended_and_what_each_test_is_at(view: View) -> None:
    view.take("Running tests")
    view.take(Awaited(40))
    assert view.lines() == ["Running tests: 0/40"]
    view.take(UnderWay(case("one"), "CREATED"))
    view.take(UnderWay(case("two"), "CREATED"))
    view.take(UnderWay(case("one"), "RUNNING", "fetch"))
    assert view.lines() == [
        "Running tests: 0/40",
        "    company.team/a: s/one  RUNNING fetch 2 s",
        "    company.team/a: s/two  CREATED 2 s",
    ]
    view.take(SmokeResult(case("one"), Verdict.PASSED))
    assert [each.strip() for each in view.lines()] == ["Running tests: 1/40", "company.team/a: s/two  CREATED 3 s"]


def test_of_many_some_are_shown_and_the_others_counted(view: View) -> None:
    for number in range(30):
        view.take(UnderWay(case(str(number)), "RUNNING"))
    assert len(view.lines()) == 10
    assert view.lines()[-1] == "    and 22 more"


def test_no_name_breaks_the_terminal(view: View) -> None:
    view.take(UnderWay(case("evil\x1b[2J\nname"), "RUNNING"))
    assert not any(ord(character) < 32 for text in view.lines() for character in text)


def test_elsewhere_a_line_says_that_one_has_ended(view: View) -> None:
    view.take("Running tests")
    view.take(Awaited(40))
    ended = SmokeResult(case("one"), Verdict.FAILED, "why", execution="E", seconds=1.23)
    view.take(ended)
    assert line(ended, view) == "1/40 failed company.team/a: s/one (1.2 s)"
    skipped = SmokeResult(case("two"), Verdict.SKIPPED)
    view.take(skipped)
    assert line(skipped, view) == "2/40 skipped company.team/a: s/two"
