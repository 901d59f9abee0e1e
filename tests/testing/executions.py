"""Executions of a server, and the suites of a project run on an engine that has nothing yet."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx

from deployer.engine.process.launch import RunningEngine
from deployer.kestra.client import KestraClient
from deployer.model.request import Checkout, Command, Request
from deployer.model.result import Report
from deployer.model.smoke import SmokeResult
from deployer.session import Session
from deployer.settings import Settings
from deployer.testing import stages


def ended(api: httpx.Client, execution: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        answer = api.get(f"/executions/{execution}")
        if answer.is_success and answer.json()["state"]["current"] in ("SUCCESS", "FAILED", "WARNING", "KILLED"):
            found: dict[str, Any] = answer.json()
            return found
        time.sleep(0.1)
    raise AssertionError(answer.text)


def create(api: httpx.Client, text: str) -> None:
    answer = api.post("/flows", content=text, headers={"Content-Type": "application/x-yaml"})
    assert answer.is_success, answer.text


def execute(api: httpx.Client, name: str, namespace: str = "company.team", **inputs: Any) -> str:
    """Run a flow of the server to its end, and return the execution."""
    files = {key: (None, value) if isinstance(value, str) else value for key, value in inputs.items()}
    answer = api.post(f"/executions/{namespace}/{name}", files=files or {"none": (None, "")})
    assert answer.is_success, answer.text
    execution: str = answer.json()["id"]
    ended(api, execution)
    return execution


def run_suites(engine: RunningEngine, tenant: str, root: Path) -> list[SmokeResult]:
    """Run the suites of a project on an engine that has nothing yet: here, another tenant."""
    with KestraClient(Settings(host=engine.url, tenant=f"{tenant}-test")) as client:
        request = Request(command=Command.TEST, paths=(root / "flows",), checkout=Checkout(root=root), smoke=True)
        report = Report(request)
        for report in stages.test(request, Session(client=client), stages.Given()):  # noqa: B007
            pass
        assert [each for each in report.problems if each.stops] == []
        return list(report.smokes)
