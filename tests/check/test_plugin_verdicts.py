"""A plugin that was described from its jar is checked as strictly as by the engine that has loaded it."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from engine.plugin_jars import plugin_fs

from deployer.check import check
from deployer.engine.process.launch import describe_types, launch
from deployer.kestra.client import KestraClient
from deployer.language.from_schema import from_schema
from deployer.language.pulled import beyond
from deployer.language.types import types_of
from deployer.model.version import named
from deployer.parsing.parse import parse
from deployer.settings import Settings

pytestmark = pytest.mark.engine

TASKS: list[dict[str, Any]] = [
    {
        "type": "io.kestra.plugin.fs.sftp.Upload",
        "host": "localhost",
        "port": "22",
        "username": "ann",
        "from": "{{ inputs.file }}",
        "to": "/upload/file.txt",
        "rootDir": False,
        "logLevel": "INFO",
        "retry": {"type": "constant", "interval": "PT1M", "maxAttempts": 2},
        "timeout": "PT5M",
    },
    {
        "type": "io.kestra.plugin.fs.sftp.Downloads",
        "host": "localhost",
        "from": "/in/",
        "action": "MOVE",
        "moveDirectory": "/archive/",
        "regExp": ".*",
        "recursive": True,
    },
    {
        "type": "io.kestra.plugin.fs.ssh.Command",
        "host": "localhost",
        "authMethod": "PASSWORD",
        "password": "{{ secret('PASSWORD') }}",
        "commands": ["ls"],
        "env": {"HOME": "/"},
        "warningOnStdErr": True,
    },
    {"type": "io.kestra.plugin.fs.ftps.List", "host": "localhost", "from": "/", "mode": "IMPLICIT"},
]
TRIGGER = {
    "type": "io.kestra.plugin.fs.ftp.Trigger",
    "host": "localhost",
    "from": "/in/",
    "action": "DELETE",
    "interval": "PT10S",
    "passiveMode": True,
}
CORE = {"id": "say", "type": "io.kestra.plugin.core.log.Log", "message": "hello"}
VALUES: tuple[Any, ...] = (None, "", " ", "a b", "PT1M", "10", 10, -1, 1.5, True, [], [None], ["a", 1], {}, {"a": "b"})


def flow(task: dict[str, Any], trigger: dict[str, Any]) -> dict[str, Any]:
    tasks = [{"id": "one", **task}]
    return {"id": "files", "namespace": "a.b", "tasks": tasks, "triggers": [{"id": "new", **trigger}]}


def spoilt(sound: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The part itself, and the part with each small mistake in each of its properties."""
    yield sound
    for name, value in sound.items():
        yield {key: each for key, each in sound.items() if key != name}
        yield {(f"{key}s" if key == name else key): each for key, each in sound.items()}
        yield {(key.upper() if key == name else key): each for key, each in sound.items()}
        for other in VALUES:
            yield {**sound, name: other}
        if isinstance(value, dict):
            for inner in spoilt(value):
                yield {**sound, name: inner}
    yield {**sound, "unheard": 1}
    yield {**sound, "pass": copy.copy(sound)}


def flows() -> list[str]:
    found = [flow(each, TRIGGER) for task in TASKS for each in spoilt(task)]
    found += [flow(TASKS[0], each) for each in spoilt(TRIGGER)]
    return [json.dumps(each) for each in found]


@pytest.mark.parametrize("version", ["1.3", pytest.param("2.0", marks=pytest.mark.thorough)])
def test_every_mistake_gets_the_engines_verdict_and_a_schema_refuses_nothing_that_is_fine(version: str) -> None:
    plugins = (plugin_fs(),)
    description, loaded, _ = describe_types(named(version), plugins=plugins)
    assert loaded == ("plugin-fs 0.17.0 (33 types)",)
    pulled = beyond(types_of(version), description, "plugin-fs")
    texts = flows()
    with launch(named(version), plugins=plugins) as engine, KestraClient(Settings(host=engine.url)) as client:
        verdicts = client.validate_flows(texts)
        by_schema = from_schema(types_of(version), client.flow_schema(), engine.url)
    assert set(by_schema.types) == set(pulled.types)
    different, refused, found_by_schema = [], 0, 0
    for text, verdict in zip(texts, verdicts, strict=True):
        assert verdict
        document, problems = parse("a.yaml", text)
        assert document
        ours = [each.message for each in check([document], version, found=problems, pulled=pulled) if each.stops]
        refused += bool(verdict.constraints)
        if bool(ours) != bool(verdict.constraints):
            different.append((text, ours, verdict.constraints))
        less = [each.message for each in check([document], version, found=problems, pulled=by_schema) if each.stops]
        assert verdict.constraints or not less, (text, less)
        found_by_schema += bool(less)
    assert different == []
    assert len(texts) > 500
    assert 100 < refused < len(texts) - 100
    assert found_by_schema > 0.7 * refused
