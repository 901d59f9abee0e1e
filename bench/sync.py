#!/usr/bin/env python3
"""How fast and how large a deploy is: `bench/sync.py [--delays 0,20,50]` prints tables in Markdown.

Needs `kestra-deployer[engine]`. `sync` is measured beside loops that do without it, with Kestra's own SDK and with
plain httpx, each of which looks a flow up and then creates or updates it, one after another; and beside creating flows
four at a time and nothing else, the least that a first deploy can take. All run as processes of their own, each side
with a fresh embedded engine, through a proxy that adds a delay to every request and counts them. What they leave on the
server is looked at after every run. The first run installs the SDK where its tests have it too. `--loops` gives the
loops fewer flows, where the delays would make them take too long; the table then says so.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from flow_text import FLOW
from sync_table import (
    AT_ONCE,
    FIRST,
    FLOOR,
    HTTPX,
    NOTHING,
    ONE,
    OURS,
    SDK,
    Cost,
    Costs,
    said,
    said_of_aims,
    said_of_large,
)
from usage import processor_seconds

REST = '  - id: rest\n    type: io.kestra.plugin.core.log.Log\n    message: "{text}"\n'
NAMESPACE = "company.bench"
PROXY = Path(__file__).with_name("delaying_proxy.py")
TENANT, WARM_TENANT = "main", "warm"
YAML = {"content-type": "application/x-yaml"}
FLOWS = "flows"  # the folder in a project
AGAIN = 3  # times that nothing, and then one flow, has changed after a first deploy
PAGE = 1000  # flows that are looked at with one request
OUR_COMMAND = [sys.executable, "-m", "deployer", "sync", FLOWS, "--project", "bench"]
PAUSE, PATIENCE, IDLE = 1.0, 900, 0.1  # seconds between two looks at the engine and in all, and its share of a core
MISSING = 404
LAST = 3000  # characters that are shown of what a failed side wrote


def main() -> None:
    """Print the tables; or, with the name of a role, be one of the processes that are measured or needed for it."""
    if len(sys.argv) > 1 and sys.argv[1] in ROLES:
        ROLES[sys.argv[1]](*sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description="Measure deploys; prints tables in Markdown.")
    parser.add_argument("--flows", type=int, default=1000, help="how many are deployed")
    parser.add_argument("--delays", type=_numbers, default=[0, 20, 50], help="milliseconds added to each request")
    parser.add_argument("--large", type=int, default=10_000, help="how many `sync` deploys alone; 0 leaves it out")
    parser.add_argument("--loops", type=int, help="how many flows the loops have, to be scaled up; all by default")
    parser.add_argument("--repeats", type=int, default=2, help="how often all but the loops are measured")
    parser.add_argument("--kestra", default="1.3", help="the version of the engine, and of the SDK")
    parser.add_argument("--warm", type=int, default=100, help="how many flows an engine is given before")
    options = parser.parse_args()
    python = sdk_python(options.kestra)
    start = partial(world, options.kestra, options.warm)
    loops = min(options.loops or options.flows, options.flows)
    by_delay: dict[int, Costs] = {}
    for delay in options.delays:
        by_delay[delay] = measured(start, delay, options.flows, options.repeats)
        by_delay[delay] |= looped(start, delay, options.flows, loops, python)
    print(said(options.flows, loops, by_delay), flush=True)
    large: dict[int, Costs] = {}
    if options.large:
        few = by_delay.get(0) or alone(start, options.flows)
        large = {options.flows: few, options.large: alone(start, options.large)}
        print(said_of_large(large))
    print(said_of_aims(by_delay, large.get(options.large, {}), options.large))


def _numbers(text: str) -> list[int]:
    return [int(each) for each in text.split(",")]


def sdk_python(version: str) -> Path:
    """Return the Python of the virtual environment that the SDK's tests of this version run in."""
    sys.path.append(str(Path(__file__).parents[1] / "tests"))
    from sdk.environment import environment  # noqa: PLC0415  (the tests' way of making one)
    from sdk.suites import SUITES  # noqa: PLC0415

    for suite in SUITES:
        if suite.version.name == version:
            return environment(suite.requirements)
    raise SystemExit(f"there is no SDK for Kestra {version} here")


@dataclass(frozen=True, slots=True)
class World:
    """An engine at `engine`, in the process `pid`, the proxy before it at `url`, and a project in a folder."""

    engine: str
    pid: int
    url: str
    delay: int
    folder: Path
    _proxy: subprocess.Popen[str] = field(repr=False)

    def counted(self) -> int:
        """Return how many requests went through the proxy since this was last asked."""
        print(file=self._proxy.stdin, flush=True)
        return int(self._proxy.stdout.readline() if self._proxy.stdout else "")

    def settle(self) -> None:
        """Return when the engine has done what it does later, for about as long as it takes creates."""
        used = processor_seconds(self.pid)
        for _ in range(round(PATIENCE / PAUSE)):
            time.sleep(PAUSE)
            before, used = used, processor_seconds(self.pid)
            if used - before < PAUSE * IDLE:
                return
        raise SystemExit(f"the engine was not idle within {PATIENCE} s")

    def write(self, numbers: Iterable[int], text: str = "done") -> None:
        """Write the flows with these numbers into the project."""
        for number in numbers:
            file = self.folder / FLOWS / f"flow-{number}.yaml"
            file.write_text((FLOW + REST).format(number=number, text=text))

    def clear(self) -> None:
        """Leave the project without flows."""
        shutil.rmtree(self.folder / FLOWS, ignore_errors=True)
        (self.folder / FLOWS).mkdir()


@contextmanager
def world(version: str, warmed: int, delay: int) -> Iterator[World]:
    """Give an engine that has nothing yet, behind a proxy that adds these milliseconds, and an empty project."""
    from deployer.engine.launch import launch  # noqa: PLC0415  (only some of the processes have it)
    from deployer.model.version import named  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder, launch(named(version)) as engine:
        command = [sys.executable, str(PROXY), engine.url, str(delay / 1000)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as proxy:
            port = int(proxy.stdout.readline() if proxy.stdout else "")
            here = World(engine.url, engine.pid, f"http://127.0.0.1:{port}", delay, Path(folder), proxy)
            here.clear()
            if warmed:
                warm(here, warmed)
            yield here


def warm(here: World, flows: int) -> None:
    """Let the engine do once what is measured later: its first answers take it longer."""
    here.write(range(flows))
    for command in (_role("be-floor"), OUR_COMMAND):
        run(here, WARM_TENANT, command)
    here.clear()


Start = Callable[[int], AbstractContextManager[World]]
"""Gives a world in which requests are delayed by so many milliseconds."""


def measured(start: Start, delay: int, flows: int, repeats: int) -> Costs:
    """Return what `sync` takes for every case with this delay, and the least that a first deploy takes."""
    costs: Costs = {}
    for _ in range(repeats):
        with start(delay) as here:
            here.write(range(flows))
            _add(costs, FIRST, FLOOR, verified(here, _role("be-floor"), flows, flows))
        with start(delay) as here:
            here.write(range(flows))
            _add(costs, FIRST, OURS, verified(here, OUR_COMMAND, flows, flows))
            for number in range(AGAIN):
                _add(costs, NOTHING, OURS, verified(here, OUR_COMMAND, flows, flows + number))
                here.write([number], text="changed")
                _add(costs, ONE, OURS, verified(here, OUR_COMMAND, flows, flows + number + 1))
    return costs


def looped(start: Start, delay: int, flows: int, sample: int, python: Path) -> Costs:
    """Return what the loops take with this delay for some flows, and from that what they take for all."""
    costs: Costs = {}
    for side, command in ((SDK, _role("be-kestrapy", python)), (HTTPX, _role("be-httpx"))):
        with start(delay) as here:
            none = verified(here, command, 0, 0)
            here.write(range(sample))
            for case in (FIRST, NOTHING):
                _add(costs, case, side, scaled(none, verified(here, command, sample, sample), flows / sample))
    return costs


def alone(start: Start, flows: int) -> Costs:
    """Return what `sync` takes for so many flows, without a delay."""
    costs: Costs = {}
    with start(0) as here:
        here.write(range(flows))
        for case in (FIRST, NOTHING):
            _add(costs, case, OURS, verified(here, OUR_COMMAND, flows, flows))
    return costs


def scaled(none: Cost, cost: Cost, times: float) -> Cost:
    """Return what so many times the flows would take: what is needed for none stays as it is, and so does memory."""

    def more(of_none: float, of_some: float) -> float:
        return of_none + (of_some - of_none) * times if times > 1 else of_some

    requests = round(more(none.requests, cost.requests))
    return Cost(more(none.wall, cost.wall), requests, more(none.processor, cost.processor), cost.megabytes)


def _add(costs: Costs, case: str, side: str, cost: Cost) -> None:
    costs.setdefault((case, side), []).append(cost)
    print(f"{case}, {side}: {', '.join(cost.cells)}", file=sys.stderr, flush=True)


def _role(name: str, python: Path = Path(sys.executable)) -> list[str]:
    return [str(python), __file__, name]


def verified(here: World, command: Sequence[str], flows: int, revisions: int) -> Cost:
    """Run a side, and see that the server then has so many flows with so many revisions. Returns what it took."""
    cost = run(here, TENANT, command)
    there = on_server(here)
    if there != (flows, revisions):
        raise SystemExit(f"{command} left (flows, revisions) {there} in place of {(flows, revisions)}")
    return cost


def run(here: World, tenant: str, command: Sequence[str]) -> Cost:
    """Run a side in the project, against the proxy. Returns what it took."""
    away = ("KESTRA_HOST", "KESTRA_TENANT", "PYTHONDONTWRITEBYTECODE")  # modules are compiled once, as elsewhere
    ours = {name: value for name, value in os.environ.items() if name not in away}
    settings = {"KESTRA_HOST": here.url, "KESTRA_TENANT": tenant, "NO_PROXY": "127.0.0.1"}
    here.settle()
    here.counted()
    ended = subprocess.run(
        [sys.executable, __file__, "be-measured", *command],
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
    with httpx.Client(base_url=f"{here.engine}/api/v1/{TENANT}", timeout=120) as api:
        while len(revisions) < total:
            params = {"page": str(page), "size": str(PAGE), "sort": "id:asc"}
            found = api.get("/flows/search", params=params).raise_for_status().json()
            if not found["results"]:
                break
            revisions += [flow["revision"] for flow in found["results"]]
            total, page = int(found["total"]), page + 1
    return len(revisions), sum(revisions)


def be_measured(*command: str) -> None:
    """Run a command and write what it took, as JSON.

    A child's peak memory begins with its parent's, which is why this process is small.
    """
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode(errors="replace")[-LAST:] if process.returncode else ""
    took = {"wall": wall, "processor": used.ru_utime + used.ru_stime, "megabytes": used.ru_maxrss / 1000}
    print(json.dumps({"code": process.returncode, "output": text, **took}))


def _files() -> list[tuple[str, str]]:
    """Return id and text of every flow of the project; its id is the name of its file."""
    return [(file.stem, file.read_text()) for file in sorted(Path(FLOWS).iterdir())]


def be_kestrapy() -> None:
    """Look every flow up and then create or update it, with Kestra's SDK, in its environment."""
    from kestrapy import KestraClient  # type: ignore[import-not-found]  # noqa: PLC0415  (only some of the processes have it)
    from kestrapy.exceptions import NotFoundException  # type: ignore[import-not-found]  # noqa: PLC0415

    tenant = os.environ["KESTRA_TENANT"]
    client = KestraClient(host=os.environ["KESTRA_HOST"])
    for name, text in _files():
        try:
            client.flows.flow(NAMESPACE, name, tenant)
        except NotFoundException:
            client.flows.create_flow(tenant, text)
        else:
            client.flows.update_flow(NAMESPACE, name, tenant, text)


def be_httpx() -> None:
    """Look every flow up and then create or update it."""
    import httpx  # noqa: PLC0415  (only some of the processes have it)

    base = f"{os.environ['KESTRA_HOST']}/api/v1/{os.environ['KESTRA_TENANT']}"
    with httpx.Client(base_url=base, headers=YAML, timeout=60) as api:
        for name, text in _files():
            path = f"/flows/{NAMESPACE}/{name}"
            there = api.get(path)
            answer = api.post("/flows", content=text) if there.status_code == MISSING else api.put(path, content=text)
            answer.raise_for_status()


def be_floor() -> None:
    """Create every flow, a few at a time."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  (only some of the processes have it)

    import httpx  # noqa: PLC0415

    base = f"{os.environ['KESTRA_HOST']}/api/v1/{os.environ['KESTRA_TENANT']}"
    with httpx.Client(base_url=base, headers=YAML, timeout=60) as api, ThreadPoolExecutor(AT_ONCE) as pool:
        for answer in pool.map(lambda file: api.post("/flows", content=file[1]), _files()):
            answer.raise_for_status()


ROLES: dict[str, Callable[..., None]] = {
    "be-measured": be_measured,
    "be-kestrapy": be_kestrapy,
    "be-httpx": be_httpx,
    "be-floor": be_floor,
}
"""What this file is besides the benchmark, in processes of their own."""

if __name__ == "__main__":
    main()
