"""A project with flows, and the command line run on it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from proxy import Proxy, proxy

from deployer.cache import VARIABLE, cache_folder
from deployer.cli import run
from deployer.engine.process.launch import RunningEngine

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/report.schema.json").read_text())

Dev = Callable[..., "subprocess.Popen[str]"]

HELLO = """\
id: hello
namespace: company.team
tasks:
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: hello
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command line ended, and what it wrote."""

    code: int
    stdout: str
    stderr: str

    @property
    def report(self) -> dict[str, Any]:
        """The JSON document on stdout, which is what its published schema says."""
        document: dict[str, Any] = json.loads(self.stdout)
        Draft202012Validator(SCHEMA).validate(document)
        return document

    @property
    def done(self) -> list[tuple[str, str, int | None]]:
        """Each outcome as name, action (or failed, skipped) and revision."""
        return [
            (each["name"], each["action"] if each["status"] == "done" else each["status"], each["revision"])
            for each in self.report["outcomes"]
        ]


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with flows in it, which is the current one."""

    root: Path

    def write(self, name: str, text: str) -> None:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())

    def flow(self, name: str, message: str = "hello", namespace: str = "company.team") -> str:
        text = HELLO.replace("id: hello", f"id: {name}").replace("message: hello", f"message: {message}")
        text = text.replace("company.team", namespace)
        self.write(f"flows/{namespace}/{name}.yaml", text)
        return text

    def remove(self, name: str, namespace: str = "company.team") -> None:
        (self.root / f"flows/{namespace}/{name}.yaml").unlink()


@pytest.fixture
def dev() -> Iterator[Dev]:
    """Run `kestra-deployer dev` in a process of its own."""
    started: list[subprocess.Popen[str]] = []

    def command(*arguments: str) -> subprocess.Popen[str]:
        line = [sys.executable, "-m", "deployer", "dev", *arguments]
        started.append(subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield command
    for process in started:
        process.kill()
        process.communicate()


def address(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    line = process.stdout.readline()
    assert line, process.stderr and process.stderr.read()
    return line.split()[-1]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """An empty project, with no Kestra in the environment, and no server that is remembered from other tests."""
    own = tmp_path.parent / f"{tmp_path.name}-servers"
    monkeypatch.setattr(
        "deployer.cli.remembered.cache_folder", lambda: cache_folder() if os.environ.get(VARIABLE) else own
    )
    for name in ("HOST", "USERNAME", "PASSWORD", "API_TOKEN", "TENANT"):
        monkeypatch.delenv(f"KESTRA_{name}", raising=False)
    monkeypatch.setattr("deployer.kestra.retry._LONGEST_WAIT", 0.02)  # as many attempts as ever, in less time
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path.parent / f"{tmp_path.name}-config"))
    monkeypatch.delenv("KESTRA_DEPLOYER_TRUST", raising=False)
    monkeypatch.chdir(tmp_path)
    return Project(tmp_path)


@pytest.fixture
def deployer(capfd: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Run one command line in this process."""

    def command(*arguments: str) -> Ended:
        capfd.readouterr()
        code = run(arguments)
        return Ended(code, *capfd.readouterr())

    return command


@pytest.fixture
def server(project: Project, engine: RunningEngine, tenant: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """A server that has nothing yet, for the project to deploy to, and what is asked of it."""
    assert project.root.is_dir()
    with proxy(engine.url) as between:
        monkeypatch.setenv("KESTRA_HOST", between.url)
        monkeypatch.setenv("KESTRA_TENANT", tenant)
        yield between


@pytest.fixture
def api(engine: RunningEngine, tenant: str) -> Iterator[httpx.Client]:
    """The engine's API, past the proxy: to look at, and to do what other people do."""
    with httpx.Client(base_url=f"{engine.url}/api/v1/{tenant}", timeout=60) as client:
        yield client
