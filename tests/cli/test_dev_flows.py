"""What runs in a development server: what is scheduled, unless told not to; and what flows see of its shell."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from cli.others import create
from cli.project import Ended, address, start_dev
from engine.processes import eventually

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
EVERY_SECOND = """\
id: often
namespace: company.team
triggers:
  - id: second
    type: io.kestra.plugin.core.trigger.Schedule
    cron: "* * * * * *"
    withSeconds: true
tasks:
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: hello
"""
NAP = (
    "id: nap\nnamespace: company.team\ntasks:\n  - {id: nap, type: io.kestra.plugin.core.flow.Sleep, duration: PT3S}\n"
)
SHELL = {"SECRET_DEMO": "Z2VoZWlt", "ENV_STAGE": "staging", "ENV_OTHER": "other"}


@contextmanager
def running(*arguments: str) -> Iterator[httpx.Client]:
    """Run `dev` in a shell with secrets and variables for flows; give its API."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SHELL.items():
            patch.setenv(name, value)
        process = start_dev("--port", "0", *arguments)
    try:
        with httpx.Client(base_url=f"{address(process)}/api/v1/main", timeout=60) as api:
            yield api
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The API of a server that schedules, and whose flows see what was named."""
    file = tmp_path_factory.mktemp("shell") / "flows.env"
    file.write_text("ENV_FILE=fromafile\nAWS_SECRET_ACCESS_KEY=x\n")
    with running("--kestra", "2.0", "--secret", "DEMO", "--env", "STAGE", "--env-file", str(file)) as api:
        yield api


@pytest.fixture(scope="module")
def untold() -> Iterator[httpx.Client]:
    """The API of a server without a scheduler, for whose flows nothing was named."""
    with running("--no-scheduler") as api:
        yield api


def printed(api: httpx.Client) -> tuple[str, str]:
    """Run the flow, and return how it ended and what it wrote."""
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
def test_schedules_start_executions(told: httpx.Client) -> None:
    create(told, EVERY_SECOND)
    assert eventually(lambda: bool(told.get("/executions/search").json()["total"]))
    told.delete("/flows/company.team/often").raise_for_status()


@pytest.mark.engine
def test_without_a_scheduler_they_start_none(untold: httpx.Client) -> None:
    for text in (EVERY_SECOND, NAP):
        create(untold, text)
    untold.post("/executions/company.team/nap", params={"wait": "true"}).raise_for_status()
    started = [each["flowId"] for each in untold.get("/executions/search").json()["results"]]
    assert [each for each in started if each != "prints"] == ["nap"]  # another test runs `prints`
    assert untold.get("/triggers/search").json()["total"] == 0


@pytest.mark.engine
def test_flows_see_nothing_of_the_shell_by_themselves(untold: httpx.Client) -> None:
    state, logs = printed(untold)
    assert state == "FAILED"
    assert "geheim" not in logs


@pytest.mark.engine
def test_flows_see_what_was_named(told: httpx.Client) -> None:
    state, logs = printed(told)
    assert state == "SUCCESS"
    assert "staging" in logs
    assert "fromafile" in logs
    assert "other" not in logs
    assert "AWS" not in logs


@pytest.mark.usefixtures("project")
def test_secrets_and_variables_are_for_an_engine_of_our_own(deployer: Callable[..., Ended]) -> None:
    ended = deployer("plan", "--host", "http://localhost:1", "--secret", "DEMO")
    assert ended.code == 2
    assert "a server has its own" in ended.stderr
