"""Where each setting comes from, which source wins, and that no secret is shown or mixed with another's."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from deployer import configuration
from deployer.dotenv_files import read_dotenv
from deployer.errors import ExitCode, UsageError
from deployer.settings import Settings, resolve

ROOT = Path("/project")


def settings(
    flags: dict[str, Any] | None = None,
    environ: dict[str, str] | None = None,
    dotenv: dict[str, str] | None = None,
    file: dict[str, Any] | None = None,
) -> Settings:
    return resolve(flags or {}, environ or {}, dotenv or {}, configuration.settings(file or {}, ROOT))


SOURCES = (
    {"flags": {"host": "http://flag"}},
    {"environ": {"KESTRA_HOST": "http://environment"}},
    {"environ": {"KESTRACTL_HOST": "http://kestractl"}},
    {"dotenv": {"KESTRA_HOST": "http://dotenv"}},
    {"dotenv": {"KESTRACTL_HOST": "http://dotenv-kestractl"}},
    {"file": {"host": "http://file"}},
)


@pytest.mark.parametrize("first", range(len(SOURCES)))
def test_the_most_particular_source_wins(first: int) -> None:
    given: dict[str, dict[str, Any]] = {}
    for source in SOURCES[first:]:
        for name, values in source.items():
            given[name] = given.get(name, {}) | values
    (winner,) = SOURCES[first].values()
    (host,) = winner.values()
    assert settings(**given).host == host


def test_without_any_source_the_defaults_count() -> None:
    assert settings() == Settings()
    assert (Settings().tenant, Settings().verify, Settings().concurrency) == ("main", True, 4)


@pytest.mark.parametrize("empty", ["", "  ", None])
def test_an_empty_value_counts_as_not_given(empty: str | None) -> None:
    given = settings({"tenant": empty}, {"KESTRA_TENANT": empty or ""}, {"KESTRA_TENANT": "dotenv"})
    assert given.tenant == "dotenv"


def test_a_flag_that_says_no_counts_as_given() -> None:
    assert settings({"verify": False}, file={"tls": {"verify": True}}).verify is False


@pytest.mark.parametrize(
    ("flags", "environ", "dotenv", "expected"),
    [
        ({}, {"KESTRA_API_TOKEN": "t"}, {"KESTRA_USERNAME": "u", "KESTRA_PASSWORD": "p"}, ("t", "", "")),
        ({}, {"KESTRA_USERNAME": "u", "KESTRA_PASSWORD": "p"}, {"KESTRA_API_TOKEN": "t"}, ("", "u", "p")),
        ({}, {"KESTRA_USERNAME": "u"}, {"KESTRA_PASSWORD": "p", "KESTRA_API_TOKEN": "t"}, ("", "u", "p")),
        ({}, {"KESTRA_PASSWORD": "p", "KESTRA_API_TOKEN": "t"}, {}, ("t", "", "")),
        ({"username": "u"}, {"KESTRA_PASSWORD": "p", "KESTRA_API_TOKEN": "t"}, {}, ("", "u", "p")),
        ({"api_token": "t"}, {"KESTRA_USERNAME": "u", "KESTRA_PASSWORD": "p"}, {}, ("t", "", "")),
        ({}, {"KESTRA_USERNAME": "u", "KESTRA_PASSWORD": "p", "KESTRACTL_TOKEN": "t"}, {}, ("", "u", "p")),
        ({}, {"KESTRACTL_TOKEN": "t"}, {"KESTRA_USERNAME": "u", "KESTRA_PASSWORD": "p"}, ("t", "", "")),
        ({}, {"KESTRACTL_USERNAME": "u", "KESTRACTL_PASSWORD": "p"}, {}, ("", "u", "p")),
        ({"host": "http://u:p@h"}, {"KESTRA_API_TOKEN": "t"}, {}, ("", "u", "p")),
        ({}, {"KESTRA_API_TOKEN": "t"}, {"KESTRA_HOST": "http://u:p@h"}, ("t", "", "")),
        ({}, {"KESTRA_HOST": "http://u:p@h", "KESTRA_PASSWORD": "better"}, {}, ("", "u", "better")),
    ],
)
def test_credentials_are_of_the_kind_that_the_first_source_has(
    flags: dict[str, str], environ: dict[str, str], dotenv: dict[str, str], expected: tuple[str, str, str]
) -> None:
    given = settings(flags, environ, dotenv)
    assert (given.api_token, given.username, given.password) == expected


@pytest.mark.parametrize(
    ("flags", "environ", "dotenv", "unused"),
    [
        ({}, {"KESTRA_API_TOKEN": "t"}, {"KESTRA_USERNAME": "u"}, ("KESTRA_USERNAME in .env",)),
        ({}, {"KESTRA_PASSWORD": "p", "KESTRA_API_TOKEN": "t"}, {}, ("KESTRA_PASSWORD",)),
        ({"username": "u"}, {"KESTRA_PASSWORD": "p", "KESTRA_API_TOKEN": "t"}, {}, ("KESTRA_API_TOKEN",)),
        (
            {},
            {"KESTRA_API_TOKEN": "t"},
            {"KESTRA_HOST": "http://u:p@h"},
            ("the username in KESTRA_HOST in .env", "the password in KESTRA_HOST in .env"),
        ),
        ({}, {"KESTRA_API_TOKEN": "t", "KESTRA_USERNAME": " "}, {"KESTRA_API_TOKEN": "other"}, ()),
    ],
)
def test_credentials_that_are_not_used_are_known_by_their_place(
    flags: dict[str, str], environ: dict[str, str], dotenv: dict[str, str], unused: tuple[str, ...]
) -> None:
    assert settings(flags, environ, dotenv).unused == unused


@pytest.mark.parametrize(
    ("environ", "missing"),
    [({"KESTRA_USERNAME": "u"}, "KESTRA_PASSWORD"), ({"KESTRA_PASSWORD": "p"}, "KESTRA_USERNAME")],
)
def test_half_a_pair_of_credentials_is_a_usage_error(environ: dict[str, str], missing: str) -> None:
    with pytest.raises(UsageError) as caught:
        settings(environ=environ)
    assert missing in caught.value.hint


@pytest.mark.parametrize(
    ("given", "host"),
    [
        ("http://localhost:8080", "http://localhost:8080"),
        ("https://kestra.example.com/", "https://kestra.example.com"),
        ("  https://k.example.com/tools/kestra/  ", "https://k.example.com/tools/kestra"),
        ("HTTPS://k.example.com", "https://k.example.com"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
        ("http://k/ui", "http://k"),
        ("http://k/ui/main/flows?page=1", "http://k"),
        ("http://k/tools/ui/main", "http://k/tools"),
        ("http://k/api/v1/", "http://k"),
        ("http://k/api/v1/main/flows/search", "http://k"),
        ("http://k/guide", "http://k/guide"),
    ],
)
def test_a_host_is_taken_with_what_people_copy_along(given: str, host: str) -> None:
    assert settings({"host": given}).host == host


@pytest.mark.parametrize("given", ["https://ann:pa55@k/x", "https://ann:p%4055@k/x"])
def test_credentials_in_a_host_become_credentials(given: str) -> None:
    found = settings({"host": given})
    assert (found.host, found.username) == ("https://k/x", "ann")
    assert found.password in ("pa55", "p@55")
    assert found.password not in repr(found)


@pytest.mark.parametrize(
    ("environ", "says", "hint"),
    [
        (
            {"KESTRA_HOST": "localhost:8080"},
            "'localhost:8080' (KESTRA_HOST)",
            "write http://localhost:8080, or https://",
        ),
        ({"KESTRACTL_HOST": "k.example.com"}, "(KESTRACTL_HOST)", "https://k.example.com"),
        ({"KESTRA_HOST": "ftp://ann:pa55@k"}, "'k'", "write http://k"),
        ({"KESTRA_HOST": "http://"}, "is not an address", "https://kestra.example.com:8080"),
        ({"KESTRA_HOST": "http://ann:pa55@k:port"}, "'k:port'", "https://kestra.example.com:8080"),
        ({"KESTRA_HOST": "http://k:99999"}, "is not an address", "https://kestra.example.com:8080"),
        ({"KESTRA_HOST": "http://[::1"}, "is not an address", "https://kestra.example.com:8080"),
    ],
)
def test_a_host_that_is_not_an_address_is_named_with_its_place(environ: dict[str, str], says: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        settings(environ=environ)
    assert says in str(caught.value)
    assert hint in caught.value.hint
    assert "pa55" not in f"{caught.value}{caught.value.hint}"


def test_no_host_at_all_is_a_usage_error_once_one_is_needed() -> None:
    with pytest.raises(UsageError, match="no Kestra host is configured") as caught:
        settings().require_host()
    assert caught.value.exit_code is ExitCode.USAGE


@pytest.mark.parametrize("name", ["KESTRA_URL", "KESTRA_HOSTNAME"])
def test_a_host_under_another_tools_name_is_pointed_out(name: str) -> None:
    with pytest.raises(UsageError, match=f"{name} is set, but not read") as caught:
        settings(environ={name: "http://k"}).require_host()
    assert "KESTRA_HOST" in caught.value.hint


def test_a_host_under_another_tools_name_does_not_matter_where_none_is_needed() -> None:
    assert settings(environ={"KESTRA_URL": "http://k"}).aimed_at("http://127.0.0.1:1").host == "http://127.0.0.1:1"


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf")])
def test_a_timeout_that_is_none_is_a_usage_error(seconds: float) -> None:
    with pytest.raises(UsageError, match="timeout"):
        settings({"timeout": seconds})


def test_another_server_gets_nothing_that_was_meant_for_the_first() -> None:
    first = Settings(
        host="https://k",
        tenant="team",
        kestra="1.3",
        api_token="t0ken",
        proxy="http://u:pr0xy@p",
        headers={"X": "h3ader"},
        ca_file=Path("ca"),
        client_cert=Path("c"),
        client_key=Path("k"),
        verify=False,
        concurrency=9,
    )
    assert first.aimed_at("http://127.0.0.1:1") == Settings(host="http://127.0.0.1:1", tenant="team", concurrency=9)


def test_a_printed_setting_shows_no_secret() -> None:
    shown = repr(
        Settings(api_token="t0ken", username="ann", password="pa55", proxy="http://u:pr0xy@p", headers={"X": "h3ader"})
    )
    assert "ann" in shown
    assert not [secret for secret in ("t0ken", "pa55", "pr0xy", "h3ader") if secret in shown]


def test_a_client_key_without_a_certificate_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match=r"`tls\.key` is given without"):
        settings(file={"tls": {"key": "k.pem"}})


@pytest.mark.parametrize("version", ["0.24", "1.3.31", "latest"])
def test_an_unknown_version_to_treat_the_server_as_lists_the_known_ones(version: str) -> None:
    with pytest.raises(UsageError, match=version) as caught:
        settings({"kestra": version})
    assert "1.3" in caught.value.hint


DOTENV = """\
# comment
KESTRA_HOST=http://k
export KESTRA_USERNAME="ann"
KESTRA_PASSWORD='p$a#5${HOME}5'
KESTRA_TENANT=
NOTHING
"""


def test_dotenv_is_read_without_touching_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KESTRA_HOST", raising=False)
    (tmp_path / ".env").write_text(DOTENV)
    found = read_dotenv(tmp_path)
    assert found == {"KESTRA_HOST": "http://k", "KESTRA_USERNAME": "ann", "KESTRA_PASSWORD": "p$a#5${HOME}5"}
    assert "KESTRA_HOST" not in os.environ


def test_a_dotenv_may_be_missing_and_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    assert read_dotenv(tmp_path) == {}
    (tmp_path / ".env").write_bytes(b"\xef\xbb\xbfKESTRA_HOST=http://k\r\n")
    assert read_dotenv(tmp_path) == {"KESTRA_HOST": "http://k"}


def test_a_line_of_ours_in_dotenv_that_sets_nothing_is_named_by_its_number_not_its_text(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text('A=1\nKESTRA_PASSWORD="pa55\n')
    with pytest.raises(UsageError, match="line 2") as caught:
        read_dotenv(tmp_path)
    assert "pa55" not in f"{caught.value}{caught.value.hint}"


OTHER_TOOLS = {
    "a script": b"#!/bin/sh\nif [ -z $A ]; then\n  exit 1\nfi\nKESTRA_HOST=http://k\n",
    "another encoding": b"NAME=caf\xe9\nKESTRA_HOST=http://k\n",
    "UTF-16": "NAME=café\r\nKESTRA_HOST=http://k\r\n".encode("utf-16"),
    "not text at all": b"\x00\xff\x01\n" * 9 + b"KESTRA_HOST=http://k\n",
}


@pytest.mark.parametrize("content", OTHER_TOOLS.values(), ids=OTHER_TOOLS)
def test_what_is_ours_is_read_from_the_dotenv_of_another_tool(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ".env").write_bytes(content)
    assert read_dotenv(tmp_path)["KESTRA_HOST"] == "http://k"


def test_a_dotenv_that_is_no_file_or_is_no_settings_counts_for_nothing(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.mkdir()
    assert read_dotenv(tmp_path) == {}
    file.rmdir()
    os.mkfifo(file)
    assert read_dotenv(tmp_path) == {}
    file.unlink()
    file.symlink_to("/dev/zero")
    assert read_dotenv(tmp_path) == {}
    file.unlink()
    with file.open("wb") as large:
        large.truncate(1 << 30)
    assert read_dotenv(tmp_path) == {}


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("KESTRA_URL", "KESTRA_HOST"),
        ("KESTRA_HOTS", "KESTRA_HOST"),
        ("kestra_host", "KESTRA_HOST"),
        ("KESTRA_TOKEN", "KESTRA_API_TOKEN"),
        ("KESTRA_API_TOKE", "KESTRA_API_TOKEN"),
        ("KESTRA_USER", "KESTRA_USERNAME"),
        ("KESTRA_PASS", "KESTRA_PASSWORD"),
        ("KESTRCTL_HOST", "KESTRA_HOST"),
    ],
)
def test_a_variable_that_is_not_read_is_known_with_the_one_that_is(name: str, ours: str) -> None:
    assert settings(environ={name: "x"}).unread == {name: ours}
    assert settings(dotenv={name: "x"}).unread == {name: ours}
    assert settings(environ={name: "x", ours: "http://k", "KESTRA_USERNAME": "u", "KESTRA_PASSWORD": "p"}).unread == {}
    assert settings(environ={name: " "}).unread == {}


@pytest.mark.parametrize("name", ["KESTRA_PORT", "KESTRA_SERVICE_HOST", "KESTRA_CONFIGURATION", "HOST", "USER"])
def test_a_variable_of_kestras_own_or_of_a_cluster_is_not_taken_for_ours(name: str) -> None:
    assert settings(environ={name: "x"}).unread == {}
