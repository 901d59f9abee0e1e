"""Flows whose tasks run commands, with a plugin that needs the server's own classes for that and does not contain them.

Only a plugin has a place for a task runner; those of Kestra's own, such as the one for Docker, come with the server.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml
from differential.samples import Base
from engine.made_plugin import TASK

DOCKER, PROCESS = "io.kestra.plugin.scripts.runner.docker.Docker", "io.kestra.plugin.core.runner.Process"
_CORE = "io.kestra.plugin.core."
_ELSEWHERE = "a type of no plugin here"
_RUNNERS: dict[str, Any] = {
    "process": {"type": PROCESS},
    "docker": {"type": DOCKER},
    "docker with all": {
        "type": DOCKER,
        "host": "tcp://docker:2375",
        "config": {"auths": {}},
        "credentials": {"registry": "registry.example.com", "username": "ann", "password": "{{ secret('PW') }}"},
        "image": "python:3",
        "user": "1000",
        "entryPoint": [""],
        "extraHosts": ["a:10.0.0.1"],
        "networkMode": "host",
        "portBindings": ["8080:80"],
        "volumes": ["/data:/data"],
        "pullPolicy": "{{ inputs.policy }}",
        "deviceRequests": [{"count": -1, "capabilities": [["gpu"]], "driver": "nvidia"}],
        "cpu": {"cpus": 1.5},
        "memory": {"memory": "1GB", "memorySwap": "2GB", "oomKillDisable": True},
        "shmSize": "64MB",
        "privileged": False,
        "fileHandlingStrategy": "MOUNT",
        "delete": True,
        "wait": True,
        "killGracePeriod": "PT10S",
    },
    "resume, which is not in 1.0": {"type": DOCKER, "resume": True},
    "no type": {"image": "python:3"},
    "a type without a value": {"type": None},
    "no name of a class": {"type": "docker"},
    "a type that the core does not have": {"type": f"{_CORE}runner.Processor"},
    _ELSEWHERE: {"type": "io.kestra.plugin.kubernetes.runner.Kubernetes"},
    "a task": {"id": "x", "type": f"{_CORE}log.Log", "message": "hello"},
    "a task without anything": {"type": f"{_CORE}log.Log"},
    "a trigger": {"id": "x", "type": f"{_CORE}trigger.Webhook", "key": "abc"},
    "a condition": {"type": f"{_CORE}condition.Weekend"},
    "a storage": {"type": "io.kestra.storage.local.LocalStorage"},
    "an asset": {"id": "x", "type": "io.kestra.core.models.assets.External"},
    "a part of dashboards": {"id": "x", "type": f"{_CORE}dashboard.chart.Markdown"},
    "its name": PROCESS,
    "a number": 5,
    "a list": [{"type": PROCESS}],
    "nothing": None,
    "an unknown property": {"type": DOCKER, "pullPolice": "ALWAYS"},
    "an unknown property of the process": {"type": PROCESS, "image": "python:3"},
    "an unknown property within": {"type": DOCKER, "memory": {"memori": "1GB"}},
    "one volume": {"type": DOCKER, "volumes": "/data:/data"},
    "one device": {"type": DOCKER, "deviceRequests": {"driver": "nvidia"}},
    "an odd pull policy": {"type": DOCKER, "pullPolicy": "SOMETIMES"},
    "an odd period": {"type": DOCKER, "killGracePeriod": "10 s"},
    "no period": {"type": DOCKER, "killGracePeriod": None},
    "credentials in one text": {"type": DOCKER, "credentials": "ann:pw"},
}


def flows() -> Iterator[Base]:
    """Yield a flow for each task runner, and for defaults of a runner."""
    for name, runner in _RUNNERS.items():
        yield _base(f"runner/{name}", {"tasks": [_task(taskRunner=runner)]})
        if name == _ELSEWHERE:
            continue  # in defaults a check says nothing of a type that it does not know
        values = {"taskRunner": runner}
        yield _base(f"defaults/{name}", {"tasks": [_task()], "pluginDefaults": [{"type": TASK, "values": values}]})
        if isinstance(runner, dict) and runner.get("type") == DOCKER:
            rest = {key: value for key, value in runner.items() if key != "type"}
            yield _base(
                f"defaults of the runner/{name}",
                {"tasks": [_task(taskRunner={"type": DOCKER})], "pluginDefaults": [{"type": DOCKER, "values": rest}]},
            )


def _task(**more: Any) -> dict[str, Any]:
    return {"id": "run", "type": TASK, "env": {"A": "b"}, **more}


def _base(name: str, held: dict[str, Any]) -> Base:
    flow = {"id": "scripts", "namespace": "company.team", **held}
    return Base(f"scripts/{name}", yaml.safe_dump(flow, sort_keys=False, width=1000))
