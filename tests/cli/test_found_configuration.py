"""Which configuration and which `.env` count: the nearest, up to the top of the repository. None is passed over."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli.project import HELLO, Ended, Project
from pytest_httpserver import HTTPServer

from deployer.cli.project import project as found

Run = Callable[..., Ended]
OLD = 'kestra: "1.0"\n'


@pytest.fixture
def repository(project: Project) -> Project:
    subprocess.run(["git", "init", "-q", str(project.root)], check=True)
    project.write("orch/flows/a.yaml", HELLO)
    return project


def rules(ended: Ended) -> tuple[int, str]:
    report = ended.report
    return ended.code, report["kestra"]


@pytest.mark.parametrize("name", ["kestra-deployer.yaml", "kestra-deployer.yml"])
@pytest.mark.parametrize("place", ["", "orch/", "orch/team/"])
def test_the_nearest_configuration_counts_up_to_the_top_of_the_repository(
    repository: Project, deployer: Run, monkeypatch: pytest.MonkeyPatch, place: str, name: str
) -> None:
    repository.write("orch/team/flows/a.yaml", HELLO)
    repository.write(f"{place}{name}", OLD)
    monkeypatch.chdir(repository.root / "orch/team")
    assert rules(deployer("check", "--format", "json")) == (0, "1.0")
    assert found(None).root == repository.root / place


def test_a_nearer_configuration_stands_alone(
    repository: Project, deployer: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write("kestra-deployer.yaml", OLD + "ignore: [flows/]\n")
    repository.write("orch/kestra-deployer.yaml", "ignore: [drafts/]\n")
    repository.write("orch/flows/drafts/b.yaml", "id: [")
    monkeypatch.chdir(repository.root / "orch")
    assert rules(deployer("check", "--format", "json")) == (0, "1.3")


def test_without_a_configuration_the_root_is_the_top_of_the_repository(
    repository: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository.root / "orch")
    assert found(None).root == repository.root


def test_outside_of_a_repository_the_current_folder_alone_is_looked_at(
    project: Project, deployer: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("kestra-deployer.yaml", OLD)
    project.write("orch/flows/a.yaml", HELLO)
    monkeypatch.chdir(project.root / "orch")
    assert rules(deployer("check", "--format", "json")) == (0, "1.3")
    assert rules(deployer("check", "--format", "json", "--config", "../kestra-deployer.yaml")) == (0, "1.0")


def test_two_beside_each_other_are_refused_by_name(project: Project, deployer: Run) -> None:
    project.flow("a")
    for name in ("kestra-deployer.yaml", "kestra-deployer.yml"):
        project.write(name, OLD)
    ended = deployer("check")
    assert ended.code == 2
    assert "both kestra-deployer.yaml and kestra-deployer.yml are in" in ended.stderr


@pytest.mark.parametrize(
    "name",
    [
        "kestra_deployer.yaml",
        ".kestra-deployer.yaml",
        ".kestra-deployer.yml",
        "Kestra-Deployer.yaml",
        "kestra-deployer.YAML",
        "KESTRA-DEPLOYER.YML",
        "kestradeployer.yml",
        "kestra.deployer.yaml",
        "kestra-deployer.json",
    ],
)
@pytest.mark.parametrize("beside", [True, False])
def test_another_spelling_is_refused_with_the_right_one(
    project: Project, deployer: Run, name: str, beside: bool
) -> None:
    project.flow("a")
    project.write(name, OLD)
    if beside:
        project.write("kestra-deployer.yaml", "")
    for command in ("check", "sync", "plan", "drift", "trial", "dev"):
        ended = deployer(command)
        assert ended.code == 2
        assert f"{name} exists and is not read: the configuration is called kestra-deployer.yaml" in ended.stderr


def test_a_name_that_is_nearly_right_is_noted(project: Project, deployer: Run) -> None:
    project.flow("a")
    project.write("kestra-deplyer.yaml", OLD)
    ended = deployer("check")
    assert ended.code == 0
    assert ended.stderr == "note: kestra-deplyer.yaml is not read; kestra-deployer.yaml would be\n"


@pytest.mark.parametrize(
    "name", ["kestra-deployment.yaml", "kestra.yaml", "kestra-deployer.yaml.j2", "kestra-deployer.md"]
)
def test_a_file_with_another_name_belongs_to_another_tool(project: Project, deployer: Run, name: str) -> None:
    project.flow("a")
    project.write(name, "a: [")
    (project.root / ".kestra-deployer").mkdir()
    assert (deployer("check").code, deployer("check").stderr) == (0, "")


@pytest.mark.parametrize("kind", ["folder", "pipe", "dangling link", "not UTF-8"])
def test_a_configuration_that_is_not_a_file_is_refused(project: Project, deployer: Run, kind: str) -> None:
    project.flow("a")
    file = project.root / "kestra-deployer.yaml"
    match kind:
        case "folder":
            file.mkdir()
        case "pipe":
            os.mkfifo(file)
        case "dangling link":
            file.symlink_to("nowhere")
        case _:
            file.write_bytes(b"project: caf\xe9\n")
    ended = deployer("check")
    assert ended.code == 2
    assert "kestra-deployer.yaml" in ended.stderr


def test_a_configuration_nearer_to_the_flows_than_to_whoever_runs_it_is_not_passed_over(
    repository: Project, deployer: Run
) -> None:
    repository.write("orch/kestra-deployer.yaml", "protected-namespaces: [company]\n")
    ended = deployer("sync", "orch/flows", "--host", "http://127.0.0.1:1")
    assert ended.code == 2
    assert "orch/kestra-deployer.yaml would not be read" in ended.stderr
    assert "run it in orch, or give --config orch/kestra-deployer.yaml" in ended.stderr
    checked = deployer("check", "orch/flows")
    assert checked.code == 0
    assert "orch/kestra-deployer.yaml is not read" in checked.stderr
    assert deployer("check", "orch/flows", "--config", "orch/kestra-deployer.yaml").stderr == ""


def test_the_nearest_dotenv_counts(repository: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.write(".env", "KESTRA_HOST=http://top\n")
    repository.write("orch/kestra-deployer.yaml", "")
    monkeypatch.chdir(repository.root / "orch")
    assert found(None).dotenv == {"KESTRA_HOST": "http://top"}
    repository.write("orch/.env", "KESTRA_HOST=http://near\n")
    assert found(None).dotenv == {"KESTRA_HOST": "http://near"}
    (repository.root / "orch/.env").unlink()
    (repository.root / "orch/.env").mkdir()  # as virtual environments are called, too
    assert found(None).dotenv == {"KESTRA_HOST": "http://top"}


@pytest.mark.parametrize("content", ["folder", "pipe", "script", "latin-1"])
def test_a_dotenv_of_another_tool_stops_nothing(project: Project, deployer: Run, content: str) -> None:
    project.flow("a")
    file = project.root / ".env"
    match content:
        case "folder":
            file.mkdir()
        case "pipe":
            os.mkfifo(file)
        case "script":
            file.write_text("if true; then\n  echo 'x\nfi\n")
        case _:
            file.write_bytes(b"NAME=caf\xe9\n")
    ended = deployer("check")
    assert (ended.code, ended.stderr) == (0, "")
    assert "no Kestra host is configured" in deployer("sync").stderr


def test_a_dotenv_of_ours_that_cannot_be_read_stops_what_needs_it_alone(project: Project, deployer: Run) -> None:
    project.flow("a")
    project.write(".env", 'KESTRA_HOST="http://k\n')
    assert (deployer("check").code, deployer("check").stderr) == (0, "")
    assert ".env, line 1: not NAME=value" in deployer("sync").stderr
    ended = deployer("sync", "--host", "http://127.0.0.1:1", "--timeout", "1")
    assert ended.stderr.startswith("note: ")
    assert ended.code == 3


MEANINGLESS = {
    "kestra-deployer.yaml:2:1: `timeout` must be a number": "host: http://k\ntimeout: soon\n",
    "kestra-deployer.yaml:2:3: unknown key `tls.crt`": "tls:\n  crt: x\n",
    "kestra-deployer.yaml:3:1: unknown key `hots`": "# a\n\nhots: x\n",
    "kestra-deployer.yaml:2:1: `password` does not belong": "tenant: a\npassword: x\n",
    "kestra-deployer.yaml:2:1: `tls` must be a mapping": "tenant: a\ntls: b\n",
    "kestra-deployer.yaml:2:13: `engine.plugins[0]`: 'a:b:LATEST'": "engine:\n  plugins: ['a:b:LATEST']\n",
    "kestra-deployer.yaml:1:1: `kestra` must be one of `1.0`, ": 'kestra: "0.24"\n',
    "kestra-deployer.yaml:2:3: `checks.unused-inptu` is not a check of files": "checks:\n  unused-inptu: off\n",
    "kestra-deployer.yaml:2:3: `checks.unused-input` must be one of `off`, ": "checks:\n  unused-input: never\n",
    "kestra-deployer.yaml:2:3: `tls.key` is given without `tls.cert`": "tls:\n  key: a\n",
    "kestra-deployer.yaml:2:1: `host` must be an address that starts with": "tenant: a\nhost: kestra.example.com\n",
    "(`host` in kestra-deployer.yaml:2:1) is not an address": "tenant: a\nhost: http://k:99999\n",
    "kestra-deployer.yaml:1:1: `plugin-defaults` must be a mapping": "plugin-defaults: []\n",
    "kestra-deployer.yaml:2:1: duplicate key `host`": "host: http://k\nhost: http://l\n",
    "kestra-deployer.yaml:2:9: aliases are not followed: this": "host: &a http://k\ntenant: *a\n",
    "kestra-deployer.yaml:2:1: a second YAML document begins here": "host: http://k\n---\ntenant: b\n",
}


@pytest.mark.parametrize(("says", "text"), MEANINGLESS.items(), ids=MEANINGLESS.values())
def test_a_mistake_of_meaning_names_file_and_line(project: Project, deployer: Run, says: str, text: str) -> None:
    project.flow("a")
    project.write("kestra-deployer.yaml", text)
    ended = deployer("check", "--server")
    assert ended.code == 2
    assert says in ended.stderr
    assert "Kestra refuses the file" not in ended.stderr


def test_all_mistakes_are_reported_at_once(project: Project, deployer: Run) -> None:
    project.flow("a")
    text = "hots: x\ntimeout: 0\ntimeout: 0\nchecks:\n  deprecated:\n    - path: a\n---\na: b\n"
    project.write("kestra-deployer.yaml", text)
    ended = deployer("check")
    assert ended.code == 2
    assert ended.stderr.splitlines() == [
        "error: kestra-deployer.yaml has 5 mistakes:",
        "  kestra-deployer.yaml:1:1: unknown key `hots` (did you mean `host`?)",
        "  kestra-deployer.yaml:3:1: duplicate key `timeout`, first used in line 2 (remove one of the two)",
        "  kestra-deployer.yaml:3:1: `timeout` must be a number of seconds above 0 and up to 86400",
        "  kestra-deployer.yaml:6:7: `checks.deprecated[0]` must be a mapping with `path` and `level`",
        "  kestra-deployer.yaml:7:1: a second YAML document begins here (move its keys above `---`, or remove them)",
        "hint: docs/configuration.md describes every key",
    ]


def test_what_is_said_of_a_yml_names_it(project: Project, deployer: Run) -> None:
    project.write("kestra-deployer.yml", "hots: x\n")
    assert "error: kestra-deployer.yml:1:1: unknown key `hots`" in deployer("check").stderr


@pytest.mark.parametrize(
    ("name", "ours"),
    [("KESTRA_TOKEN", "KESTRA_API_TOKEN"), ("KESTRA_USER", "KESTRA_USERNAME"), ("KESTRA_URL", "KESTRA_HOST")],
)
def test_a_variable_that_is_set_and_not_read_is_noted_by_whoever_talks_to_a_server(
    project: Project, deployer: Run, monkeypatch: pytest.MonkeyPatch, name: str, ours: str
) -> None:
    project.flow("a")
    project.write("kestra-deployer.yaml", "host: http://127.0.0.1:1\nretry: {attempts: 1}\n")
    monkeypatch.setenv(name, "s3cret")
    ended = deployer("sync")
    assert ended.stderr.startswith(f"note: {name} is set, but not read; {ours} is\n")
    assert "s3cret" not in ended.stderr
    assert "note" not in deployer("check", "--kestra", "1.3").stderr


TOKEN = {"KESTRA_API_TOKEN": "s3cret"}
BASIC = {"KESTRA_USERNAME": "ann", "KESTRA_PASSWORD": "pa55word"}


@pytest.mark.parametrize(
    ("variables", "note"),
    [
        (TOKEN | BASIC, "KESTRA_USERNAME and KESTRA_PASSWORD are set, but not used: an API token is"),
        (BASIC, "KESTRA_API_TOKEN in .env is set, but not used: a username and password are"),
        (TOKEN, ""),
    ],
)
def test_credentials_that_are_not_used_are_noted_by_whoever_talks_to_a_server(
    project: Project, deployer: Run, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], note: str
) -> None:
    project.flow("a")
    project.write("kestra-deployer.yaml", "retry: {attempts: 1}\n")
    project.write(".env", "KESTRA_API_TOKEN=s3cret\n")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    ended = deployer("sync", "--host", "http://127.0.0.1:1")
    assert ended.code == 3
    assert ended.stderr.startswith(f"note: {note}\n") if note else "note" not in ended.stderr
    assert not any(secret in ended.stderr for secret in ("s3cret", "pa55word"))
    assert "note" not in deployer("check", "--kestra", "1.3").stderr


def test_a_certificate_that_is_not_there_is_named_with_its_place_once_a_server_is_asked(
    project: Project, deployer: Run
) -> None:
    project.flow("a")
    project.write("kestra-deployer.yaml", "host: https://127.0.0.1:1\ntls:\n  ca: ca.pem\n  cert: client.pem\n")
    assert deployer("check", "--kestra", "1.3").code == 0
    ended = deployer("sync")
    assert ended.code == 2
    assert ended.stderr == (
        f"error: kestra-deployer.yaml has 2 mistakes:\n"
        f"  kestra-deployer.yaml:3:3: `tls.ca`: there is no file {project.root / 'ca.pem'}\n"
        f"  kestra-deployer.yaml:4:3: `tls.cert`: there is no file {project.root / 'client.pem'}\n"
        "hint: docs/configuration.md describes every key\n"
    )


def test_what_a_server_was_is_remembered_from_every_command_for_some_days(
    project: Project, deployer: Run, httpserver: HTTPServer, tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    cache = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("KESTRA_DEPLOYER_CACHE", str(cache))
    host = httpserver.url_for("").rstrip("/")
    monkeypatch.setenv("KESTRA_HOST", host)
    project.flow("a")
    serve(httpserver, "1.2.3")
    first = deployer("check", "--format", "json")
    assert rules(first) == (0, "1.2")
    assert first.report["rules"] == f"{host} is 1.2.3"
    again = deployer("check")
    assert f"By the rules of Kestra 1.2: {host} was 1.2.3 on " in again.stdout
    assert "remembered for 7 days" in again.stdout

    for command, version in (("sync", "2.0.0"), ("plan", "1.1.0"), ("drift", "2.0.1"), ("schema", "1.0.9")):
        serve(httpserver, version)
        deployer(command, *(("pull",) if command == "schema" else ("--project", "p")))
        assert rules(deployer("check", "--format", "json")) == (0, version[:3])

    asked = len(httpserver.log)
    for days, count in ((6, 0), (8, 1), (-1, 1)):
        age(cache / "servers.json", days)
        deployer("check")
        assert len(httpserver.log) == asked + count
        asked += count
    for broken in ("[]", "{", json.dumps({host: "1.2.3"}), json.dumps({host: {"version": "1.2"}})):
        (cache / "servers.json").write_text(broken)
        assert rules(deployer("check", "--format", "json")) == (0, "1.0")


def serve(httpserver: HTTPServer, version: str) -> None:
    httpserver.clear()
    httpserver.expect_request("/api/v1/configs").respond_with_json({"version": version})
    httpserver.expect_request("/api/v1/main/flows/search").respond_with_json({"results": [], "total": 0})
    httpserver.expect_request("/api/v1/main/flows/validate").respond_with_json([{"index": 0}])


def age(file: Path, days: int) -> None:
    at = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")
    kept = {host: {**told, "at": at} for host, told in json.loads(file.read_text()).items()}
    file.write_text(json.dumps(kept))


@pytest.mark.parametrize(
    ("text", "arguments", "source"),
    [
        ("", (), "the default, as no server is configured"),
        ("", ("--kestra", "1.2"), "set by --kestra"),
        (OLD, (), "set by `kestra` in kestra-deployer.yaml:1:1"),
        (OLD, ("--kestra", "1.2"), "set by --kestra"),
    ],
)
def test_a_check_says_by_which_version_it_goes_and_where_that_is_from(
    project: Project, deployer: Run, text: str, arguments: tuple[str, ...], source: str
) -> None:
    project.flow("a")
    project.write("kestra-deployer.yaml", text)
    assert deployer("check", "--format", "json", *arguments).report["rules"] == source
    assert f": {source}\n" in deployer("check", *arguments).stdout
