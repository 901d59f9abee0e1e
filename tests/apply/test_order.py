"""The order of changes: what is called before what calls it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from kinds.notes import Notes

from deployer.apply.order import unreached, waves
from deployer.model.change import Action, Change
from deployer.model.resource import FLOW, Key, Resource


def key(name: str) -> Key:
    return Key(FLOW, "a", name)


def change(name: str, *needs: str, action: Action = Action.CREATE, triggers: bool = False) -> Change:
    side = Resource(key(name), "", needs=frozenset(map(key, needs)), alone=triggers)
    return Change(action, key(name), None, side) if action is Action.PRUNE else Change(action, key(name), side)


def names(*changes: Change, looked: bool = False) -> list[list[str]]:
    return [[each.key.name for each in wave] for wave in waves(changes, looked=looked)]


def test_what_is_called_goes_first_across_namespaces_and_whatever_the_names() -> None:
    assert names(change("a", "b"), change("b", "c"), change("c"), change("d")) == [["c", "d"], ["b"], ["a"]]


def test_what_is_not_part_of_the_run_does_not_count() -> None:
    assert names(change("a", "elsewhere")) == [["a"]]


def test_a_circle_goes_together_after_what_it_calls_and_before_what_calls_it() -> None:
    assert names(change("a", "b"), change("b", "a", "c"), change("c"), change("d", "a")) == [["c"], ["a", "b"], ["d"]]


def test_a_flow_may_call_itself() -> None:
    assert names(change("a", "a")) == [["a"]]


def test_deletions_come_last_and_the_other_way_round() -> None:
    gone = Action.PRUNE
    assert names(change("a", "b", action=gone), change("b", action=gone), change("c")) == [["c"], ["a"], ["b"]]


def test_what_has_triggers_goes_by_itself_after_the_others_of_its_level() -> None:
    daily = {name: change(name, triggers=True) for name in "ac"}
    assert names(daily["a"], change("b"), daily["c"], change("d"), change("e", "a")) == [
        ["b", "d"],
        ["a"],
        ["c"],
        ["e"],
    ]


def test_so_does_what_had_triggers_and_what_is_deleted_with_them() -> None:
    before = Resource(key("b"), "", alone=True)
    update = Change(Action.UPDATE, key("b"), Resource(key("b"), ""), before)
    gone = change("d", action=Action.PRUNE, triggers=True)
    assert names(change("a"), update, change("c", action=Action.PRUNE), gone) == [["a"], ["b"], ["c"], ["d"]]


def test_what_is_not_written_waits_for_nobody() -> None:
    held = replace(change("a", triggers=True), held="refused")
    kept = replace(change("b", triggers=True), action=Action.KEEP)
    assert names(held, kept, change("c")) == [["a", "b", "c"]]


def test_a_kind_goes_before_another_and_is_deleted_after_it(notes: Notes) -> None:
    """What needs what is known of flows only: which files a flow reads may be in an expression."""

    def both(action: Action, at: str) -> list[Change]:
        keys = [Key(kind, "a", f"{kind}-{at}") for kind in (FLOW, notes.name)]
        sides = [Resource(key, "") for key in keys]
        gone = action is Action.PRUNE
        return [Change(action, side.key, None if gone else side, side if gone else None) for side in sides]

    changes = [*both(Action.PRUNE, "old"), *both(Action.CREATE, "new")]
    assert names(*changes) == [["sticky-note-new"], ["flow-new"], ["flow-old"], ["sticky-note-old"]]


@given(st.dictionaries(st.integers(0, 12), st.sets(st.integers(0, 12)), max_size=13))
def test_every_reference_that_is_in_no_circle_is_respected(graph: dict[int, set[int]]) -> None:
    changes = [change(str(node), *map(str, needs)) for node, needs in graph.items()]
    level = {each.key.name: at for at, wave in enumerate(waves(changes)) for each in wave}
    assert level.keys() == {str(node) for node in graph}
    for node, needs in graph.items():
        for other in needs & graph.keys():
            reaches = _reaches(graph, other)
            assert level[str(other)] == level[str(node)] if node in reaches else level[str(other)] < level[str(node)]


def _reaches(graph: dict[int, set[int]], start: int) -> set[int]:
    seen: set[int] = set()
    todo = [start]
    while todo:
        here = todo.pop()
        if here not in seen:
            seen.add(here)
            todo += graph.get(here, ())
    return seen


def test_what_would_be_skipped_is_whatever_calls_a_refused_flow_at_any_distance() -> None:
    changes = [change("c"), change("b", "a"), change("a", "gone")]
    assert unreached(changes, {key("gone")}) == {key("a"): [key("gone")], key("b"): [key("a")]}
    assert unreached(changes, ()) == {}


def test_new_schedules_go_together_where_the_server_shows_whether_it_has_noticed_them() -> None:
    def scheduled(name: str, action: Action = Action.CREATE) -> Change:
        side = Resource(key(name), "", alone=True, shows=True)
        return Change(action, key(name), side, None if action is Action.CREATE else side)

    new = (scheduled("a"), scheduled("b"), change("c"))
    assert names(*new, looked=True) == [["a", "b", "c"]]
    assert names(*new) == [["c"], ["a"], ["b"]]
    assert names(*new, scheduled("d", Action.UPDATE), looked=True) == [["a", "b", "c"], ["d"]]
    assert names(*new, change("e", triggers=True), looked=True) == [["a", "b", "c"], ["e"]]
