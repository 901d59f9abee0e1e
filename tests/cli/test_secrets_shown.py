"""Nothing that a command prints or writes has a credential in it, whatever a server quotes and wherever it is shown."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from cli.project import Ended, Project
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

Run = Callable[..., Ended]
Quoting = Callable[[str, int], None]
LOGIN = {"KESTRA_USERNAME": "ann", "KESTRA_PASSWORD": "geh&im <1>"}
QUOTING: dict[str, Callable[[str], str]] = {
    "a message": lambda seen: json.dumps({"message": seen}),
    "a page": lambda seen: f"<html><title>{seen}</title></html>",
    "a long text": lambda seen: "x" * 1990 + seen,
    "a version": lambda seen: json.dumps({"version": f"1.3.31-{seen}"}),
}


@pytest.fixture
def quoting(httpserver: HTTPServer, project: Project, monkeypatch: pytest.MonkeyPatch) -> Quoting:
    """A server that answers every request with what it was sent, in a way of quoting and with a status."""
    project.flow("a")
    monkeypatch.setenv("KESTRA_HOST", httpserver.url_for(""))
    monkeypatch.setenv("KESTRA_API_TOKEN", "tok3n-of-ann")
    for variable in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        monkeypatch.setenv(variable, str(project.root / variable))
    project.write("kestra-deployer.yaml", "project: ours\nretry: {attempts: 1}\n")

    def answers(way: str, status: int) -> None:
        def echo(request: Request) -> Response:
            said = QUOTING[way](request.headers.get("Authorization", "")).encode()
            kind = {"a page": "text/html", "a long text": "text/plain"}.get(way, "application/json")
            return Response(said, status, headers={"content-type": kind, "location": f"/x?{said[:80]!r}"})

        httpserver.expect_request("/api/v1/configs").respond_with_handler(echo)

    return answers


@pytest.mark.parametrize("way", QUOTING)
@pytest.mark.parametrize(
    "how", [(200, "text"), (200, "json"), (302, "text"), (401, "github"), (404, "json"), (500, "github")]
)
def test_what_a_server_quotes_is_not_shown(
    quoting: Quoting, deployer: Run, project: Project, way: str, how: tuple[int, str]
) -> None:
    status, format_ = how
    quoting(way, status)
    ended = deployer("plan", "--format", format_, "--out", "plan.json")
    written = [file.read_text() for file in project.root.rglob("*") if file.is_file()]
    for text in (ended.stdout, ended.stderr, *written):
        assert "tok3n" not in text


def test_what_is_set_and_not_used_is_not_shown_either(
    project: Project, deployer: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("flows/a.yaml", "id: a\nnamespace: company.team\ntasks:\n  - id: x\n    type: 'geh&im <1>'\n")
    monkeypatch.setenv("KESTRA_PASSWORD", LOGIN["KESTRA_PASSWORD"])
    for format_ in ("text", "json", "github"):
        ended = deployer("check", "--format", format_)
        assert ended.code == 1
        assert "geh&im" not in ended.stdout
        assert "***" in ended.stdout


def test_where_a_fault_of_ours_arose_is_shown_without_secrets(
    project: Project, deployer: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert project.root
    monkeypatch.setenv("KESTRA_API_TOKEN", "tok3n-of-ann")
    monkeypatch.setenv("KESTRA_DEPLOYER_DEBUG", "1")

    def fails(*_: object, **__: object) -> None:
        raise KeyError("tok3n-of-ann")

    monkeypatch.setattr("deployer.cli.plan.ask", fails)
    ended = deployer("plan", "--host", "http://localhost:1")
    assert ended.code == 70
    assert "Traceback" in ended.stderr
    assert "tok3n" not in ended.stderr
