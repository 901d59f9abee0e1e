"""What people get wrong: one clear sentence, a hint, the right exit code, and never a traceback."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cli.project import Ended, Project
from pytest_httpserver import HTTPServer

from deployer.engine.process.launch import RunningEngine, launch
from deployer.model.version import DEFAULT

Run = Callable[..., Ended]


def said(ended: Ended, code: int, *words: str) -> None:
    """Assert that a run ended with a code and said these words, with a hint and without a traceback."""
    text = ended.stdout + ended.stderr
    assert ended.code == code, text
    for word in words:
        assert word in text
    assert "hint: " in text
    assert "Traceback" not in text


def test_a_folder_that_is_not_there(project: Project, deployer: Run) -> None:
    said(deployer("sync", "nowhere", "--host", "http://localhost:1"), 2, "error: no such file or folder: nowhere")


def test_no_host(project: Project, deployer: Run) -> None:
    project.flow("a")
    said(deployer("sync"), 2, "no Kestra host is configured", "KESTRA_HOST", "--embedded")


def test_an_unknown_key_in_the_configuration_file(project: Project, deployer: Run) -> None:
    project.write("kestra-deployer.yaml", "hots: http://localhost\n")
    said(deployer("sync"), 2, "unknown key `hots`", "did you mean `host`?")


def test_a_configuration_file_that_is_no_yaml(project: Project, deployer: Run) -> None:
    project.write("kestra-deployer.yaml", "host: [\n")
    ended = deployer("sync")
    assert ended.code == 2
    assert "kestra-deployer.yaml:1:" in ended.stderr


def test_a_configuration_file_that_is_not_there(project: Project, deployer: Run) -> None:
    said(deployer("sync", "--config", "other.yaml"), 2, "there is no configuration file other.yaml")


def test_an_empty_configuration_file_is_fine(project: Project, deployer: Run) -> None:
    project.write("kestra-deployer.yaml", "# nothing yet\n")
    said(deployer("sync"), 2, "no Kestra host is configured")


def test_a_server_that_is_down(project: Project, deployer: Run) -> None:
    project.flow("a")
    project.write("kestra-deployer.yaml", "retry: {attempts: 1}\n")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        said(deployer("sync", "--host", f"http://127.0.0.1:{taken.getsockname()[1]}"), 3, "/api/v1/configs")


def test_a_server_that_answers_html(project: Project, deployer: Run, httpserver: HTTPServer) -> None:
    project.flow("a")
    page = "<html><head><title>Sign in to Example</title></head></html>"
    httpserver.expect_request("/api/v1/configs").respond_with_data(page, content_type="text/html")
    said(deployer("sync", "--host", httpserver.url_for("/")), 3, "/api/v1/configs")


def test_a_server_below_1_0_is_refused_unless_told_what_to_treat_it_as(
    project: Project, deployer: Run, httpserver: HTTPServer
) -> None:
    project.flow("a")
    project.write("kestra-deployer.yaml", "ledger: none\n")
    httpserver.expect_request("/api/v1/configs").respond_with_json({"version": "0.24.1"})
    httpserver.expect_request("/api/v1/main/flows/search").respond_with_json({"results": [], "total": 0})
    httpserver.expect_request("/api/v1/main/flows/validate").respond_with_json([{"index": 0}])
    said(deployer("sync", "--host", httpserver.url_for("/")), 3, "0.24.1", "--kestra")
    assert deployer("sync", "--dry-run", "--host", httpserver.url_for("/"), "--kestra", "1.3").code == 0


def test_a_broken_stored_flow_that_breaks_the_export_is_named_and_the_rest_goes_on(
    project: Project, deployer: Run, httpserver: HTTPServer
) -> None:
    texts = {name: project.flow(name) for name in ("a", "b")}
    project.write("kestra-deployer.yaml", "ledger: none\n")
    found = [{"namespace": "company.team", "id": name, "revision": 1} for name in texts]
    httpserver.expect_request("/api/v1/configs").respond_with_json({"version": "1.3.31"})
    httpserver.expect_request("/api/v1/main/flows/search").respond_with_json({"results": found, "total": 2})
    httpserver.expect_request("/api/v1/main/flows/export/by-query").respond_with_json({"message": "no"}, status=423)
    path = "/api/v1/main/flows/company.team/"
    httpserver.expect_request(f"{path}a").respond_with_json({"message": "cannot read a"}, status=423)
    httpserver.expect_request(f"{path}b").respond_with_json({**found[1], "source": texts["b"]})
    ended = deployer("sync", "--host", httpserver.url_for("/"), "--format", "json")
    assert ended.code == 5
    assert ended.done == [("a", "failed", None), ("b", "keep", 1)]
    assert "cannot read a" in ended.report["outcomes"][0]["message"]


def test_files_that_cannot_be_read_are_named_with_their_reason(project: Project, deployer: Run) -> None:
    project.flow("a")
    (project.root / "flows/gone.yaml").symlink_to("nowhere")
    (project.root / "flows/latin.yaml").write_bytes(b"id: caf\xe9\n")
    ended = deployer("sync", "--host", "http://localhost:1")
    assert ended.code == 1
    assert "flows/gone.yaml\n  cannot be read: No such file or directory" in ended.stdout
    assert "flows/latin.yaml\n  is not UTF-8 text" in ended.stdout


STRANGE = {
    "control characters": b"\x00\x01\x02",
    "a bell": b"id: \x07\n",
    "a hundred thousand levels": b"a: " + b"[" * 100_000,
    "what holds itself": b"&a [*a]",
    "a list as a key": b"? [a]\n: b\n",
    "a later YAML": b"%YAML 9.9\n---\n",
    "a tab": b"\t",
}


@pytest.mark.untraced
@pytest.mark.parametrize("content", STRANGE.values(), ids=STRANGE)
def test_strange_content_is_a_problem_of_its_file(project: Project, deployer: Run, content: bytes) -> None:
    (project.root / "flows").mkdir()
    (project.root / "flows/strange.yaml").write_bytes(content)
    ended = deployer("sync", "--host", "http://localhost:1", "--format", "json")
    assert ended.code == 1
    assert {problem["file"] for problem in ended.report["problems"]} == {"flows/strange.yaml"}


@pytest.fixture(scope="module")
def guarded() -> Iterator[RunningEngine]:
    with launch(DEFAULT, basic_auth=("me@example.com", "right")) as engine:
        yield engine


@pytest.mark.engine
@pytest.mark.parametrize("format_", ["text", "json", "github"])
def test_a_wrong_password(
    project: Project, deployer: Run, guarded: RunningEngine, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    project.flow("a")
    monkeypatch.setenv("KESTRA_HOST", guarded.url)
    monkeypatch.setenv("KESTRA_USERNAME", "me@example.com")
    monkeypatch.setenv("KESTRA_PASSWORD", "wrong")
    ended = deployer("sync", "--format", format_)
    assert ended.code == 3
    assert "401" in ended.stdout + ended.stderr
    assert "wrong" not in ended.stdout + ended.stderr
    project.write(".env", "KESTRA_PASSWORD=right\n")
    monkeypatch.delenv("KESTRA_PASSWORD")
    assert deployer("sync", "--dry-run", "--format", format_).code == 0


def test_an_unforeseen_fault_of_ours_is_said_as_one(
    project: Project, deployer: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("deployer.cli.deploying.configure", broken)
    ended = deployer("sync")
    assert ended.code == 70
    assert "bug: unexpected error" in ended.stderr
    assert "ZeroDivisionError" in ended.stderr
    assert "Traceback" not in ended.stderr
    monkeypatch.setenv("KESTRA_DEPLOYER_DEBUG", "1")
    assert "Traceback" in deployer("sync").stderr


def test_a_wrong_option_and_a_wrong_command(project: Project, deployer: Run) -> None:
    assert deployer("sync", "--nope").code == 2
    assert deployer("synk").code == 2
    assert "sync" in deployer("--help").stdout


def test_names_of_files_are_shown_as_they_are(project: Project, deployer: Run) -> None:
    project.write("flows/[bold] ünï.yaml", "id: [\n")
    assert Path("flows/[bold] ünï.yaml").as_posix() in deployer("sync", "--host", "http://localhost:1").stdout


def test_a_suite_whose_flow_may_lie_in_an_unreadable_file_is_not_blamed(project: Project, deployer: Run) -> None:
    project.write("flows/a.smoke.yaml", "id: s\nnamespace: company.team\nflowId: a\ntestCases:\n  - id: runs\n")
    (project.root / "flows/a.yaml").write_bytes(b"id: caf\xe9\n")
    ended = deployer("sync", "--host", "http://localhost:1", "--format", "json")
    assert [problem["check"] for problem in ended.report["problems"]] == ["unreadable-file"]


def test_a_server_newer_than_any_known_is_said_to_be_one(
    project: Project, deployer: Run, httpserver: HTTPServer
) -> None:
    project.flow("a")
    project.write("kestra-deployer.yaml", "ledger: none\n")
    httpserver.expect_request("/api/v1/configs").respond_with_json({"version": "2.7.1"})
    httpserver.expect_request("/api/v1/main/flows/search").respond_with_json({"results": [], "total": 0})
    httpserver.expect_request("/api/v1/main/flows/validate").respond_with_json([{"index": 0}])
    ended = deployer("sync", "--dry-run", "--host", httpserver.url_for("/"))
    assert ended.code == 0
    assert "warning[server-version]" in ended.stdout
    assert "2.7.1 is newer than the versions known here" in ended.stdout
