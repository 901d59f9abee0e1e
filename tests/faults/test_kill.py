"""A deployer that is killed at a request, a server that is restarted at one: the same command again converges.

An interrupt before anything was written leaves everything as it was.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from cli.project import Ended, Project
from faults.changing import DEPLOYER, LONGEST, MANY, SYNC, World
from faults.deploys import Halt, kill_at
from proxy import Passing, Proxy, pass_on, proxy

from deployer.engine.process.launch import launch
from deployer.model.version import named

Run = Callable[..., Ended]

_FIRST = 8  # the ledger before the first write, after version, ledger, export, search, validate, revisions and ledger


_LAST = _FIRST + len(MANY) + 2  # the deletion; one flow more is created
_STEPS = (5, _FIRST - 1, _FIRST, _FIRST + 1, _FIRST + 2, _FIRST + 13, _LAST - 1, _LAST, _LAST + 1, _LAST + 2)
"""The server's verdict, the ledger before the first write, writes, the deletion, the ledger after."""


def test_a_deployer_that_is_killed_loses_nothing_and_does_nothing_twice(
    project: Project, server: Proxy, deployer: Run, api: httpx.Client
) -> None:
    world = World(project, api, MANY)
    assert deployer(*SYNC).code == 0
    for number in _STEPS:
        world.step()
        assert kill_at(server, number, done=number % 2 == 0) == "", number
        assert deployer(*SYNC).code == 0
        world.is_deployed()


def test_an_interrupt_before_the_first_write_waits_for_no_answer(
    project: Project, server: Proxy, deployer: Run, api: httpx.Client
) -> None:
    world = World(project, api)
    assert deployer(*SYNC).code == 0
    world.step()
    before = world.live()
    for number in range(1, _FIRST):
        halt = Halt(number, done=False)
        with server.failing(halt):
            process = subprocess.Popen([*DEPLOYER, *SYNC], stdout=subprocess.PIPE, text=True)
            assert halt.reached.wait(LONGEST)
            process.send_signal(signal.SIGINT)
            written, _ = process.communicate(timeout=LONGEST / 4)
            halt.go.set()
        assert process.returncode == 130
        assert json.loads(written)["exit_code"] == 130
    assert world.live() == before


@pytest.mark.engine
def test_a_server_that_is_restarted_in_the_middle(
    project: Project, deployer: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data"
    with ExitStack() as first, ExitStack() as second:
        engine = first.enter_context(launch(named("1.3"), data=folder))
        server = first.enter_context(proxy(engine.url))
        monkeypatch.setenv("KESTRA_HOST", server.url)

        def restart(request: Passing) -> None:
            os.kill(engine.pid, 15)
            engine.wait()
            server.target = second.enter_context(launch(named("1.3"), data=folder)).url
            pass_on(request)

        with httpx.Client(base_url=f"{engine.url}/api/v1/main", timeout=60) as api:
            world = World(project, api, MANY)
        server.fault = lambda at, _: restart if at == _FIRST + 12 else None
        broken = deployer(*SYNC)
        with httpx.Client(base_url=f"{server.target}/api/v1/main", timeout=60) as api:
            world.api = api
            assert broken.code in (0, 5)
            assert deployer(*SYNC).code == 0
            world.is_deployed()
