"""Two commits that are deployed at the same time: what one wrote over is told, and the next one goes on from there."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from threading import Event

import httpx
from cli.others import source
from cli.project import Ended, Project
from faults.changing import DEPLOYER, LONGEST, SYNC
from proxy import Fault, Passing, Proxy, pass_on

Run = Callable[..., Ended]


def test_what_one_wrote_over_is_told_and_the_next_commit_is_deployed(
    project: Project, server: Proxy, deployer: Run, api: httpx.Client, tmp_path: Path
) -> None:
    project.flow("a")
    assert deployer(*SYNC).code == 0
    other = Project(tmp_path / "other")
    other.flow("a", message="second")
    text = project.flow("a", message="third")
    other.write("kestra-deployer.yaml", "wait: 1\n")  # or it would look for half a minute whether its text comes back
    written, over = Event(), Event()
    running: list[subprocess.Popen[str]] = []

    def first(request: Passing) -> None:
        """Our write waits for the other's, which comes before ours then."""
        running.append(subprocess.Popen([*DEPLOYER, *SYNC], cwd=other.root, stdout=subprocess.PIPE, text=True))
        assert written.wait(LONGEST)
        pass_on(request)

    def last(request: Passing) -> None:
        """The other looks into the ledger when we have ended."""
        written.set()
        assert over.wait(LONGEST)
        pass_on(request)

    def fault(_: int, request: str) -> Fault | None:
        writes = sum(each.startswith("PUT") and each.endswith("/a") for each in server.requests)
        if writes == 1 and request.endswith("/a") and request.startswith("PUT"):
            return first
        return last if writes == 2 and "/kv/" in request and not written.is_set() else None

    server.requests.clear()
    server.fault = fault
    ours = deployer(*SYNC)
    over.set()
    theirs = json.loads(running[0].communicate(timeout=LONGEST)[0])
    assert [(each["revision"], each["lost_revision"]) for each in ours.report["outcomes"]] == [(3, 2)]
    assert ours.code == 4
    assert [(each["revision"], each["lost_revision"]) for each in theirs["outcomes"]] == [(2, None)]
    assert theirs["exit_code"] == 7
    [[reason]] = [each["reasons"] for each in theirs["health"]]
    assert "another text of it is on the server, as revision 3, since this run wrote it" in reason
    assert ["is deploying this project too" in each["message"] for each in theirs["problems"]] == [True]
    assert source(api, "a") == text
    text = project.flow("a", message="fourth")
    assert deployer(*SYNC).code == 0
    assert source(api, "a") == text
