"""Types where those of another family have to stand: every type of Kestra's core in every place that takes a `type`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml
from differential.samples import Base

from deployer.language.types import Types

CORE = "io.kestra.plugin.core."
_SAY = {"id": "say", "type": f"{CORE}log.Log", "message": "hello"}
_DAILY = {"id": "daily", "type": f"{CORE}trigger.Schedule", "cron": "@daily"}
_ASK = {"id": "ask", "type": f"{CORE}http.Request", "uri": "https://example.com"}
_OF_EACH = (
    *("log.Log", "debug.Return", "trigger.Schedule", "trigger.Webhook", "condition.DayWeek", "condition.Not"),
    "runner.Process",
)
_RUNNER = "io.kestra.plugin.scripts.runner.docker.Docker"


def every(types: Types) -> Iterator[Base]:
    """Yield a flow for each type that the engine knows in each place."""
    for name in types.plugins:
        yield from _placed(name)
        yield _base("defaults", name, {"pluginDefaults": [{"type": name, "values": {"id": "x"}}]})


def sample(types: Types) -> Iterator[Base]:
    """Yield flows for the types that are in no description, and for some of each family."""
    described = [_RUNNER, *(f"{CORE}{name}" for name in _OF_EACH)]
    for name in types.plugins:
        if types.plugins[name] not in types.types or name in described:
            yield from _placed(name)


def _placed(name: str) -> Iterator[Base]:
    for place, held in _places({"type": name}):
        yield _base(place, name, held)


def _base(place: str, name: str, held: dict[str, Any]) -> Base:
    flow = {"id": "placed", "namespace": "company.team", "tasks": [_SAY], **held}
    return Base(f"{place}/{name}", yaml.safe_dump(flow, sort_keys=False, width=1000))


def _places(one: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    called = {"id": "it", **one}
    yield "tasks", {"tasks": [called]}
    yield "tasks within", {"tasks": [{"id": "all", "type": f"{CORE}flow.Sequential", "tasks": [called]}]}
    yield "errors", {"errors": [called]}
    yield "triggers", {"triggers": [called]}
    yield "conditions", {"triggers": [{**_DAILY, "conditions": [one]}]}
    yield "inputs", {"inputs": [called]}
    yield "outputs", {"outputs": [{**called, "value": "x"}]}
    yield "retry", {"tasks": [{**_SAY, "retry": one}]}
    yield "sla", {"sla": [{**called, "behavior": "FAIL"}]}
    yield "auth", {"tasks": [{**_ASK, "options": {"auth": one}}]}
    yield "listeners", {"listeners": [{"tasks": [called]}]}
    yield "labels", {"labels": [one]}
