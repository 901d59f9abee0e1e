"""What is sent: flows that a 1.x server must not cut, batches of a reasonable size, inputs by their type."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from deployer.kestra.bodies import batches, inputs, join, keep_whole

SERVERS_CUT = re.compile(r"\n+---\n*?")


@pytest.mark.parametrize(
    "text",
    [
        "id: a\n",
        "id: a",
        "---\nid: a\n",
        "id: a\ndescription: |\n  text\n  ---\n  more\n",
        "id: a # --- \n",
        "-----\nid: a\n",
        "id: a\r\nnamespace: b\r\n",
    ],
)
def test_a_text_that_no_server_cuts_is_sent_as_it_is(text: str) -> None:
    assert keep_whole(text) == text


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("# licence\n---\nid: a\n", "# licence\n\nid: a\n"),
        ("# licence\n\n# more\n--- # the flow\nid: a\n", "# licence\n\n# more\n # the flow\nid: a\n"),
        ("\n---\nid: a\n", "\n\nid: a\n"),
        ("# licence\r\n---\r\nid: a\r\n", "# licence\r\n\r\nid: a\r\n"),
    ],
)
def test_dashes_below_comments_are_left_off_and_every_line_stays_where_it_is(text: str, sent: str) -> None:
    assert keep_whole(text) == sent
    assert sent.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    "text",
    [
        "id: a\n---\nid: b\n",
        "id: a\n--- \n",
        "id: a\n---b: c\n",
        "# licence\n---\nid: a\n---\nid: b\n",
        "%YAML 1.2\n---\nid: a\n",
        "# licence\n---x: a\n",
        "# licence\n---\n",
        "",
        " \n\n",
    ],
)
def test_a_text_that_would_arrive_in_pieces_or_empty_is_not_sent(text: str) -> None:
    assert keep_whole(text) is None


@pytest.mark.parametrize("end", ["", "\n", "\n\n\n"])
def test_the_server_gets_back_what_was_joined_line_by_line(end: str) -> None:
    texts = [f"id: a{end}", f"---\nid: b{end}", "- odd\n", "\tid: c"]
    assert [part.rstrip("\n") for part in SERVERS_CUT.split(join(texts))] == [text.rstrip("\n") for text in texts]


def test_a_batch_holds_at_most_250_texts() -> None:
    assert [len(batch) for batch in batches([(n, "x") for n in range(501)])] == [250, 250, 1]


def test_a_batch_stays_below_what_proxies_take_counted_in_bytes() -> None:
    texts = [(0, "é" * 300_000), (1, "x" * 200_000), (2, "x" * 200_000), (3, "x" * 2_000_000)]
    assert [[number for number, _ in batch] for batch in batches(texts)] == [[0, 1], [2], [3]]


def test_nothing_makes_no_batch() -> None:
    assert list(batches([])) == []


@pytest.mark.parametrize(
    ("value", "content"),
    [
        ("text", (None, "text")),
        ("", (None, "")),
        (5, (None, "5")),
        (1.5, (None, "1.5")),
        (True, (None, "true")),
        ([1, "a"], (None, '[1, "a"]')),
        ({"a": None}, (None, '{"a": null}')),
        (b"a,b", ("x", b"a,b")),
        (date(2026, 1, 2), (None, "2026-01-02")),
        (datetime(2026, 1, 2, 3, tzinfo=UTC), (None, "2026-01-02T03:00:00+00:00")),
    ],
)
def test_an_input_is_written_as_kestra_reads_its_type(value: Any, content: tuple[str | None, bytes | str]) -> None:
    assert inputs({"x": value}) == [("x", content)]


def test_an_input_without_a_value_is_left_to_its_default() -> None:
    assert inputs({"x": None}) == []
