"""`dev --data DIR`: what is stored is there at the next start, however the one before ended."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from cli.project import HELLO, Dev, address
from engine.processes import eventually, session

pytestmark = pytest.mark.engine

VERSIONS = pytest.mark.parametrize("version", ["1.3", "2.0"])
TEXT = {"content-type": "text/plain"}
YAML = {"content-type": "application/x-yaml"}


@pytest.fixture
def start(dev: Dev, tmp_path: Path) -> Callable[[str], tuple[subprocess.Popen[str], httpx.Client]]:
    """Start `dev` on the folder of this test; give it with a client."""

    def started(version: str) -> tuple[subprocess.Popen[str], httpx.Client]:
        process = dev("--port", "0", "--kestra", version, "--data", str(tmp_path / "data"))
        return process, httpx.Client(base_url=f"{address(process)}/api/v1/main", timeout=60)

    return started


Start = Callable[[str], tuple["subprocess.Popen[str]", httpx.Client]]


def engine_of(process: subprocess.Popen[str]) -> int:
    return int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0])


def stored(api: httpx.Client) -> dict[str, object]:
    """What a server has, as far as it can be asked for."""
    revisions = api.get("/flows/company.team/hello/revisions").json()
    executions = api.get("/executions/search", params={"filters[namespace][EQUALS]": "company.team"}).json()
    return {
        "flows": sorted(flow["id"] for flow in api.get("/flows/search").json()["results"]),
        "revisions": [(flow["revision"], flow["source"]) for flow in revisions],
        "executions": sorted((one["id"], one["state"]["current"]) for one in executions["results"]),
        "value": api.get("/namespaces/company.team/kv/greeting").json()["value"],
    }


@VERSIONS
def test_what_was_stored_is_there_at_the_next_start(start: Start, version: str) -> None:
    process, api = start(version)
    with api:
        assert api.post("/flows", content=HELLO, headers=YAML).status_code == 200
        assert api.put("/flows/company.team/hello", content=HELLO + "# changed\n", headers=YAML).status_code == 200
        assert api.put("/namespaces/company.team/kv/greeting", content='"good day"', headers=TEXT).status_code == 200
        ran = api.post("/executions/company.team/hello", params={"wait": "true"}, files={"none": (None, "")}).json()
        expected = {
            "flows": ["hello"],
            "revisions": [(1, HELLO), (2, HELLO + "# changed\n")],
            "executions": [(ran["id"], "SUCCESS")],
            "value": "good day",
        }
        assert eventually(lambda: stored(api) == expected)  # an execution is found a little after its end
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0

    _, api = start(version)

    with api:
        assert stored(api) == expected
        again = api.post("/executions/company.team/hello", params={"wait": "true"}, files={"none": (None, "")}).json()
        assert (again["state"]["current"], again["flowRevision"]) == ("SUCCESS", 2)


@VERSIONS
@pytest.mark.parametrize("killed", ["the command", "the engine"])
def test_what_was_acknowledged_survives_a_kill_in_the_middle(start: Start, version: str, killed: str) -> None:
    process, api = start(version)
    engine = engine_of(process)
    acknowledged: list[str] = []
    half = threading.Event()

    def create() -> None:
        for name in map("flow-{}".format, itertools.count()):
            try:
                answer = api.post("/flows", content=HELLO.replace("id: hello", f"id: {name}"), headers=YAML)
            except httpx.HTTPError:
                return  # the kill: whether this one is stored nobody was told
            if answer.status_code == 200:
                acknowledged.append(name)
            if len(acknowledged) == 25:
                half.set()

    creating = threading.Thread(target=create)
    with api:
        creating.start()
        assert half.wait(120)
        os.kill(engine if killed == "the engine" else process.pid, signal.SIGKILL)
        creating.join()
    process.wait(60)
    assert eventually(lambda: session(engine) == [])

    _, api = start(version)

    with api:
        found = {flow["id"] for flow in api.get("/flows/search", params={"size": 1000}).json()["results"]}
        kept = api.get(f"/flows/company.team/{acknowledged[-1]}", params={"source": "true"}).json()
    assert found >= set(acknowledged)
    assert (kept["source"], kept["revision"]) == (HELLO.replace("id: hello", f"id: {acknowledged[-1]}"), 1)


def test_it_is_for_its_owner_alone(start: Start, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o755)
    _, api = start("1.3")
    with api:
        api.post("/flows", content=HELLO.encode(), headers=YAML).raise_for_status()
        api.put("/namespaces/company.team/kv/greeting", content='"hi"', headers=TEXT).raise_for_status()
    everything = [tmp_path / "data", *(tmp_path / "data").rglob("*")]
    assert len(everything) > 5
    open_to_others = [str(path) for path in everything if path.stat().st_mode & 0o077]
    assert open_to_others == []
