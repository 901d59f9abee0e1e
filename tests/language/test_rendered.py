"""Constants that Kestra stores, and that a task cannot read when it runs: what we warn of, and that it fails."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
import pytest

from deployer.engine.process.launch import RunningEngine
from deployer.kestra.client import KestraClient
from deployer.language.parts import Read
from deployer.language.readers import readers
from deployer.language.reading import read
from deployer.language.types import types_of
from deployer.parsing.parse import parse
from deployer.settings import Settings

CORE = "io.kestra.plugin.core."
LEVEL, STATE = "enum:org.slf4j.event.Level", "enum:io.kestra.core.models.flows.State$Type"

READABLE: list[tuple[str, list[Any]]] = [
    (
        "DurationDeserializer",
        ["PT5M", " pt5m ", "P1D", 5, "5.5", "", '"PT5M"', "null", "{{ anything }}", "-PT1S", "1e3"],
    ),
    ("Boolean", [True, "TRUE", " true ", 1, "0", "", "5 m", "{% if a %}{% endif %}"]),
    ("Integer", [5, "5", 5.5, "1e3", "", '"5"']),
    ("Double", [1, "1.5", "NaN", ""]),
    (LEVEL, ["INFO", " INFO ", '"INFO"', 3, "null"]),
    ("list<String>", [["a", 1], [], "[]", '["a"]', "{{ list }}", [["a"]], [None], "[1] rest"]),
    (f"list<{STATE}>", [["SUCCESS", "{{ state }}"], '["SUCCESS"]', [1.5]]),
    ("map<String,String>", [{"a": 1, "b": None}, {}, '{"a": 1}', {"a": "{{ b }}"}]),
    ("map<String,Object>", [{"a": [1]}, '{"a": {"b": 1}}']),
]
UNREADABLE: list[tuple[str, list[Any]]] = [
    ("DurationDeserializer", ["5m", "1d", "PT", "P1Y", True, [], {"a": 1}, "abc", "5,0"]),
    ("Boolean", ["yes", "on", 5.5, "tRue", []]),
    ("Integer", ["five", True, 99999999999, "0x10", "1d"]),
    ("Double", ["1_000", "Infinite", "1f"]),
    (LEVEL, ["warn", "Info", 5, "", [], '"warn"']),
    ("list<String>", ["a,b", "- a", "", 5, {"a": 1}, '["a",]', [{"a": 1}], "null"]),
    ("list<Integer>", [["x"], '["x"]']),
    (f"list<{STATE}>", [["success"], '["success"]', "SUCCESS"]),
    ("map<String,String>", ["a: 1", [], ["a"], {"a": [1]}, '{"a":']),
]


def fails(reading: str, value: Any) -> Read:
    notes = Read()
    readers(types_of("1.3")).of(f"Property<{reading}>")(value, ("it",), [], notes)
    return notes


def each(table: list[tuple[str, list[Any]]]) -> list[Any]:
    return [pytest.param(reading, value, id=f"{reading}-{value!r}") for reading, values in table for value in values]


@pytest.mark.parametrize(("reading", "value"), each(READABLE))
def test_what_can_be_read_or_is_known_only_then_is_not_noted(reading: str, value: Any) -> None:
    assert fails(reading, value) == Read()


@pytest.mark.parametrize(("reading", "value"), each(UNREADABLE))
def test_what_cannot_be_read_is_noted_at_its_place(reading: str, value: Any) -> None:
    notes = fails(reading, value)
    assert [note.route[:1] for note in notes.fails] == [("it",)]
    assert not notes.misreads


def test_a_constant_of_plugin_defaults_is_judged_in_the_task() -> None:
    document, _ = parse(
        "a.yaml",
        f"""id: a
namespace: b
tasks:
  - {{id: say, type: {CORE}log.Log, message: hello}}
pluginDefaults:
  - type: {CORE}log.Log
    values: {{level: warn}}
""",
    )
    assert document
    assert [note.name for note in read(document.data, types_of("1.3")).fails] == ["warn"]


PURGE = {"endDate": "2000-01-01T00:00:00Z"}
TASKS: list[tuple[str, dict[str, Any], str, list[Any]]] = [
    ("log.Log", {"message": "hello"}, "level", ["INFO", " INFO ", '"INFO"', 0, "info", "warn", "", [], 5]),
    ("log.Log", {"message": "hello"}, "timeout", ["PT1M", "60", "5m", "60d", True, {}, "[]"]),
    ("flow.Sleep", {}, "duration", ["PT0.01S", 0.01, "1s", ["PT1S"]]),
    ("kv.Set", {"key": "a", "value": "1"}, "overwrite", ["TRUE", 1, "yes", "1.5"]),
    ("execution.PurgeExecutions", PURGE, "states", [["SUCCESS"], '["SUCCESS"]', [], "SUCCESS", ["success"], {}]),
]
"""Constants of which those that can be read let the task succeed. An empty string is read as nothing, which only some
tasks take."""


@pytest.mark.engine
def test_a_task_fails_exactly_where_a_constant_is_noted(engine: RunningEngine, tenant: str) -> None:
    given = [(*task, value) for *task, values in TASKS for value in values]
    tasks: list[dict[str, Any]] = [
        {"id": f"t{at}", "type": CORE + kind, **rest, name: value, "allowFailure": True}
        for at, (kind, rest, name, value) in enumerate(given)
    ]
    text = json.dumps({"id": "constants", "namespace": "team.a", "tasks": tasks})
    document, _ = parse("a.json", text)
    assert document
    noted = {f"t{note.route[1]}" for note in read(document.data, types_of(engine.version.name)).fails}
    with KestraClient(Settings(host=engine.url, tenant=tenant)) as client:
        client.create_flow(text, namespace="team.a", id="constants")
        started = client.create_execution("team.a", "constants")
        for _ in client.follow_execution(started.id, until=time.monotonic() + 120):
            pass
        runs = httpx.get(f"{engine.url}/api/v1/{tenant}/executions/{started.id}").json()["taskRunList"]
    assert len(runs) == len(tasks)
    failed = {run["taskId"] for run in runs if run["state"]["current"] != "SUCCESS"}
    assert {at: tasks[int(at[1:])] for at in failed ^ noted} == {}
