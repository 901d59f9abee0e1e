"""Which flows a change affects: what calls them, directly or through others."""

from __future__ import annotations

from deployer.model.resource import FLOW, Key
from deployer.smoke.select import affected


def key(name: str) -> Key:
    return Key(FLOW, "company.team", name)


def of(changed: str, **calls: str) -> str:
    """The names of what is affected, where each flow calls those with these letters."""
    needs = {key(name): {key(each) for each in called} for name, called in calls.items()}
    return "".join(sorted(each.name for each in affected([key(each) for each in changed], needs)))


def test_what_changed_is_affected_and_all_that_calls_it() -> None:
    assert of("a", a="", b="a", c="b", d="", e="d") == "abc"


def test_what_is_called_is_not() -> None:
    assert of("b", a="", b="a") == "b"


def test_a_circle_ends() -> None:
    assert of("a", a="b", b="c", c="a", d="d") == "abc"


def test_what_is_there_no_more_affects_its_callers() -> None:
    assert of("x", a="x", b="a", c="") == "abx"


def test_where_nothing_changed_nothing_is() -> None:
    assert of("", a="b", b="") == ""
