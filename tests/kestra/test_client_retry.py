"""Which requests are sent again, on what, how often, after how long."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from kestra.scripted import CUT, EXECUTION, FLOW, STORED, answer, raw_server, scripted

from deployer.errors import (
    KestraError,
    KestraNotFoundError,
    KestraRefusedError,
    KestraUnreachableError,
)
from deployer.kestra.answers import Execution

STORED_ANSWER = answer(200, json.dumps(STORED))
NOT_THERE = answer(404, '{"message": "Not Found"}')
EXISTS = answer(422, '{"message": "Invalid entity: flow.id: Flow id already exists"}')
CONFIGS = answer(200, '{"version": "1.3.31"}')
UNLUCKY = {"cut": CUT, "half a body": answer(200, json.dumps(STORED))[:-9]} | {
    str(status): answer(status) for status in (429, 502, 503, 504)
}


@pytest.mark.parametrize("first", UNLUCKY.values(), ids=UNLUCKY.keys())
def test_a_get_is_sent_again_after_a_passing_fault(first: bytes) -> None:
    with raw_server(first, STORED_ANSWER) as server, scripted(server.url) as it:
        assert it.client.flow("a.b", "hello").source == FLOW
        assert server.methods == ["GET", "GET"]
        assert len(it.waits) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 423, 500, 501])
def test_a_get_is_not_sent_again_after_a_lasting_fault(status: int) -> None:
    with raw_server(answer(status)) as server, scripted(server.url) as it:
        with pytest.raises(KestraError) as caught:
            it.client.flow("a.b", "hello")
        assert caught.value.status == status
        assert server.methods == ["GET"]


def test_a_get_is_given_up_after_as_many_attempts_as_the_settings_allow() -> None:
    with raw_server(*[answer(503)] * 3) as server, scripted(server.url, attempts=3) as it:
        with pytest.raises(KestraError, match="answered 503"):
            it.client.flow("a.b", "hello")
        assert server.methods == ["GET"] * 3


def test_a_server_that_restarts_is_waited_for_and_one_that_never_answered_is_not() -> None:
    with raw_server(answer(200, '{"version": "1.3.31"}')) as server, scripted(server.url) as it:
        it.client.server()
        it.waits.clear()
        with pytest.raises(KestraUnreachableError):
            it.client.flow("a.b", "hello")  # nobody listens any more
        assert (len(it.waits), sum(it.waits) > 60) == (19, True)  # the test's clock stands still: all attempts are made
    with scripted(server.url) as it, pytest.raises(KestraUnreachableError):
        it.client.server()
    assert len(it.waits) == 4


def test_a_server_that_was_given_up_is_not_waited_for_as_long_again_until_it_answers() -> None:
    answers = [answer(503)] * 25 + [answer(200, "[]")] + [answer(503)] * 20
    with raw_server(*answers) as server, scripted(server.url) as it:
        attempts = []
        for _ in range(4):
            before = len(server.requests)
            with suppress(KestraError):
                it.client.list_flows_by_namespace("a.b")
            attempts.append(len(server.requests) - before)
    assert attempts == [20, 5, 1, 20]


def test_waits_grow_and_stay_below_their_cap() -> None:
    with raw_server(*[answer(503)] * 8) as server, scripted(server.url, attempts=8) as it:
        with pytest.raises(KestraError):
            it.client.flow("a.b", "hello")
        assert len(server.requests) == 8
    assert it.waits[0] <= 0.25
    assert 0.5 <= it.waits[2] <= 1
    assert all(wait <= 8 for wait in it.waits)


@pytest.mark.parametrize("as_date", [False, True], ids=["seconds", "date"])
def test_the_server_says_how_long_to_wait(as_date: bool) -> None:
    value = format_datetime(datetime.now(UTC) + timedelta(seconds=28), usegmt=True) if as_date else "27"
    with raw_server(answer(429, "", f"Retry-After: {value}"), STORED_ANSWER) as server, scripted(server.url) as it:
        it.client.flow("a.b", "hello")
    assert len(it.waits) == 1
    assert 20 <= it.waits[0] <= 29


def test_an_unreadable_retry_after_is_ignored() -> None:
    with raw_server(answer(429, "", "Retry-After: soon"), STORED_ANSWER) as server, scripted(server.url) as it:
        it.client.flow("a.b", "hello")
    assert it.waits[0] <= 0.25


def test_a_longer_wait_than_all_of_them_may_take_ends_it_at_once() -> None:
    with raw_server(answer(503, "", "Retry-After: 3600")) as server, scripted(server.url) as it:
        with pytest.raises(KestraError, match="answered 503") as caught:
            it.client.flow("a.b", "hello")
        assert caught.value.retry_after == 3600
        assert server.methods == ["GET"]
        assert it.waits == []


def test_a_server_that_is_down_is_tried_as_often_as_the_settings_allow() -> None:
    with raw_server() as server:
        gone = server.url
    with scripted(gone, attempts=4) as it, pytest.raises(KestraUnreachableError, match="cannot connect to Kestra at"):
        it.client.server()
    assert len(it.waits) == 3


def test_an_update_is_sent_again_for_the_same_text_keeps_the_revision() -> None:
    with raw_server(CUT, STORED_ANSWER) as server, scripted(server.url) as it:
        assert it.client.update_flow("a.b", "hello", FLOW).revision == 1
        assert server.methods == ["PUT", "PUT"]
        assert server.requests[0].endswith(FLOW.encode())
        assert server.requests[1].endswith(FLOW.encode())


def test_a_delete_whose_first_answer_was_lost_finds_nothing_left_to_delete() -> None:
    with raw_server(CUT, NOT_THERE) as server, scripted(server.url) as it:
        it.client.delete_flow("a.b", "hello")
        assert server.methods == ["DELETE", "DELETE"]


def test_a_delete_of_what_is_not_there_is_an_error() -> None:
    with raw_server(NOT_THERE) as server, scripted(server.url) as it, pytest.raises(KestraNotFoundError):
        it.client.delete_flow("a.b", "hello")


@pytest.mark.parametrize("lost", [CUT, answer(502), answer(429)], ids=["cut", "502", "429"])
def test_a_create_is_sent_again_only_after_a_look_that_it_is_not_there(lost: bytes) -> None:
    with raw_server(lost, NOT_THERE, STORED_ANSWER) as server, scripted(server.url) as it:
        assert it.client.create_flow(FLOW, namespace="a.b", id="hello").revision == 1
        assert server.methods == ["POST", "GET", "POST"]


def test_a_create_whose_answer_was_lost_succeeded_where_the_very_text_is_there() -> None:
    with raw_server(CUT, STORED_ANSWER) as server, scripted(server.url) as it:
        assert it.client.create_flow(FLOW, namespace="a.b", id="hello").source == FLOW
        assert server.methods == ["POST", "GET"]


@pytest.mark.parametrize("change", [{"source": "id: other"}, {"draft": True}], ids=["other text", "draft"])
def test_a_create_is_not_sent_again_where_somebody_else_made_the_flow(change: dict[str, object]) -> None:
    with raw_server(CUT, answer(200, json.dumps(STORED | change))) as server, scripted(server.url) as it:
        with pytest.raises(KestraRefusedError, match=r"a\.b/hello was created by someone else"):
            it.client.create_flow(FLOW, namespace="a.b", id="hello")
        assert server.methods == ["POST", "GET"]


def test_a_create_that_arrived_late_is_found_after_the_second_was_refused() -> None:
    with raw_server(CUT, NOT_THERE, EXISTS, STORED_ANSWER) as server, scripted(server.url) as it:
        assert it.client.create_flow(FLOW, namespace="a.b", id="hello").revision == 1
        assert server.methods == ["POST", "GET", "POST", "GET"]


def test_a_create_that_is_refused_is_not_sent_again() -> None:
    with raw_server(EXISTS) as server, scripted(server.url) as it:
        with pytest.raises(KestraRefusedError) as caught:
            it.client.create_flow(FLOW, namespace="a.b", id="hello")
        assert caught.value.reason == "flow.id: Flow id already exists"
        assert server.methods == ["POST"]


@pytest.mark.parametrize(
    ("answers", "undone"),
    [
        ([EXISTS], True),
        ([answer(403)], True),
        ([answer(500)], False),
        ([answer(200, "{")], False),
        ([CUT, answer(403)], False),
        ([CUT, NOT_THERE, EXISTS, NOT_THERE], False),
    ],
    ids=["exists", "no access", "500", "no JSON", "lost, then no access", "lost, then refused"],
)
def test_a_create_that_fails_says_whether_nothing_was_done_for_certain(answers: list[bytes], undone: bool) -> None:
    with raw_server(*answers) as server, scripted(server.url) as it:
        with pytest.raises(KestraError) as caught:
            it.client.create_flow(FLOW, namespace="a.b", id="hello")
        assert caught.value.undone is undone


@pytest.mark.parametrize(
    ("answers", "undone"),
    [([answer(422)], True), ([NOT_THERE], True), ([CUT, answer(422)], False), ([answer(500)], False)],
    ids=["refused", "not there", "lost, then refused", "500"],
)
def test_so_does_an_update(answers: list[bytes], undone: bool) -> None:
    with raw_server(*answers) as server, scripted(server.url) as it:
        with pytest.raises(KestraError) as caught:
            it.client.update_flow("a.b", "hello", FLOW)
        assert caught.value.undone is undone


def test_what_was_never_sent_is_undone() -> None:
    with scripted("http://localhost:1") as it:
        with pytest.raises(KestraError) as caught:
            it.client.update_flow("a.b", "hello", FLOW)
        assert caught.value.undone


def test_looks_for_a_lost_create_do_not_multiply_the_attempts() -> None:
    with raw_server(CUT, answer(503), answer(503)) as server, scripted(server.url, attempts=3) as it:
        with pytest.raises(KestraError, match=r"GET .* answered 503"):
            it.client.create_flow(FLOW, namespace="a.b", id="hello")
        assert server.methods == ["POST", "GET", "GET"]


def test_validating_and_searching_are_sent_again_for_they_change_nothing() -> None:
    verdict = answer(200, '[{"index": 0}]')
    with raw_server(CUT, verdict) as server, scripted(server.url) as it:
        assert [verdict.constraints for verdict in it.client.validate_flows([FLOW]) if verdict] == [None]
        assert server.methods == ["POST", "POST"]


@pytest.mark.parametrize("first", UNLUCKY.values(), ids=UNLUCKY.keys())
def test_a_start_is_never_sent_twice(first: bytes) -> None:
    with raw_server(first) as server, scripted(server.url) as it:
        with pytest.raises(KestraError):
            it.client.create_execution("a.b", "hello")
        assert server.methods == ["POST"]
        assert it.waits == []


@pytest.mark.parametrize("first", UNLUCKY.values(), ids=UNLUCKY.keys())
def test_an_expression_is_rendered_again_after_a_passing_fault(first: bytes) -> None:
    rendered = answer(200, '{"result": "2"}')
    with raw_server(CONFIGS, first, rendered) as server, scripted(server.url) as it:
        assert it.client.eval_expression(Execution.read(EXECUTION), "{{ 1 + 1 }}").result == "2"
        assert server.methods == ["GET", "POST", "POST"]
        assert len(it.waits) == 1


NOTHING = answer(200, '{"results": [], "total": 0}')
FOUND = answer(200, json.dumps({"results": [EXECUTION], "total": 1}))
PAGE = "<html><title>Signed out</title></html>"
UNREADABLE = {
    "no answer": CUT,
    "half an answer": answer(200, json.dumps(EXECUTION))[:-9],
    "a page": answer(200, PAGE, kind="text/html"),
    "cut JSON": answer(200, '{"id": "X'),
    "empty JSON": answer(200, "{}"),
    "nothing": answer(204),
    "a page for 404": answer(404, PAGE, kind="text/html"),
    **{str(status): answer(status) for status in (302, 408, 409, 429, 500, 502, 503, 504)},
}
"""What may be answered to a start that was carried out."""


@pytest.mark.parametrize("lost", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_lost_start_is_looked_for_by_its_labels_until_it_shows_up(lost: bytes) -> None:
    with raw_server(lost, CONFIGS, NOTHING, NOTHING, NOTHING, FOUND) as server, scripted(server.url) as it:
        assert it.client.create_execution("a.b", "hello", labels={"run": "7f3"}).id == "X1"
        assert server.methods == ["POST", "GET", "GET", "GET", "GET", "GET"]
        assert b"labels=run%3A7f3" in server.requests[0]
        assert b"filters%5Blabels%5D%5BEQUALS%5D%5Brun%5D=7f3" in server.requests[2]
        assert [b"filters%5Bkind%5D%5BIN%5D=TEST" in request for request in server.requests[2:4]] == [True, False]


def test_a_look_that_fails_does_not_end_the_search_for_a_lost_start() -> None:
    with raw_server(CUT, CONFIGS, answer(500), FOUND) as server, scripted(server.url) as it:
        assert it.client.create_execution("a.b", "hello", labels={"run": "7f3"}).id == "X1"


def test_a_lost_start_that_does_not_show_up_is_an_error_that_says_so() -> None:
    with raw_server(answer(502), CONFIGS, *[NOTHING] * 10) as server, scripted(server.url) as it:
        with pytest.raises(KestraError, match="answered 502") as caught:
            it.client.create_execution("a.b", "hello", labels={"run": "7f3"})
        assert "unknown" in caught.value.hint
        assert caught.value.unknown
        assert server.methods.count("POST") == 1


def test_a_lost_start_is_not_looked_for_on_a_server_that_is_gone() -> None:
    with raw_server() as server:
        gone = server.url
    with scripted(gone, attempts=1) as it:
        with pytest.raises(KestraUnreachableError, match=r"cannot connect .*\(POST ") as caught:
            it.client.create_execution("a.b", "hello", labels={"run": "7f3"})
        assert not caught.value.unknown
        assert it.waits == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 409, 413, 415, 422])
def test_a_start_that_is_refused_is_not_looked_for(status: int) -> None:
    with raw_server(answer(status, '{"message": "Illegal state: Requested Flow is disabled."}')) as server:
        with scripted(server.url) as it, pytest.raises(KestraError) as caught:
            it.client.create_execution("a.b", "hello", labels={"run": "7f3"})
        assert caught.value.reason.endswith("Requested Flow is disabled.")
        assert not caught.value.unknown
        assert server.methods == ["POST"]
