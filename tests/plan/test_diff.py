"""What is decided from the files and the live side, with nobody asked."""

from __future__ import annotations

from deployer.model.change import Action
from deployer.model.resource import Key, Kind, Live, Resource
from deployer.plan import plan


def key(name: str = "hello") -> Key:
    return Key(Kind.FLOW, "company.team", name)


def wanted(body: str, name: str = "hello") -> Resource:
    return Resource(key(name), body, origin=f"{name}.yaml")


def live(body: str, revision: int = 1, draft: bool = False) -> Live:
    return Live({key(): Resource(key(), body, revision=revision, draft=draft)})


def test_a_flow_that_is_not_there_is_created() -> None:
    [change] = plan([wanted("a")], Live({})).changes
    assert (change.action, change.writes, change.live) == (Action.CREATE, True, None)


def test_the_same_text_is_left_alone() -> None:
    [change] = plan([wanted("a")], live("a")).changes
    assert (change.action, change.writes) == (Action.KEEP, False)


def test_any_other_text_is_an_update_even_where_only_a_newline_differs() -> None:
    [change] = plan([wanted("a\n")], live("a")).changes
    assert (change.action, change.writes) == (Action.UPDATE, True)


def test_a_draft_with_the_same_text_is_published() -> None:
    [change] = plan([wanted("a")], live("a", draft=True)).changes
    assert (change.action, change.writes) == (Action.UPDATE, True)
    assert "draft" in change.reason


def test_what_the_server_cannot_read_is_healed_by_another_text() -> None:
    there = Live({key(): Resource(key(), "old", revision=1)}, {key(): "no such type"})
    [change] = plan([wanted("new")], there).changes
    assert (change.action, change.writes) == (Action.UPDATE, True)
    assert "cannot read" in change.reason


def test_what_the_server_cannot_read_is_held_where_the_text_is_the_same() -> None:
    there = Live({key(): Resource(key(), "old", revision=1)}, {key(): "no such type"})
    [change] = plan([wanted("old")], there).changes
    assert (change.action, change.writes) == (Action.UPDATE, False)
    assert "no such type" in change.held


def test_what_the_server_does_not_even_show_is_held() -> None:
    [change] = plan([wanted("new")], Live({}, {key(): "423"})).changes
    assert not change.writes
    assert "423" in change.held


def test_changes_are_ordered_by_key_whatever_the_order_of_the_files() -> None:
    first = plan([wanted("a", "b"), wanted("a", "a")], Live({}))
    second = plan([wanted("a", "a"), wanted("a", "b")], Live({}))
    assert [change.key.name for change in first.changes] == ["a", "b"]
    assert first == second


def test_the_digest_tells_plans_apart() -> None:
    plans = [
        plan([wanted("a")], Live({})),
        plan([wanted("b")], Live({})),
        plan([wanted("a")], live("a")),
        plan([wanted("a")], live("b")),
        plan([wanted("a")], live("b", revision=2)),
    ]
    assert len({plan.digest for plan in plans}) == len(plans)
    assert plan([wanted("a")], live("b")).digest == plan([wanted("a")], live("b")).digest
