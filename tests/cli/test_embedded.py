"""`--embedded`: an engine for one command alone, which no end of the command survives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cli.project import Project
from engine.processes import eventually

pytestmark = pytest.mark.engine


def engines_of(parent: int) -> list[int]:
    """The processes whose parent is, or was, the given one: an orphan is told by its environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
            environment = (folder / "environ").read_bytes()
        except OSError:
            continue
        if state != "Z" and f"XDG_STARTED_BY={parent}".encode() in environment.split(b"\0"):
            found.append(int(folder.name))
    return found


@contextmanager
def running(project: Project, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A command line in a process of its own; all that it starts carries a mark, which an engine is given on."""
    mark = {**os.environ, "XDG_STARTED_BY": str(os.getpid())}
    command = [sys.executable, "-m", "deployer", *arguments]
    with subprocess.Popen(
        command, cwd=project.root, env=mark, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


SLOW = """\
id: slow
namespace: company.team
tasks:
  - {id: nap, type: io.kestra.plugin.core.flow.Sleep, duration: PT60S}
"""
SUITE = "id: s\nnamespace: company.team\nflowId: slow\ntestCases:\n  - id: never-ends\n    timeout: PT50S\n"


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda end: end.name)
def test_no_engine_is_left_however_the_command_ends(project: Project, end: signal.Signals) -> None:
    project.write("flows/slow.yaml", SLOW)
    project.write("flows/slow.smoke.yaml", SUITE)
    with running(project, "sync", "--embedded", "--smoke", "--format", "json") as process:
        assert eventually(lambda: len(engines_of(os.getpid())) > 1, 60)
        process.send_signal(end)
        output, _ = process.communicate(timeout=60)
        assert eventually(lambda: engines_of(os.getpid()) == [])
    if end is signal.SIGKILL:
        assert process.returncode == -signal.SIGKILL
    else:
        assert process.returncode == 130
        assert output == "" or '"exit_code": 130' in output
