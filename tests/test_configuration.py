"""What `kestra-deployer.yaml` may hold, and what is said about everything else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from deployer.configuration import KEYS, SCHEMA, settings
from deployer.errors import ExitCode, UsageError
from deployer.model.plugin import Coordinate
from deployer.model.problem import Problem, Span
from deployer.parsing.parse import parse
from deployer.settings import Settings

ROOT = Path("/project")
REPOSITORY = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({}, {}),
        ({"host": "http://k", "tenant": "team"}, {"host": "http://k", "tenant": "team"}),
        ({"host": None, "tls": None, "ledger": "", "retry": {"attempts": ""}}, {}),
        ({"kestra": "1.3"}, {"kestra": "1.3"}),
        ({"kestra": 2.0}, {"kestra": "2.0"}),
        ({"timeout": 5}, {"timeout": 5.0}),
        ({"concurrency": 4.0}, {"concurrency": 4}),
        ({"wait": 5}, {"wait": 5.0}),
        ({"wait": 0}, {"wait": 0.0}),
        ({"wait": "PT1M30S"}, {"wait": 90.0}),
        ({"wait": "2.5"}, {"wait": 2.5}),
        ({"wait": "PT0S"}, {"wait": 0.0}),
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
        ({"smoke": False}, {"smoke_tests": False}),
        ({"smoke": None}, {}),
        (
            {"ledger": "file:a b/ledger.json", "protected-namespaces": ["a.b"]},
            {"ledger": "file:a b/ledger.json", "protected": ("a.b",)},
        ),
        (
            {"checks": {"deprecated": False, "unused-input": {"path": "a/**", "level": "error"}}},
            {"checks": {"deprecated": False, "unused-input": {"path": "a/**", "level": "error"}}},
        ),
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
        ({"host": 5}, "host", "an address that starts with http"),
        ({"host": "kestra.example.com"}, "host", "an address that starts with http"),
        ({"host": "ftp://k"}, "host", "an address that starts with http"),
        ({"host": "http://k:port"}, "host", "an address that starts with http"),
        ({"proxy": "p:3128"}, "proxy", "an address such as http://proxy"),
        ({"tenant": "a b"}, "tenant", "a string without spaces"),
        ({"tenant": "a\n"}, "tenant", "a string without spaces"),
        ({"timeout": "30s"}, "timeout", "a number of seconds above 0"),
        ({"timeout": 0}, "timeout", "above 0"),
        ({"timeout": 1e300}, "timeout", "up to 86400"),
        ({"timeout": float("inf")}, "timeout", "a number"),
        ({"timeout": float("nan")}, "timeout", "a number"),
        ({"timeout": True}, "timeout", "a number"),
        ({"kestra": 2}, "kestra", 'such as "1.3"'),
        ({"kestra": True}, "kestra", "a Kestra version"),
        ({"kestra": []}, "kestra", "one of `1.0`, "),
        ({"kestra": "0.24"}, "kestra", ", `2.0`, not `0.24`"),
        ({"concurrency": 0}, "concurrency", "a whole number from 1"),
        ({"concurrency": 1.5}, "concurrency", "a whole number"),
        ({"concurrency": True}, "concurrency", "a whole number"),
        ({"wait": -1}, "wait", "a number of seconds up to 86400, or a duration such as PT30S"),
        ({"wait": 86401}, "wait", "a number of seconds up to 86400"),
        ({"wait": True}, "wait", "a number of seconds"),
        ({"wait": "30s"}, "wait", "a duration such as PT30S"),
        ({"wait": "P"}, "wait", "a duration such as PT30S"),
        ({"wait": "PT1M1"}, "wait", "a duration such as PT30S"),
        ({"wait": "P2D"}, "wait", "up to 86400"),
        ({"wait": f"PT{'9' * 400}S"}, "wait", "up to 86400"),
        ({"ignore": "drafts/"}, "ignore", "a list"),
        ({"ignore": ["a", 1]}, "ignore[1]", "a gitignore pattern"),
        ({"ignore": ["!"]}, "ignore[0]", "a gitignore pattern"),
        ({"headers": ["a"]}, "headers", "a mapping of header names to strings"),
        ({"headers": {"X-A": 1}}, "headers.X-A", "a string"),
        ({"headers": {"X-A": "caf\u00e9"}}, "headers.X-A", "a string of ASCII characters"),
        ({"headers": {"X-A": "a\n"}}, "headers.X-A", "without line breaks"),
        ({"tls": {"verify": "no"}}, "tls.verify", "true or false"),
        ({"tls": {"ca": 5}}, "tls.ca", "a string"),
        ({"tls": {"ca": " "}}, "tls.ca", "not be empty"),
        ({"tls": "ca.pem"}, "tls", "a mapping"),
        ({"engine": []}, "engine", "a mapping"),
        ({"engine": {"plugins": "a.jar"}}, "engine.plugins", "a list"),
        ({"engine": {"plugins": ["a.jar", " "]}}, "engine.plugins[1]", "not be empty"),
        ({"retry": {"attempts": 0}}, "retry.attempts", "from 1"),
        ({"checks": {"deprecated": "never"}}, "checks.deprecated", "`notice`, not `never`"),
        ({"checks": {"deprecated": True}}, "checks.deprecated", "`notice`, not `true`"),
        ({"checks": {"deprecated": 5}}, "checks.deprecated", "a level such as"),
        ({"checks": {"deprecated": {"path": "a"}}}, "checks.deprecated", "a mapping with `path` and `level`"),
        ({"checks": {"deprecated": ["off", 5]}}, "checks.deprecated[1]", "a level such as"),
        (
            {"checks": {"deprecated": [{"path": "a", "level": "no"}]}},
            "checks.deprecated[0].level",
            "`notice`, not `no`",
        ),
        ({"plugin-defaults": []}, "plugin-defaults", "a mapping of namespaces"),
        ({"plugin-defaults": {"A b": []}}, "plugin-defaults.A b", "a namespace: lowercase letters"),
        ({"plugin-defaults": {"a": {}}}, "plugin-defaults.a", "a list of `type` and `values`"),
        ({"plugin-defaults": {"a": [{"type": "x"}]}}, "plugin-defaults.a[0]", "a mapping with `type` and `values`"),
        ({"project": ""}, "project", "a name and cannot be empty"),
        ({"project": None}, "project", "a name and cannot be empty"),
        ({"project": "  "}, "project", "a name and cannot be empty"),
        ({"project": 2024}, "project", "a name"),
        ({"project": "caf\udce9"}, "project", "UTF-8 text"),
        ({"ignore": ["a", "\udce9"]}, "ignore[1]", "UTF-8 text"),
        ({"ledger": "A team"}, "ledger", "a namespace, `file:PATH` or `none`"),
        ({"ledger": "file:"}, "ledger", "a namespace, `file:PATH` or `none`"),
        ({"ledger": False}, "ledger", "a namespace, `file:PATH` or `none`"),
        ({"protected-namespaces": ["a", "B"]}, "protected-namespaces[1]", "a namespace: lowercase letters"),
    ],
)
def test_a_value_that_is_wrong_is_named_by_its_key(data: dict[str, Any], key: str, must: str) -> None:
    with pytest.raises(UsageError) as caught:
        settings(data, ROOT)
    assert str(caught.value).startswith(f"kestra-deployer.yaml: `{key}` must ")
    assert must in str(caught.value)
    assert caught.value.hint
    assert caught.value.exit_code is ExitCode.USAGE


@pytest.mark.parametrize(
    ("data", "key", "hint"),
    [
        ({"hosts": "x"}, "hosts", "did you mean `host`?"),
        ({"tls": {"certs": "x"}}, "tls.certs", "did you mean `tls.cert`?"),
        ({"ingore": []}, "ingore", "did you mean `ignore`?"),
        ({"engine": {"plugin": []}}, "engine.plugin", "did you mean `engine.plugins`?"),
        ({"verify": False}, "verify", "did you mean `tls.verify`?"),
        ({"plugins": []}, "plugins", "did you mean `engine.plugins`?"),
        ({"zzz": 1}, "zzz", "known keys: host, tenant, kestra, timeout, tls, proxy"),
        ({"tls": {"zzz": 1}}, "tls.zzz", "known keys: ca, cert, key, verify"),
        ({"5": 1}, "5", "known keys: host"),
        ({"x" * 10**6: 1}, "x" * 37 + "...", "known keys: host"),
        (
            {"checks": {"deprecated": {"path": "a", "level": "off", "levels": "off"}}},
            "checks.deprecated.levels",
            "did you mean `checks.deprecated.level`?",
        ),
    ],
)
def test_an_unknown_key_comes_with_the_nearest_known_one(data: dict[str, Any], key: str, hint: str) -> None:
    with pytest.raises(UsageError, match=rf"unknown key `{re.escape(key)}`$") as caught:
        settings(data, ROOT)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("name", "hint"),
    [("unused-inptu", "did you mean `checks.unused-input`?"), ("ledger", "`kestra-deployer explain` lists the checks")],
)
def test_a_level_for_what_is_not_a_check_of_files_is_refused(name: str, hint: str) -> None:
    with pytest.raises(UsageError, match=rf"`checks\.{name}` is not a check of files") as caught:
        settings({"checks": {name: "off"}}, ROOT)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        ({"project": 2024}, "in quotes"),
        ({"tls": "ca.pem"}, "its keys are ca, cert, key, verify"),
        ({"checks": {"deprecated": "waring"}}, "did you mean `warning`?"),
        ({"kestra": "1,3"}, "did you mean `1.3`?"),
        ({"ledger": False}, "did you mean `none`?"),
    ],
)
def test_a_hint_says_what_was_probably_meant(data: dict[str, Any], hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        settings(data, ROOT)
    assert hint in caught.value.hint


def test_a_plugin_that_is_neither_path_nor_coordinate_is_named_with_its_place() -> None:
    with pytest.raises(UsageError, match=r"`engine\.plugins\[1\]`: 'a:b:LATEST' is not one jar") as caught:
        settings({"engine": {"plugins": ["plugins", "a:b:LATEST"]}}, ROOT)
    assert "a folder of jars" in caught.value.hint


def test_a_client_key_needs_its_certificate() -> None:
    with pytest.raises(UsageError, match=r"`tls\.key` is given without `tls\.cert`") as caught:
        settings({"tls": {"key": "k.pem"}}, ROOT)
    assert caught.value.hint == "add `tls.cert`, or remove `tls.key`"


def test_all_mistakes_are_reported_at_once_in_the_order_of_the_file() -> None:
    def where(route: tuple[str | int, ...]) -> Span | None:
        lines = {("timeout",): 12, ("tls",): 3, ("hots",): 9}
        return Span(lines[route], 1, lines[route], 2) if route in lines else None

    data = {"timeout": 0, "hots": "x", "tls": {"crt": "x"}}
    known = Problem("duplicate-key", "key `a` is given twice", "c.yaml", Span(10, 1, 10, 2), hint="remove one")
    with pytest.raises(UsageError) as caught:
        settings(data, ROOT, "c.yaml", where, [known])
    assert str(caught.value).splitlines() == [
        "c.yaml has 4 mistakes:",
        "  c.yaml:3:1: unknown key `tls.crt` (did you mean `tls.cert`?)",
        "  c.yaml:9:1: unknown key `hots` (did you mean `host`?)",
        "  c.yaml:10:1: key `a` is given twice (remove one)",
        "  c.yaml:12:1: `timeout` must be a number of seconds above 0 and up to 86400",
    ]
    assert "docs/configuration.md" in caught.value.hint


def test_a_file_full_of_mistakes_is_reported_in_part_and_soon() -> None:
    with pytest.raises(UsageError) as caught:
        settings({"ignore": [5] * 10_000, **{f"key{number}": 1 for number in range(100_000)}}, ROOT)
    first, *lines = str(caught.value).splitlines()
    assert (first, len(lines)) == ("kestra-deployer.yaml has more than 50 mistakes, among them:", 50)


@pytest.mark.parametrize(
    ("key", "variable"),
    [
        ("username", "KESTRA_USERNAME"),
        ("password", "KESTRA_PASSWORD"),
        ("api_token", "KESTRA_API_TOKEN"),
        ("token", "KESTRA_API_TOKEN"),
        ("apiToken", "KESTRA_API_TOKEN"),
    ],
)
def test_credentials_belong_in_the_environment_not_in_a_repository(key: str, variable: str) -> None:
    with pytest.raises(UsageError, match=f"`{key}` does not belong") as caught:
        settings({key: "s3cret"}, ROOT)
    assert variable in caught.value.hint
    assert "s3cret" not in f"{caught.value}{caught.value.hint}"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"host": "https://ann:s3cret@k"}, "without credentials"),
        ({"host": "ann:s3cret@k"}, "without credentials"),
        ({"host": "https://ann:s3cret/x@k"}, "an address that starts with"),
        ({"proxy": "http://ann:s3cret@p"}, "without credentials"),
        ({"headers": {"Authorization": "Bearer s3cret"}}, "`headers.Authorization` does not belong"),
        ({"headers": {"cookie": "s3cret"}}, "`headers.cookie` does not belong"),
        ({"headers": {"X-Key": "s3cret\n"}}, "ASCII"),
        ({"kestra": "ghp_0123456789abcdefghijklmnopqrstuvwxyz"}, "`2.0`"),
    ],
)
def test_no_secret_is_accepted_in_the_file_nor_shown(data: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError) as caught:
        settings(data, ROOT)
    shown = f"{caught.value}{caught.value.hint}"
    assert says in shown
    assert not any(secret in shown for secret in ("s3cret", "ghp_"))


def published() -> Any:
    """What `scripts/document-configuration` writes."""
    loader = SourceFileLoader("document_configuration", str(REPOSITORY / "scripts/document-configuration"))
    script = ModuleType(loader.name)
    script.__file__ = loader.path
    loader.exec_module(script)
    return script


def test_the_schema_knows_what_code_knows_and_is_published_with_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", True)  # beside the script
    script = published()
    stale = [
        str(file)
        for file, text in ((SCHEMA, script.text()), (script.PUBLISHED, script.text()), (script.PAGE, script.page()))
        if file.read_text() != text
    ]
    assert stale == [], "run scripts/document-configuration"


def described(properties: dict[str, Any], section: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every key of the schema that gives a setting."""
    for name, each in properties.items():
        if "properties" in each and name != "checks":
            yield from described(each["properties"], f"{name}.")
        else:
            yield f"{section}{name}", each


def test_the_schema_describes_every_key_with_a_default_that_is_true() -> None:
    schema = json.loads(SCHEMA.read_text())
    Draft202012Validator.check_schema(schema)
    keys = dict(described(schema["properties"]))
    assert list(keys) == list(KEYS)
    defaults = Settings()
    for key, each in keys.items():
        assert {"title", "description", "examples"} <= each.keys(), key
        setting, read = KEYS[key]
        if "default" in each and key != "plugin-types":  # whose default is a name in the root
            assert read(each["default"], ROOT) == getattr(defaults, setting), key
        for example in each["examples"]:
            *sections, name = key.split(".")
            data = {name: example}
            for section in sections:
                data = {section: {"cert": "c.pem", **data} if name == "key" else data}
            assert setting in settings(data, ROOT)


def test_what_the_readme_shows_is_accepted() -> None:
    text = (REPOSITORY / "README.md").read_text()
    [shown] = re.findall(r"`kestra-deployer.yaml` may contain:\n\n```yaml\n(.*?)```", text, re.DOTALL)
    document, problems = parse("kestra-deployer.yaml", shown)
    assert document
    assert problems == []
    assert settings(document.data, ROOT).keys() >= {setting for setting, _ in KEYS.values()} - {"verify"}


KEYS_OF_ALL = sorted(
    {part for key in KEYS for part in (key, *key.split("."))} | {"deprecated", "path", "level", "type"}
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["off", "a"]),
    lambda each: (
        st.lists(each, max_size=3) | st.dictionaries(st.sampled_from(KEYS_OF_ALL) | st.text(), each, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(KEYS_OF_ALL) | st.text(), ANYTHING, max_size=4))
def test_whatever_the_file_holds_is_taken_or_refused_with_a_sentence(data: dict[str, Any]) -> None:
    try:
        assert settings(data, ROOT).keys() <= {setting for setting, _ in KEYS.values()}
    except UsageError as error:
        assert str(error).startswith("kestra-deployer.yaml")  # noqa: PT017  as below
        assert error.hint  # noqa: PT017  of whatever may be refused
