"""The development server runs what is scheduled, unless told not to."""

from __future__ import annotations

import subprocess

import httpx
import pytest
from cli.project import Dev, address
from engine.processes import eventually

pytestmark = pytest.mark.engine

EVERY_SECOND = """id: often
namespace: company.team
triggers:
  - id: second
    type: io.kestra.plugin.core.trigger.Schedule
    cron: "* * * * * *"
    withSeconds: true
tasks:
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: hello
"""
NAP = (
    "id: nap\nnamespace: company.team\ntasks:\n  - {id: nap, type: io.kestra.plugin.core.flow.Sleep, duration: PT3S}\n"
)
YAML = {"content-type": "application/x-yaml"}


def api(process: subprocess.Popen[str]) -> httpx.Client:
    return httpx.Client(base_url=f"{address(process)}/api/v1/main", timeout=60)


def test_schedules_start_executions(dev: Dev) -> None:
    with api(dev("--port", "0", "--kestra", "2.0")) as client:
        client.post("/flows", content=EVERY_SECOND, headers=YAML).raise_for_status()
        assert eventually(lambda: bool(client.get("/executions/search").json()["total"]))


def test_without_a_scheduler_they_start_none(dev: Dev) -> None:
    with api(dev("--port", "0", "--no-scheduler")) as client:
        for text in (EVERY_SECOND, NAP):
            client.post("/flows", content=text, headers=YAML).raise_for_status()
        client.post("/executions/company.team/nap", params={"wait": "true"}).raise_for_status()
        started = client.get("/executions/search").json()["results"]
        assert [each["flowId"] for each in started] == ["nap"]
        assert client.get("/triggers/search").json()["total"] == 0
