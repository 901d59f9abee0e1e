"""Credentials go only where the user sent them: nowhere that only the files of a checkout name."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from cli.project import Ended, Project
from cli.terminal import talk
from pytest_httpserver import HTTPServer

Run = Callable[..., Ended]
QUESTION = "Do you trust this project? [y/N]: "


@pytest.fixture
def elsewhere(httpserver: HTTPServer, project: Project, monkeypatch: pytest.MonkeyPatch) -> HTTPServer:
    """A server that the project's configuration names, and a token of the user's."""
    httpserver.expect_request("/api/v1/configs").respond_with_json({"version": "1.3.31"})
    project.write("kestra-deployer.yaml", f"host: {httpserver.url_for('')}\nproject: ours\nretry: {{attempts: 1}}\n")
    project.flow("a")
    monkeypatch.setenv("KESTRA_API_TOKEN", "tok3n")
    return httpserver


def sent(server: HTTPServer) -> list[str | None]:
    """The credentials of every request."""
    return [request.headers.get("Authorization") for request, _ in server.log]


@pytest.mark.parametrize("command", ["sync", "plan", "drift", "trial"])
def test_without_trust_no_request_is_made(elsewhere: HTTPServer, deployer: Run, command: str) -> None:
    ended = deployer(command)
    assert ended.code == 2
    assert f"would send your credentials to {elsewhere.url_for('').rstrip('/')}" in ended.stderr
    assert "kestra-deployer trust" in ended.stderr
    assert sent(elsewhere) == []


def test_a_check_asks_for_the_version_without_credentials(elsewhere: HTTPServer, deployer: Run) -> None:
    ended = deployer("check")
    assert (ended.code, "is 1.3.31" in ended.stdout) == (0, True)
    assert sent(elsewhere) == [None]
    assert deployer("check", "--server").code == 2
    assert sent(elsewhere) == [None]


@pytest.mark.parametrize("way", ["command", "flag", "variable"])
def test_with_trust_they_are_sent(
    elsewhere: HTTPServer, deployer: Run, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    if way == "command":
        assert "credentials are sent to http" in deployer("trust").stderr
    if way == "variable":
        monkeypatch.setenv("KESTRA_DEPLOYER_TRUST", "true")
    deployer("sync", *(["--trust"] if way == "flag" else []))
    assert "Bearer tok3n" in sent(elsewhere)


def test_trust_is_for_this_project_and_this_host_and_can_be_revoked(
    elsewhere: HTTPServer, project: Project, deployer: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployer("trust")
    assert deployer("sync").code == 3
    text = (project.root / "kestra-deployer.yaml").read_text()
    project.write(
        "kestra-deployer.yaml", text.replace("localhost", "127.0.0.1").replace("project", "proxy: http://p:1\nproject")
    )
    assert deployer("sync").code == 2
    project.write("kestra-deployer.yaml", text)
    other = Project(project.root / "other")
    other.write("kestra-deployer.yaml", text)
    other.flow("a")
    monkeypatch.chdir(other.root)
    assert deployer("sync").code == 2
    monkeypatch.chdir(project.root)
    assert deployer("sync").code == 3
    deployer("trust", "--revoke")
    elsewhere.clear_log()
    assert deployer("sync").code == 2
    assert sent(elsewhere) == []


def test_a_person_is_asked_once(elsewhere: HTTPServer) -> None:
    refused = talk("sync", answers={QUESTION: ["n\n"]})
    assert (refused.code, sent(elsewhere)) == (2, [])
    assert talk("sync", answers={QUESTION: ["y\n"]}).code == 3
    assert "Bearer tok3n" in sent(elsewhere)
    assert QUESTION not in talk("sync", answers={}).shown


@pytest.mark.usefixtures("elsewhere")
def test_what_is_kept_is_the_users_and_holds_no_secret(
    project: Project, deployer: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (project.root / "kestra-deployer.yaml").read_text()
    project.write("kestra-deployer.yaml", text + "proxy: http://proxy.example.com:1\n")
    monkeypatch.setenv("KESTRA_DEPLOYER_TRUST", "")
    assert deployer("sync").code == 2
    monkeypatch.setenv("KESTRA_DEPLOYER_TRUST", "perhaps")
    assert "neither yes nor no" in deployer("sync").stderr
    monkeypatch.delenv("KESTRA_DEPLOYER_TRUST")
    deployer("trust")
    file = project.root.parent / f"{project.root.name}-config/kestra-deployer/trusted.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "proxy.example.com" in file.read_text()
    assert "tok3n" not in file.read_text()


def test_without_a_home_it_says_so(
    project: Project, deployer: Run, elsewhere: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert project.root.is_dir()
    assert elsewhere
    blocked = Path(project.root / "blocked")
    blocked.write_text("")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(blocked))
    ended = deployer("trust")
    assert (ended.code, "cannot be written" in ended.stderr) == (2, True)
