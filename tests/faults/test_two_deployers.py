"""Two deployers at once: what they say is true, nothing is lost, and nothing is written twice."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from threading import Barrier, Lock

import httpx
from cli.conftest import Ended, Project
from faults.world import SYNC, World
from proxy import Fault, Passing, Proxy, pass_on

Run = Callable[..., Ended]

_MANY = tuple(f"u{number:02}" for number in range(50))
_LONGEST = 60.0  # seconds, which only a failure takes


def both(server: Proxy, write: Fault = pass_on) -> list[tuple[int, dict[str, object]]]:
    """Run two deploys that both have read what is live before either of them writes; how each ended and its report."""
    barrier = Barrier(2)

    def together(request: Passing) -> None:
        barrier.wait(_LONGEST)
        pass_on(request)

    def fault(_: int, request: str) -> Fault | None:
        return together if "/flows/export/" in request else None if request.startswith("GET") else write

    server.fault = fault
    command = [sys.executable, "-m", "deployer", *SYNC]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    written = [process.communicate(timeout=_LONGEST)[0] for process in running]
    server.fault = lambda _, __: None
    return [(process.returncode, json.loads(text)) for process, text in zip(running, written, strict=True)]


def test_two_deployers_at_once(project: Project, server: Proxy, deployer: Run, api: httpx.Client) -> None:
    world = World(project, api, _MANY)
    for step in (1, 2):
        ended = both(server)
        assert {code for code, _ in ended} <= {0, 3, 4, 5}  # 3: Kestra may answer 500 where two write a key at once
        for code, report in ended:
            assert report["exit_code"] == code
            assert report["problems"] or report["outcomes"], "each says what became of it"
        assert deployer(*SYNC).code == 0
        world.is_deployed(times=2)  # Kestra lets two create or change one flow at the very same moment
        assert {action for _, action, _ in deployer(*SYNC).done} == {"keep"}
        if step == 1:
            world.step()


def test_two_deployers_whose_writes_come_one_after_the_other_both_succeed(
    project: Project, server: Proxy, deployer: Run, api: httpx.Client
) -> None:
    world, one = World(project, api, _MANY), Lock()

    def one_at_a_time(request: Passing) -> None:
        with one:
            pass_on(request)

    for _ in range(2):
        assert [code for code, _ in both(server, one_at_a_time)] == [0, 0]
        world.is_deployed()
        assert {action for _, action, _ in deployer(*SYNC).done} == {"keep"}
        world.step()
