"""The command line run on a project with flows."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from cli.project import Dev, Ended, Project, start_dev
from proxy import Proxy, proxy

from deployer.cache import VARIABLE, cache_folder
from deployer.cli import run
from deployer.engine.process.launch import RunningEngine


@pytest.fixture
def dev() -> Iterator[Dev]:
    """Run `kestra-deployer dev` in a process of its own."""
    started: list[subprocess.Popen[str]] = []

    def command(*arguments: str) -> subprocess.Popen[str]:
        started.append(start_dev(*arguments))
        return started[-1]

    yield command
    for process in started:
        process.kill()
        process.communicate()


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
