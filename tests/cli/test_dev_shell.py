"""What flows in a development server see of the shell that it was started in: what was named, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from cli.others import create
from cli.project import Dev, Ended, address

PRINTS = """\
id: prints
namespace: company.team
tasks:
  - id: secret
    type: io.kestra.plugin.core.log.Log
    message: "secret {{ secret('DEMO') }}"
  - id: envs
    type: io.kestra.plugin.core.log.Log
    message: "envs {{ envs }}"
"""


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_DEMO", "Z2VoZWlt")
    monkeypatch.setenv("ENV_STAGE", "staging")
    monkeypatch.setenv("ENV_OTHER", "other")


def printed(url: str) -> tuple[str, str]:
    """Run the flow, and return how it ended and what it wrote."""
    with httpx.Client(base_url=f"{url}/api/v1/main", timeout=60) as api:
        create(api, PRINTS)
        found = api.post("/executions/company.team/prints").json()
        deadline = time.monotonic() + 60  # seconds, which only a failure takes
        while found["state"]["current"] not in ("SUCCESS", "FAILED") and time.monotonic() < deadline:
            time.sleep(0.1)
            answer = api.get(f"/executions/{found['id']}")
            found = found if answer.status_code == 404 else answer.json()  # 2.0 does not show a new one at once
        logs = api.get(f"/logs/{found['id']}").json()
        return found["state"]["current"], " ".join(each["message"] for each in logs)


@pytest.mark.engine
@pytest.mark.usefixtures("shell")
def test_they_see_nothing_by_themselves(dev: Dev) -> None:
    state, logs = printed(address(dev("--port", "0")))
    assert state == "FAILED"
    assert "geheim" not in logs


@pytest.mark.engine
@pytest.mark.usefixtures("shell")
def test_they_see_what_was_named(dev: Dev, tmp_path: Path) -> None:
    (tmp_path / "flows.env").write_text("ENV_FILE=fromafile\nAWS_SECRET_ACCESS_KEY=x\n")
    arguments = ("--secret", "DEMO", "--env", "STAGE", "--env-file", str(tmp_path / "flows.env"))
    state, logs = printed(address(dev("--port", "0", "--kestra", "2.0", *arguments)))
    assert state == "SUCCESS"
    assert "staging" in logs
    assert "fromafile" in logs
    assert "other" not in logs
    assert "AWS" not in logs


@pytest.mark.usefixtures("project")
def test_they_are_for_an_engine_of_our_own(deployer: Callable[..., Ended]) -> None:
    ended = deployer("plan", "--host", "http://localhost:1", "--secret", "DEMO")
    assert ended.code == 2
    assert "a server has its own" in ended.stderr
