"""Where the files of a checkout alone send the user's credentials."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.settings import resolve
from deployer.trust import Way, doubtful, way

TOKEN = {"KESTRA_API_TOKEN": "tok3n"}
LOGIN = {"KESTRA_USERNAME": "ann", "KESTRA_PASSWORD": "geheim"}
HOST = {"KESTRA_HOST": "https://named.example.com"}
FILE = {"host": "https://file.example.com"}


def asked(*, flags: Any = None, environ: Any = None, dotenv: Any = None, file: Any = None) -> Way | None:
    return doubtful(resolve(flags or {}, environ or {}, dotenv or {}, file or {}))


@pytest.mark.parametrize("credentials", [TOKEN, LOGIN])
def test_a_host_that_only_the_files_name_is_doubtful(credentials: dict[str, str]) -> None:
    assert asked(environ=credentials, file=FILE) == Way("https://file.example.com")
    assert asked(environ=credentials, dotenv=HOST) == Way("https://named.example.com")
    assert asked(dotenv=credentials, file=FILE) == Way("https://file.example.com")


@pytest.mark.parametrize(
    "sources",
    [
        {"environ": TOKEN | HOST, "file": FILE},
        {"environ": TOKEN, "flags": {"host": "http://flag"}, "file": FILE},
        {"dotenv": TOKEN | HOST},
        {"dotenv": TOKEN, "environ": HOST},
        {"file": {"host": "https://ann:geheim@file.example.com"}},
        {"file": FILE},
        {"environ": HOST, "file": {"proxy": "http://proxy", "verify": False}},
    ],
    ids=["variables", "a flag", "one .env", "a variable's host", "the files' own", "no credentials", "none to lose"],
)
def test_what_the_user_names_and_what_has_nothing_of_the_users_is_not(sources: dict[str, Any]) -> None:
    assert asked(**sources) is None


def test_a_way_to_it_that_only_the_files_name_is_doubtful_too() -> None:
    file = {"proxy": "http://u:p@proxy.example.com:1", "verify": False}
    assert asked(environ=TOKEN | HOST, file=file) == Way("", "proxy.example.com:1", verify=False)
    assert asked(environ=TOKEN, file=file | FILE) == Way(
        "https://file.example.com", "proxy.example.com:1", verify=False
    )


def test_what_is_kept_is_read_again_and_nothing_else() -> None:
    kept = Way("https://h", "p", verify=False)
    assert way(kept.stored()) == kept
    others: list[Any] = [None, [], "x", {}, {"host": 1}, kept.stored() | {"more": 1}]
    for other in others:
        assert way(other) is None
    assert kept.words == "to https://h and through the proxy p and without verifying the server's certificate"
