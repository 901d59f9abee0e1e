"""`kestra-deployer schema pull` from a server, and from Kestra's public address: what their schema tells."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from cli.project import Ended, Project
from engine.ftp import LISTING as OPEN
from engine.ftp import PASSWORD
from pytest_httpserver import HTTPServer

Run = Callable[..., Ended]
LISTING = OPEN.replace(f"password: {PASSWORD}", "password: \"{{ secret('FTP') }}\"")
LOG = {"type": "object", "properties": {"type": {"const": "io.kestra.plugin.core.log.Log"}}}
LIST = {
    "type": "object",
    "properties": {
        "type": {"const": "io.kestra.plugin.fs.ftp.List"},
        "from": {"type": "string", "$dynamic": True},
        "host": {"type": "string", "$dynamic": True},
        "port": {"anyOf": [{"type": "integer"}, {"type": "string", "$dynamic": True}]},
        "username": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 10},
        "password": {"type": "string", "$dynamic": True},
        "phrase": {"type": "string", "minLength": 3},
        "each": {"type": "array", "items": {"anyOf": [{"$ref": "#/definitions/io.kestra.plugin.core.log.Log-1"}]}},
        "cache": {"allOf": [{"$ref": "#/definitions/io.kestra.core.models.tasks.Cache"}, {"title": "Cache"}]},
        "wait": {"type": "string", "format": "duration"},
        "mode": {"type": "string", "enum": ["A", "B"]},
        "count": {"type": "integer"},
        "words": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["from", "host"],
}
FLOW = {"properties": {"tasks": {"items": {"anyOf": [{"$ref": f"#/definitions/{name}"} for name in ("L-1", "M-1")]}}}}
NAMES = {"L": "io.kestra.plugin.core.log.Log", "M": "io.kestra.plugin.fs.ftp.List"}
SCHEMA = json.loads(
    json.dumps({"definitions": {NAMES["L"]: LOG, NAMES["M"]: LIST, "io.kestra.core.models.flows.Flow": FLOW}})
    .replace("/L-1", f"/{NAMES['L']}-1")
    .replace("/M-1", f"/{NAMES['M']}-1")
)
PATH = "/v1/plugins/schemas/flow"


def pull(deployer: Run, project: Project, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api" + PATH).respond_with_json(SCHEMA)
    httpserver.expect_request("/api/v1/configs").respond_with_json({"version": "1.3.4"})
    ended = deployer("schema", "pull", "--host", httpserver.url_for("").rstrip("/"))
    assert ended.code == 0, ended.stderr
    assert "1 types for Kestra 1.3, from the schema of http://" in ended.stdout


def test_a_servers_schema_makes_its_plugins_known(project: Project, deployer: Run, httpserver: HTTPServer) -> None:
    project.write("flows/a.yaml", LISTING)
    pull(deployer, project, httpserver)
    assert deployer("check", "--format", "json").report["problems"] == []


@pytest.mark.parametrize(
    ("more", "check"),
    [
        ("hosts: a", "unknown-property"),
        ("username: 1A", "invalid-value"),
        ("phrase: a", "invalid-value"),
        ("each: 1", "wrong-type"),
        ("each: [{id: a, type: io.kestra.plugin.core.log.Logg}]", "unknown-type"),
        ("cache: 1", "wrong-type"),
        ("wait: soon", "wrong-type"),
        ("count: many", "wrong-type"),
        ("words: one", "wrong-type"),
        ("timeout: PT1M", ""),
        ("retry: {type: never}", "unknown-type"),
        ("port: [1]", ""),
        ("mode: C", ""),
        ("each: [{id: a, type: io.kestra.plugin.core.log.Log, message: hello}]", ""),
        ("cache: {enabled: true}", ""),
        ("wait: PT1M", ""),
    ],
)
def test_what_a_schema_tells_is_checked_and_what_it_does_not_tell_is_fine(
    project: Project, deployer: Run, httpserver: HTTPServer, *, more: str, check: str
) -> None:
    task = "id: a\nnamespace: a.b\ntasks:\n- id: a\n  type: io.kestra.plugin.fs.ftp.List\n  from: /\n  host: a\n"
    project.write("flows/a.yaml", f"{task}  {more}\n")
    pull(deployer, project, httpserver)
    assert [each["check"] for each in deployer("check", "--format", "json").report["problems"]] == [check][
        : bool(check)
    ]


def test_the_public_address_gets_no_secret(
    project: Project, deployer: Run, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KESTRA_HOST", "http://kestra.example.com")
    monkeypatch.setenv("KESTRA_API_TOKEN", "sesame")
    httpserver.expect_request(PATH).respond_with_json(SCHEMA)
    ended = deployer("schema", "pull", f"--public={httpserver.url_for(PATH)}", "--kestra", "2.0")
    assert ended.code == 0, ended.stderr
    assert "1 types for Kestra 2.0" in ended.stdout
    [(request, _)] = httpserver.log
    assert "Authorization" not in request.headers


def test_what_is_secret_of_its_address_is_not_written_down(
    project: Project, deployer: Run, httpserver: HTTPServer
) -> None:
    httpserver.expect_request(PATH).respond_with_json(SCHEMA)
    url = httpserver.url_for(PATH).replace("://", "://ann:geheim@") + "?sig=tok3n#fragment"
    ended = deployer("schema", "pull", f"--public={url}", "--kestra", "2.0")
    assert ended.code == 0, ended.stderr
    written = (project.root / "kestra-plugins.json").read_text()
    for text in (ended.stdout, ended.stderr, written):
        assert not any(secret in text for secret in ("geheim", "tok3n", "fragment"))


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        ("{}", 200, "a schema of flows"),
        ("", 200, "JSON"),
        ('{"definitions": {"a": {}}}', 200, "is not a schema of Kestra flows"),
        (json.dumps({"definitions": {NAMES["L"]: LOG}}), 200, "there are no plugins besides Kestra's own"),
        ("no", 403, "403"),
        ("no", 404, "404"),
    ],
)
def test_a_useless_answer_is_one_sentence_and_writes_nothing(
    project: Project, deployer: Run, httpserver: HTTPServer, *, answer: str, status: int, words: str
) -> None:
    httpserver.expect_request(PATH).respond_with_data(answer, status=status)
    ended = deployer("schema", "pull", f"--public={httpserver.url_for(PATH)}")
    assert ended.code in (2, 3)
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "bug:" not in ended.stderr
    assert not (project.root / "kestra-plugins.json").exists()


def test_a_file_that_cannot_be_written_is_one_sentence(project: Project, deployer: Run, httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_json(SCHEMA)
    ended = deployer("schema", "pull", f"--public={httpserver.url_for(PATH)}", "--out", "/proc/types.json")
    assert ended.code == 2
    assert "/proc/types.json cannot be written" in ended.stderr


def test_without_a_host_the_ways_are_named(project: Project, deployer: Run) -> None:
    ended = deployer("schema", "pull")
    assert ended.code == 2
    assert "no Kestra host is configured" in ended.stderr
