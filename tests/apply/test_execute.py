"""What becomes of changes as they are carried out, with writes that succeed and fail as told."""

from __future__ import annotations

import signal
import threading
from dataclasses import replace

from crowd import Crowd

from deployer.apply import apply
from deployer.errors import KestraAccessError, KestraError
from deployer.model.change import Action, Change
from deployer.model.resource import FLOW, Key, Resource
from deployer.model.result import Outcome, Status, Written


def change(name: str, action: Action = Action.CREATE, held: str = "", revision: int = 3) -> Change:
    key = Key(FLOW, "company.team", name)
    now = None if action is Action.CREATE else Resource(key, "old", revision=revision)
    return Change(action, key, Resource(key, name), now, held=held)


def refuse(what: type[KestraError], name: str) -> KestraError:
    return what(f"{name} refused", method="POST", url="http://k", hint="mend it")


def test_each_change_has_one_outcome_in_the_order_of_the_plan() -> None:
    changes = [change("a"), change("b", Action.UPDATE), change("c", Action.KEEP)]
    written = []

    def write(each: Change) -> Written:
        written.append(each.key.name)
        return Written(len(each.key.name), lost=2 if each.key.name == "b" else None)

    applied = apply(changes, write)
    assert [outcome.change for outcome in applied.outcomes] == changes
    assert [outcome.status for outcome in applied.outcomes] == [Status.DONE] * 3
    assert [(outcome.revision, outcome.lost) for outcome in applied.outcomes] == [(1, None), (1, 2), (3, None)]
    assert sorted(written) == ["a", "b"]


def test_a_refused_change_fails_alone_and_keeps_its_hint() -> None:
    def write(each: Change) -> Written:
        if each.key.name == "b":
            raise refuse(KestraError, "b")
        return Written(1)

    outcomes = apply([change("a"), change("b"), change("c")], write, workers=1).outcomes
    assert [outcome.status for outcome in outcomes] == [Status.DONE, Status.FAILED, Status.DONE]
    assert (outcomes[1].message, outcomes[1].hint) == ("b refused", "mend it")


def test_a_held_change_fails_with_its_reason_and_is_not_written() -> None:
    [outcome] = apply([change("a", Action.UPDATE, held="cannot be read")], lambda _: Written(1)).outcomes
    assert (outcome.status, outcome.message) == (Status.FAILED, "cannot be read")


def test_without_rights_to_a_namespace_the_rest_of_it_is_not_tried_and_others_are() -> None:
    written = []
    other = Key(FLOW, "company.other", "z")
    elsewhere = Change(Action.CREATE, other, Resource(other, "z"))

    def write(each: Change) -> Written:
        written.append(each.key.name)
        if each.key.namespace == "company.team":
            raise KestraAccessError("no rights", method="POST", url="http://k", status=403)
        return Written(1)

    outcomes = apply([change("a"), change("b"), elsewhere], write, workers=1).outcomes
    assert written.count("b") == 0
    assert [outcome.status for outcome in outcomes] == [Status.FAILED, Status.SKIPPED, Status.DONE]
    assert outcomes[1].message == "not tried: the server does not let us write to the namespace company.team"


def test_without_access_the_rest_is_not_tried() -> None:
    written = []

    def write(each: Change) -> Written:
        written.append(each.key.name)
        raise refuse(KestraAccessError, each.key.name)

    outcomes = apply([change("a"), change("b"), change("c", Action.KEEP)], write, workers=1).outcomes
    assert written == ["a"]
    assert [outcome.status for outcome in outcomes] == [Status.FAILED, Status.SKIPPED, Status.DONE]
    assert "a refused" in outcomes[1].message


def test_no_more_than_the_workers_write_at_once() -> None:
    busy = Crowd(3)

    def write(_: Change) -> Written:
        busy.visit()
        return Written(1)

    apply([change(name) for name in "abcdef"], write, workers=3)
    assert busy.most == 3


def test_after_an_interrupt_what_is_in_flight_ends_and_the_rest_is_skipped() -> None:
    written: list[str] = []

    def write(each: Change) -> Written:
        written.append(each.key.name)
        if each.key.name == "a":
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            threading.Event().wait(0.3)
        return Written(1)

    applied = apply([change(name) for name in "abc"], write, workers=1)
    assert applied.interrupted
    assert written == ["a"]
    assert [outcome.status for outcome in applied.outcomes] == [Status.DONE, Status.SKIPPED, Status.SKIPPED]


def test_the_listener_hears_every_outcome() -> None:
    heard: list[Outcome] = []
    applied = apply([change("a"), change("b")], lambda _: Written(1), listen=heard.append)
    assert heard == applied.outcomes


def calling(name: str, *called: str, action: Action = Action.CREATE) -> Change:
    each = change(name, action)
    needs = frozenset(Key(FLOW, "company.team", one) for one in called)
    return replace(each, desired=replace(each.desired, needs=needs)) if each.desired else each


def test_what_calls_a_refused_flow_is_skipped_and_so_is_what_calls_that() -> None:
    alert = Key(FLOW, "company.team", "alert")
    changes = [
        calling("a", "alert"), calling("b", "a"), calling("c"), calling("d", "alert", action=Action.UPDATE),
        calling("e", "alert", action=Action.KEEP),
    ]  # fmt: skip
    written: list[str] = []

    def write(each: Change) -> Written:
        written.append(each.key.name)
        return Written(1)

    outcomes = apply(changes, write, refused={alert}).outcomes
    assert written == ["c"]
    assert [(each.status, each.message) for each in outcomes] == [
        (Status.SKIPPED, "not tried: it calls company.team/alert, which was refused"),
        (Status.SKIPPED, "not tried: it calls company.team/a, which could not be written"),
        (Status.DONE, ""),
        (Status.SKIPPED, "not tried: it calls company.team/alert, which was refused"),
        (Status.DONE, ""),
    ]
