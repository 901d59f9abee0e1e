"""What `kestra-deployer.yaml` may hold, and what is said about everything else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deployer.configuration import settings
from deployer.errors import ExitCode, UsageError
from deployer.model.plugin import Coordinate

ROOT = Path("/project")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({}, {}),
        ({"host": "http://k", "tenant": "team"}, {"host": "http://k", "tenant": "team"}),
        ({"host": None, "tls": None}, {}),
        ({"kestra": "1.3"}, {"kestra": "1.3"}),
        ({"kestra": 2.0}, {"kestra": "2.0"}),
        ({"timeout": 5}, {"timeout": 5.0}),
        (
            {"tls": {"ca": "certs/ca.pem", "cert": "/abs/c.pem", "key": "k.pem", "verify": False}},
            {
                "ca_file": ROOT / "certs/ca.pem",
                "client_cert": Path("/abs/c.pem"),
                "client_key": ROOT / "k.pem",
                "verify": False,
            },
        ),
        ({"retry": {"attempts": 2, "seconds": 9.5}}, {"attempts": 2, "retry_seconds": 9.5}),
        ({"proxy": "http://p:3128", "headers": {"X-A": "b"}}, {"proxy": "http://p:3128", "headers": {"X-A": "b"}}),
        ({"concurrency": 8, "ignore": ["drafts/", "*.bak"]}, {"concurrency": 8, "ignore": ("drafts/", "*.bak")}),
        ({"engine": {"plugins": []}}, {"plugins": ()}),
        (
            {"engine": {"plugins": ["plugins", "io.kestra.plugin:plugin-fs:0.17.0"]}},
            {"plugins": (ROOT / "plugins", Coordinate("io.kestra.plugin", "plugin-fs", "0.17.0"))},
        ),
    ],
)
def test_each_key_gives_its_setting(data: dict[str, Any], expected: dict[str, Any]) -> None:
    assert settings(data, ROOT) == expected


@pytest.mark.parametrize(
    ("data", "key", "must"),
    [
        ({"host": 5}, "host", "a text"),
        ({"timeout": "30s"}, "timeout", "a number of seconds above 0"),
        ({"timeout": 0}, "timeout", "above 0"),
        ({"timeout": float("inf")}, "timeout", "a number"),
        ({"timeout": float("nan")}, "timeout", "a number"),
        ({"timeout": True}, "timeout", "a number"),
        ({"kestra": 2}, "kestra", 'such as "1.3"'),
        ({"kestra": True}, "kestra", "a Kestra version"),
        ({"concurrency": 0}, "concurrency", "a whole number from 1"),
        ({"concurrency": 1.5}, "concurrency", "a whole number"),
        ({"concurrency": True}, "concurrency", "a whole number"),
        ({"ignore": "drafts/"}, "ignore", "a list of texts"),
        ({"ignore": [1]}, "ignore", "a list of texts"),
        ({"headers": ["a"]}, "headers", "a mapping of texts"),
        ({"headers": {"X-A": 1}}, "headers", "a mapping of texts"),
        ({"tls": {"verify": "no"}}, "tls.verify", "true or false"),
        ({"tls": "ca.pem"}, "tls", "a mapping"),
        ({"engine": []}, "engine", "a mapping"),
        ({"engine": {"plugins": "a.jar"}}, "engine.plugins", "a list of texts"),
        ({"retry": {"attempts": 0}}, "retry.attempts", "from 1"),
    ],
)
def test_a_value_of_the_wrong_type_is_named_by_its_key(data: dict[str, Any], key: str, must: str) -> None:
    with pytest.raises(UsageError) as caught:
        settings(data, ROOT)
    assert f"`{key}` must be" in str(caught.value)
    assert must in str(caught.value)
    assert caught.value.exit_code is ExitCode.USAGE


@pytest.mark.parametrize(
    ("data", "key", "hint"),
    [
        ({"hosts": "x"}, "hosts", "did you mean `host`?"),
        ({"tls": {"certs": "x"}}, "tls.certs", "did you mean `tls.cert`?"),
        ({"ingore": []}, "ingore", "did you mean `ignore`?"),
        ({"engine": {"plugin": []}}, "engine.plugin", "did you mean `engine.plugins`?"),
        ({"zzz": 1}, "zzz", "known: host, tenant, kestra, timeout, proxy"),
        ({"tls": {"zzz": 1}}, "tls.zzz", "known: ca, cert, key, verify"),
        ({5: 1}, "5", "known: host"),
    ],
)
def test_an_unknown_key_comes_with_the_nearest_known_one(data: dict[str, Any], key: str, hint: str) -> None:
    with pytest.raises(UsageError, match=f"unknown key `{key}`") as caught:
        settings(data, ROOT)
    assert hint in caught.value.hint


def test_a_plugin_that_is_neither_path_nor_coordinate_is_named_with_its_key() -> None:
    with pytest.raises(UsageError, match=r"`engine\.plugins`: 'a:b:LATEST' is not one jar") as caught:
        settings({"engine": {"plugins": ["a:b:LATEST"]}}, ROOT)
    assert "a folder of jars" in caught.value.hint


@pytest.mark.parametrize(
    ("key", "variable"),
    [
        ("username", "KESTRA_USERNAME"),
        ("password", "KESTRA_PASSWORD"),
        ("api_token", "KESTRA_API_TOKEN"),
        ("token", "KESTRA_API_TOKEN"),
    ],
)
def test_credentials_belong_into_the_environment_not_into_a_repository(key: str, variable: str) -> None:
    with pytest.raises(UsageError, match=f"`{key}` does not belong") as caught:
        settings({key: "s3cret"}, ROOT)
    assert variable in caught.value.hint
    assert "s3cret" not in f"{caught.value}{caught.value.hint}"


@pytest.mark.parametrize(
    "data",
    [
        {"host": "https://ann:s3cret@k"},
        {"proxy": "http://ann:s3cret@p"},
        {"headers": {"Authorization": "Bearer s3cret"}},
        {"headers": {"cookie": "s3cret"}},
    ],
)
def test_credentials_inside_an_address_or_a_header_are_refused_as_well(data: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="without") as caught:
        settings(data, ROOT)
    assert "s3cret" not in f"{caught.value}{caught.value.hint}"
