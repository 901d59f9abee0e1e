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

VERSIONS = pytest.mark.parametrize("version", [pytest.param("1.3", marks=pytest.mark.thorough), "2.0"])
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
def test_what_was_stored_is_there_at_the_next_start_and_for_its_owner_alone(
    start: Start, tmp_path: Path, version: str
) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
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
    everything = [data, *data.rglob("*")]
    assert len(everything) > 5
    assert [str(path) for path in everything if path.stat().st_mode & 0o077] == []
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0

    _, api = start(version)

    with api:
        assert stored(api) == expected
        again = api.post("/executions/company.team/hello", params={"wait": "true"}, files={"none": (None, "")}).json()
        assert (again["state"]["current"], again["flowRevision"]) == ("SUCCESS", 2)


@VERSIONS
def test_what_was_acknowledged_survives_a_kill_in_the_middle(start: Start, version: str) -> None:
    """While flows are created: of the engine, and then of the command."""
    acknowledged: list[str] = []
    process, api = start(version)
    engine = engine_of(process)
    with api:
        create_until(api, acknowledged, engine)
    process.wait(60)
    is_over(engine)

    process, api = start(version)

    engine = engine_of(process)
    with api:
        is_kept(api, acknowledged)
        create_until(api, acknowledged, process.pid)
    process.wait(60)
    is_over(engine)

    _, api = start(version)

    with api:
        is_kept(api, acknowledged)


def is_over(engine: int) -> None:
    assert eventually(lambda: session(engine) == [])


def create_until(api: httpx.Client, acknowledged: list[str], killed: int) -> None:
    """Create flows until nobody answers, as a process is killed in the middle; name those that were acknowledged."""
    half, before = threading.Event(), len(acknowledged)

    def create() -> None:
        for number in itertools.count(before):
            name = f"flow-{number}"
            try:
                answer = api.post("/flows", content=HELLO.replace("id: hello", f"id: {name}"), headers=YAML)
            except httpx.HTTPError:
                return  # the kill: whether this one is stored nobody was told
            if answer.status_code == 200:
                acknowledged.append(name)
            if len(acknowledged) == before + 25:
                half.set()

    creating = threading.Thread(target=create)
    creating.start()
    assert half.wait(120)
    os.kill(killed, signal.SIGKILL)
    creating.join()


def is_kept(api: httpx.Client, acknowledged: list[str]) -> None:
    """Everything that was acknowledged is there, and the last of it as it was sent."""
    found = {flow["id"] for flow in api.get("/flows/search", params={"size": 1000}).json()["results"]}
    assert found >= set(acknowledged)
    for name in acknowledged[-1:]:
        kept = api.get(f"/flows/company.team/{name}", params={"source": "true"}).json()
        assert (kept["source"], kept["revision"]) == (HELLO.replace("id: hello", f"id: {name}"), 1)
