"""What runs past its deadline, or past the run itself, is killed, with what it called: by this run or the next."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from cli.conftest import api, deployer, project, server
from cli.project import Ended, Project
from proxy import Proxy, answers
from turns import versions

__all__ = ["api", "deployer", "project", "server"]

Run = Callable[..., Ended]

CHILD = """\
id: child
namespace: company.team
tasks:
  - {id: nap, type: io.kestra.plugin.core.flow.Sleep, duration: PT90S}
"""
PARENT = """\
id: parent
namespace: company.team
tasks:
  - {id: call, type: io.kestra.plugin.core.flow.Subflow, namespace: company.team, flowId: child, wait: true}
"""
SUITE = "id: s\nnamespace: company.team\nflowId: {flow}\ntestCases:\n  - {{id: long, timeout: {timeout}}}\n"
SYNC = ("sync", "--project", "ours", "--smoke", "--format", "json")
REFUSED = answers(406, '{"message": "Specified Accept Types not supported"}')


def write(project: Project, flow: str = "child", timeout: str = "PT50S") -> None:
    """A project with a flow that takes long, one that calls it, and a smoke test of one of them."""
    project.write("flows/child.yaml", CHILD)
    project.write("flows/parent.yaml", PARENT)
    project.write("flows/one.smoke.yaml", SUITE.format(flow=flow, timeout=timeout))


def states(api: httpx.Client, flow: str = "child") -> list[str]:
    """The states of a flow's executions, whatever their kind; before 1.2 those of kind TEST are in no list."""
    found: dict[str, str] = {}
    where = {"filters[namespace][EQUALS]": "company.team", "filters[flowId][EQUALS]": flow, "size": "50"}
    for kind in ({"filters[kind][IN]": "TEST"}, {}):
        answer = api.get("/executions/search", params={**where, **kind})
        if answer.is_success:  # the filter is of 1.2 and later
            found |= {each["id"]: each["state"]["current"] for each in answer.json()["results"]}
    return list(found.values())


def called_by(api: httpx.Client, execution: str) -> list[str]:
    """The states of what an execution has called: by its task runs' outputs in 1.x, by the list in 2.x."""
    runs = api.get(f"/executions/{execution}").json().get("taskRunList", [])
    called = [run["outputs"]["executionId"] for run in runs if run.get("outputs")]
    return [api.get(f"/executions/{each}").json()["state"]["current"] for each in called] or states(api)


def eventually(holds: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def killing(_: int, request: str) -> Any:
    """Refuse every kill, as a gateway or a server that does not like the request does."""
    return REFUSED if request.startswith("DELETE") and "/kill" in request else None


@pytest.mark.every_version
@versions("1.3", "2.0")
def test_past_its_deadline_an_execution_is_killed_and_so_is_what_it_called(
    project: Project, server: Proxy, deployer: Run, api: httpx.Client
) -> None:
    assert server.url
    write(project, flow="parent", timeout="PT8S")  # a fresh engine takes some seconds for its first subflow
    ended = deployer(*SYNC)

    [smoke] = ended.report["smokes"]
    assert (ended.code, smoke["verdict"], smoke["state"], smoke["left_running"]) == (6, "timed-out", "KILLED", False)
    assert smoke["message"] == "still RUNNING after 8 s, killed"
    assert eventually(lambda: called_by(api, smoke["execution"]) == ["KILLED"])


@pytest.mark.usefixtures("short_grace")
def test_what_could_not_be_killed_is_said_with_its_address_and_killed_by_the_next_run(
    project: Project, server: Proxy, deployer: Run, api: httpx.Client
) -> None:
    write(project, timeout="PT2S")
    with server.failing(killing):
        ended = deployer(*SYNC)
    [smoke] = ended.report["smokes"]
    assert (ended.code, smoke["verdict"], smoke["left_running"]) == (6, "timed-out", True)
    assert "could not be killed: DELETE" in smoke["message"]
    assert smoke["url"] is None  # this server has no pages
    assert states(api) == ["RUNNING"]

    (project.root / "flows/one.smoke.yaml").unlink()
    again = deployer("sync", "--project", "ours", "--format", "json")
    assert again.code == 0
    [told] = [problem for problem in again.report["problems"] if problem["check"] == "left-running"]
    assert told["message"] == (
        f"an earlier run left a smoke test running, it was killed: company.team/child, {smoke['execution']}"
    )
    assert eventually(lambda: states(api) == ["KILLED"])

    server.requests.clear()
    assert deployer("sync", "--project", "ours", "--format", "json").report["problems"] == []
    assert len(server.requests) == 4


@pytest.mark.usefixtures("short_grace")
def test_a_person_sees_what_still_runs(project: Project, server: Proxy, deployer: Run) -> None:
    write(project, timeout="PT2S")
    with server.failing(killing):
        ended = deployer("sync", "--project", "ours", "--smoke")
    assert "      it still runs: " in ended.stdout
    assert deployer(*SYNC[:3]).code == 0


@contextmanager
def running(api: httpx.Client, *more: str) -> Iterator[subprocess.Popen[str]]:
    """A deploy in a process of its own, whose smoke test has begun."""
    command = [sys.executable, "-m", "deployer", *SYNC, *more]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert eventually(lambda: states(api) == ["RUNNING"], 60), process.poll()
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("kestra", "number"),
    [("1.3", signal.SIGINT), ("2.0", signal.SIGINT), ("1.3", signal.SIGTERM), ("2.0", signal.SIGHUP)],
    indirect=["kestra"],
)
def test_whatever_ends_the_run_its_executions_are_killed(
    project: Project, api: httpx.Client, number: signal.Signals
) -> None:
    write(project, flow="parent")
    with running(api) as process:
        process.send_signal(number)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert '"message": "interrupted while RUNNING, killed"' in output
    assert eventually(lambda: states(api) == ["KILLED"])
    assert states(api, "parent") == ["KILLED"]


@pytest.mark.usefixtures("server")
def test_a_terminal_that_goes_away_ends_the_run_and_its_executions(project: Project, api: httpx.Client) -> None:
    write(project)
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "deployer", "sync", "--project", "ours", "--smoke"]
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
    os.close(slave)
    try:
        assert eventually(lambda: states(api) == ["RUNNING"], 60)
        os.close(master)
        process.send_signal(signal.SIGHUP)
        assert process.wait(60) == 130
        assert eventually(lambda: states(api) == ["KILLED"])
    finally:
        process.kill()
        process.wait()


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("kestra", ["1.3"], indirect=True)
def test_what_a_killed_run_left_is_killed_by_the_next_once_its_time_is_over(
    project: Project, deployer: Run, api: httpx.Client
) -> None:
    write(project, timeout="PT1S")
    with running(api) as process:
        process.send_signal(signal.SIGSTOP)  # or it would kill the execution by itself
        process.kill()
        process.wait()
    assert states(api) == ["RUNNING"]
    time.sleep(12)  # the test's second, and the ten that a kill is given

    (project.root / "flows/one.smoke.yaml").unlink()
    ended = deployer(*SYNC)
    assert [problem["check"] for problem in ended.report["problems"]] == ["smoke-suite", "left-running"]
    assert eventually(lambda: states(api) == ["KILLED"])
