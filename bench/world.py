"""Where deploys are measured: a server behind a proxy that counts, a project in a folder, what a run takes there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flow_text import NAMESPACE, flow
from sync_table import Cost
from usage import processor_seconds

REST = '  - id: rest\n    type: io.kestra.plugin.core.log.Log\n    message: "{text}"\n'
PROXY, TOOK = (Path(__file__).with_name(name) for name in ("delaying_proxy.py", "took.py"))
TENANT = "main"
FLOWS = "flows"  # the folder in a project
PROJECT = "kestra-deployer-bench"  # of nobody else, on a server that is there
PAGE = 1000  # flows that are looked at with one request
OUR_COMMAND = [sys.executable, "-m", "deployer", "sync", FLOWS, "--project", PROJECT]
SCHEDULE = """triggers:
  - id: yearly
    type: io.kestra.plugin.core.trigger.Schedule
    cron: "0 0 1 1 *"
"""
PAUSE, PATIENCE, IDLE = 1.0, 900, 0.1  # seconds between two looks at the engine and in all, and its share of a core


@dataclass(frozen=True, slots=True)
class World:
    """A server at `server` with a tenant, the proxy before it at `url`, and a project in a folder.

    `pid` is the server's process, None for one that runs elsewhere. The flows lie in so many namespaces.
    """

    server: str
    pid: int | None
    url: str
    delay: int
    folder: Path
    namespaces: int
    tenant: str
    _proxy: subprocess.Popen[str] = field(repr=False)

    def counted(self) -> int:
        """Return how many requests went through the proxy since this was last asked."""
        print(file=self._proxy.stdin, flush=True)
        return int(self._proxy.stdout.readline() if self._proxy.stdout else "")

    def settle(self) -> None:
        """Return when the server has done what it does later, for about as long as it takes creates."""
        if self.pid is None:
            time.sleep(PAUSE)
            return
        used = processor_seconds(self.pid)
        for _ in range(round(PATIENCE / PAUSE)):
            time.sleep(PAUSE)
            before, used = used, processor_seconds(self.pid)
            if used - before < PAUSE * IDLE:
                return
        raise SystemExit(f"the engine was not idle within {PATIENCE} s")

    def namespace(self, number: int) -> str:
        """Return the namespace of the flow with this number."""
        return NAMESPACE if self.namespaces == 1 else f"{NAMESPACE}.team{number % self.namespaces}"

    def text(self, number: int, text: str = "done") -> str:
        """Return the text of the flow with this number, which says this text."""
        return flow(number, REST.format(text=text), namespace=self.namespace(number))

    def write(self, numbers: Iterable[int], text: str = "done", *, scheduled: int = 0) -> None:
        """Write the flows with these numbers into the project; of each ten, so many with a schedule."""
        for number in numbers:
            file = self.folder / FLOWS / self.namespace(number) / f"flow-{number}.yaml"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(self.text(number, text) + (SCHEDULE if number % 10 < scheduled else ""))

    def clear(self) -> None:
        """Leave the project without flows."""
        shutil.rmtree(self.folder / FLOWS, ignore_errors=True)
        (self.folder / FLOWS).mkdir()


@contextmanager
def before(
    server: str, pid: int | None = None, *, delay: int = 0, namespaces: int = 1, tenant: str = TENANT
) -> Iterator[World]:
    """Give a server behind a proxy that adds these milliseconds, and an empty project."""
    command = [sys.executable, str(PROXY), server, str(delay / 1000)]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as proxy,
    ):
        port = int(proxy.stdout.readline() if proxy.stdout else "")
        here = World(server, pid, f"http://127.0.0.1:{port}", delay, Path(folder), namespaces, tenant, proxy)
        here.clear()
        yield here


def role(file: str, name: str, python: Path = Path(sys.executable)) -> list[str]:
    """Return the command that is one of the processes which a benchmark's file is besides."""
    return [str(python), file, name]


def files() -> list[tuple[str, str, str]]:
    """Return namespace, id and text of every flow of the project in the current folder, as its files are called."""
    return [(file.parent.name, file.stem, file.read_text()) for file in sorted(Path(FLOWS).glob("*/*"))]


def api_url() -> str:
    """Return what all paths begin with, of the server and the tenant that a process is told of."""
    return f"{os.environ['KESTRA_HOST']}/api/v1/{os.environ['KESTRA_TENANT']}"


def verified(here: World, command: Sequence[str], flows: int, revisions: int) -> Cost:
    """Run a side, and see that the server then has so many flows with so many revisions. Returns what it took."""
    cost = run(here, command)
    there = on_server(here)
    if there != (flows, revisions):
        raise SystemExit(f"{command} left (flows, revisions) {there} in place of {(flows, revisions)}")
    return cost


def run(here: World, command: Sequence[str]) -> Cost:
    """Run a side in the project, against the proxy and in the tenant. Returns what it took."""
    away = ("KESTRA_HOST", "KESTRA_TENANT", "PYTHONDONTWRITEBYTECODE")  # modules are compiled once, as elsewhere
    ours = {name: value for name, value in os.environ.items() if name not in away}
    settings = {"KESTRA_HOST": here.url, "KESTRA_TENANT": here.tenant, "NO_PROXY": "127.0.0.1"}
    here.settle()
    here.counted()
    ended = subprocess.run(
        [sys.executable, str(TOOK), *command],
        cwd=here.folder,
        env=ours | settings,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told = json.loads(ended.stdout)
    if told["code"]:
        raise SystemExit(f"{command} ended with {told['code']}:\n{told['output']}")
    return Cost(told["wall"], here.counted(), told["processor"], told["megabytes"])


def on_server(here: World) -> tuple[int, int]:
    """Return how many flows the tenant has, and how many revisions these have."""
    import httpx  # noqa: PLC0415  (only some of the processes have it)

    revisions: list[int] = []
    total, page = 1, 1
    with httpx.Client(base_url=f"{here.server}/api/v1/{here.tenant}", timeout=120) as api:
        while len(revisions) < total:
            params = {"page": str(page), "size": str(PAGE), "sort": "id:asc"}
            found = api.get("/flows/search", params=params).raise_for_status().json()
            if not found["results"]:
                break
            revisions += [flow["revision"] for flow in found["results"]]
            total, page = int(found["total"]), page + 1
    return len(revisions), sum(revisions)
