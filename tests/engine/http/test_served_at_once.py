"""Many requests at once: nothing that one of them has the engine told is missed. Against the real engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import httpx
import pytest
from engine.http.flow_texts import flow, sleeper
from engine.http.states import when_in
from engine.processes import eventually

from deployer.engine.process.launch import RunningEngine

Store = Callable[[str], dict[str, Any]]
AFTER_HELLO = "      - flowId: hello\n        namespace: team.a\n        states: [SUCCESS]\n"
TRIGGER = "triggers:\n  - id: after\n    type: io.kestra.plugin.core.trigger.Flow\n"
TRIGGERS = {
    "1.3": TRIGGER + "    preconditions:\n      id: before\n      flows:\n" + AFTER_HELLO,
    "2.0": TRIGGER + "    dependsOn:\n" + AFTER_HELLO,
}
WAITING = "namespace: team.a\ntasks:\n  - id: wait\n    type: io.kestra.plugin.core.flow.Pause\n"
LISTENERS = 100  # each looks at every change of any execution: hence they wait, and go at the end


@pytest.fixture(scope="session")
def engine(kestra: RunningEngine) -> RunningEngine:
    """A running engine: here of the versions that a test names."""
    return kestra


@pytest.mark.parametrize("kestra", ["1.3", pytest.param("2.0", marks=pytest.mark.thorough)], indirect=True)
def test_what_is_changed_while_others_are_killed_is_answered(api: httpx.Client, store: Store, is_2x: bool) -> None:
    store(flow())
    store(sleeper(60))
    actions = "actions/" if is_2x else ""
    over = Event()

    def kill() -> Iterator[int]:
        while not over.is_set():
            identifier = api.post("/executions/team.a/sleeper").json()["id"]
            when_in(api, identifier, "RUNNING")
            yield api.delete(f"/executions/{identifier}/{actions}kill").status_code
            when_in(api, identifier, "KILLED")

    def label(number: int) -> int:
        identifier = api.post("/executions/team.a/hello").json()["id"]
        when_in(api, identifier, "SUCCESS")
        sent = [{"key": "number", "value": str(number)}]
        return api.post(f"/executions/{identifier}/{actions}labels", json=sent).status_code

    with ThreadPoolExecutor(7) as pool:
        killers = [pool.submit(lambda: list(kill())) for _ in range(3)]
        labelled = list(pool.map(label, range(40)))
        over.set()
        killed = [status for killer in killers for status in killer.result()]

    assert set(labelled) == {200}
    assert set(killed) == {200 if is_2x else 202}


@pytest.mark.parametrize("kestra", [pytest.param("1.3", marks=pytest.mark.thorough), "2.0"], indirect=True)
def test_flows_that_are_written_at_once_are_all_started_by_their_triggers(
    api: httpx.Client, store: Store, engine: RunningEngine
) -> None:
    listener = WAITING + TRIGGERS[engine.version.name]
    store(flow())
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(store, (f"id: listener-{number}\n{listener}" for number in range(LISTENERS))))

    api.post("/executions/team.a/hello").raise_for_status()
    all_started = eventually(lambda: api.get("/executions/search").json()["total"] == LISTENERS + 1, 300)
    api.delete("/flows/delete/by-query", params={"filters[namespace][EQUALS]": "team.a"}).raise_for_status()

    assert all_started
