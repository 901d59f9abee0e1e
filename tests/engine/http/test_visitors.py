"""Who may speak to the development server. The rules; what they come to is tested with a real server in `tests/cli`."""

from __future__ import annotations

import pytest

from deployer.engine.http.visitors import find_objection

HERE = ("host", "127.0.0.1:8080")


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8080", "localhost:8080", "LOCALHOST", "[::1]:8080", "127.0.0.2", "localhost."]
)
def test_a_program_on_this_machine_is_let_in(host: str) -> None:
    assert find_objection([("host", host)], "127.0.0.1") == ""


@pytest.mark.parametrize(
    "host",
    [
        "evil.example.com",
        "evil.example.com:8080",
        "localhost.evil.example.com",
        "127.0.0.1.evil.example.com",
        "evil.example.com@127.0.0.1.nip.io",
        "192.168.0.7:8080",
        "0.0.0.0:8080",
        "",
        "[::1",
        "localhost:x",
    ],
)
def test_another_name_is_refused(host: str) -> None:
    assert "is not this development server's" in find_objection([("host", host)], "127.0.0.1")


def test_none_or_two_names_are_refused() -> None:
    assert find_objection([], "127.0.0.1")
    assert find_objection([HERE, ("host", "evil.example.com")], "127.0.0.1")


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("origin", "https://evil.example.com"),
        ("origin", "http://127.0.0.1:3000"),
        ("origin", "http://localhost:8080"),
        ("origin", "null"),
        ("origin", ""),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "unheard-of"),
    ],
)
def test_a_foreign_page_is_refused(header: str, value: str) -> None:
    assert "web page" in find_objection([HERE, (header, value)], "127.0.0.1")


@pytest.mark.parametrize(
    "headers",
    [
        [("origin", "http://127.0.0.1:8080")],
        [("sec-fetch-site", "none")],
        [("sec-fetch-site", "same-origin"), ("origin", "http://127.0.0.1:8080")],
    ],
)
def test_what_a_person_typed_and_a_page_of_this_server_are_let_in(headers: list[tuple[str, str]]) -> None:
    assert find_objection([HERE, *headers], "127.0.0.1") == ""


@pytest.mark.parametrize(
    ("listening", "host", "let_in"),
    [
        ("0.0.0.0", "192.168.0.7:8080", True),
        ("::", "[2001:db8::1]:8080", True),
        ("0.0.0.0", "evil.example.com", False),
        ("kestra.lan", "kestra.lan:8080", True),
        ("kestra.lan", "evil.example.com", False),
        ("192.168.0.7", "192.168.0.7", True),
    ],
)
def test_the_address_that_is_listened_on_is_let_in(listening: str, host: str, let_in: bool) -> None:
    assert (find_objection([("host", host)], listening) == "") is let_in
