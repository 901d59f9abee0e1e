"""A trial that is broken off: what it made is removed all the same."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from cli.project import Project
from proxy import Proxy
from trial.found import document, executions, flows, keys

LONGEST = 120  # seconds; a trial takes about ten


@contextmanager
def running(project: Project) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "deployer", "trial", "--format", "json"]
    with subprocess.Popen(
        command, cwd=project.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


def seen(server: Proxy, process: subprocess.Popen[str], pattern: str) -> bool:
    """Wait until such a request was sent."""
    end = time.monotonic() + LONGEST
    while not any(re.fullmatch(pattern, asked) for asked in list(server.requests)):
        if process.poll() is not None or time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


@pytest.mark.parametrize("at", [r"POST \S+/flows", r"POST \S+/executions/\S+", r"POST \S+/calls-\S+"])
@pytest.mark.parametrize(
    ("kestra", "end"), [("1.3", signal.SIGINT), ("2.0", signal.SIGTERM)], indirect=["kestra"]
)  # both signals take the same way, so each version gets one of them
def test_nothing_is_left_however_a_trial_is_broken_off(
    project: Project, server: Proxy, api: httpx.Client, end: signal.Signals, at: str
) -> None:
    with running(project) as process:
        assert seen(server, process, at)
        process.send_signal(end)
        written, _ = process.communicate(timeout=LONGEST)
    found = document(written, process.returncode)
    assert found.code == 130
    assert found.document["interrupted"] is True
    assert found.of("everything that the trial created") == "kept: "
    assert flows(api) == set()
    assert executions(api, server) == set()
    assert keys(api, server) == set()


@pytest.mark.one_version("2.0")
def test_a_second_interrupt_does_not_end_the_clean_up(project: Project, server: Proxy, api: httpx.Client) -> None:
    with running(project) as process:
        assert seen(server, process, r"POST \S+/executions/\S+")
        process.send_signal(signal.SIGINT)
        assert seen(server, process, r"DELETE \S+/flows/\S+")
        process.send_signal(signal.SIGINT)
        written, _ = process.communicate(timeout=LONGEST)
    assert document(written, process.returncode).code == 130
    assert flows(api) == set()
    assert keys(api, server) == set()


def test_one_that_is_broken_off_before_its_first_promise_says_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(LONGEST)
        host = f"http://127.0.0.1:{silent.getsockname()[1]}"
        command = [sys.executable, "-m", "deployer", "trial", "--host", host]
        with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
            connection, _ = silent.accept()
            with connection:
                process.send_signal(signal.SIGINT)
                written, _ = process.communicate(timeout=LONGEST)
    assert process.returncode == 130
    assert written.startswith("Interrupted. 0 promises kept")
