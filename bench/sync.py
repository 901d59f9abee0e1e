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
import os
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sync_table import (
    AT_ONCE,
    FIRST,
    FLOOR,
    HTTPX,
    NOTHING,
    ONE,
    ONE_BY_ONE,
    OURS,
    SCHEDULED,
    SDK,
    Cost,
    Costs,
    said,
    said_of_aims,
    said_of_large,
)
from world import OUR_COMMAND, World, api_url, before, files, role, run, verified

if TYPE_CHECKING:  # only some of the processes have it
    from deployer.engine.process.launch import RunningEngine

WARM_TENANT = "warm"
YAML = {"content-type": "application/x-yaml"}
AGAIN = 3  # times that nothing, and then one flow, has changed after a first deploy
MISSING = 404


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
    parser.add_argument("--one-engine", action="store_true", help="one for all, each in a tenant: quick, less exact")
    options = parser.parse_args()
    with ExitStack() as stack:
        start: Start = partial(world, options.kestra, options.warm)
        scheduling: Start = partial(world, options.kestra, options.warm, scheduler=True)
        if options.one_engine:
            start = scheduling = partial(own_tenant, stack.enter_context(engine(options.kestra, scheduler=True)))
        measure(start, scheduling, options)


def measure(start: Start, scheduling: Start, options: argparse.Namespace) -> None:
    """Measure what the options say on engines without a scheduler and with one, and print the tables."""
    python = sdk_python(options.kestra)
    loops = min(options.loops or options.flows, options.flows)
    by_delay: dict[int, Costs] = {}
    for delay in options.delays:
        by_delay[delay] = measured(start, delay, options.flows, options.repeats)
        by_delay[delay] |= looped(start, delay, options.flows, loops, python)
        by_delay[delay] |= scheduled(scheduling, delay, options.flows)
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


def engine(version: str, *, scheduler: bool) -> AbstractContextManager[RunningEngine]:
    """Give an engine that has nothing yet, and every tenant."""
    from deployer.engine.process.launch import launch  # noqa: PLC0415  (only some of the processes have it)
    from deployer.model.version import named  # noqa: PLC0415

    return launch(named(version), tenants=(), scheduler=scheduler)


@contextmanager
def world(version: str, warmed: int, delay: int, *, scheduler: bool = False) -> Iterator[World]:
    """Give an engine that has nothing yet, behind a proxy that adds these milliseconds, and an empty project."""
    with engine(version, scheduler=scheduler) as running, before(running.url, running.pid, delay=delay) as here:
        if warmed:
            warm(here, warmed)
        yield here


def own_tenant(running: RunningEngine, delay: int) -> AbstractContextManager[World]:
    """Give a tenant that has nothing yet of a running engine, behind such a proxy, and an empty project."""
    return before(running.url, running.pid, delay=delay, tenant=f"t{uuid.uuid4().hex[:12]}")


def warm(here: World, flows: int) -> None:
    """Let the engine do once what is measured later: its first answers take it longer."""
    here.write(range(flows))
    for command in (role(__file__, "be-floor"), OUR_COMMAND):
        run(replace(here, tenant=WARM_TENANT), command)
    here.clear()


Start = Callable[[int], AbstractContextManager[World]]
"""Gives a world in which requests are delayed by so many milliseconds."""


def measured(start: Start, delay: int, flows: int, repeats: int) -> Costs:
    """Return what `sync` takes for every case with this delay, and the least that a first deploy takes."""
    costs: Costs = {}
    for _ in range(repeats):
        with start(delay) as here:
            here.write(range(flows))
            _add(costs, FIRST, FLOOR, verified(here, role(__file__, "be-floor"), flows, flows))
        with start(delay) as here:
            here.write(range(flows))
            _add(costs, FIRST, OURS, verified(here, OUR_COMMAND, flows, flows))
            for number in range(AGAIN):
                _add(costs, NOTHING, OURS, verified(here, OUR_COMMAND, flows, flows + number))
                here.write([number], text="changed")
                _add(costs, ONE, OURS, verified(here, OUR_COMMAND, flows, flows + number + 1))
    return costs


def scheduled(start: Start, delay: int, flows: int) -> Costs:
    """Return what a first deploy takes of which most flows have a schedule: some at a time and looked at, and not."""
    costs: Costs = {}
    for side, command in ((OURS, OUR_COMMAND), (ONE_BY_ONE, [*OUR_COMMAND, "--no-wait"])):
        with start(delay) as here:
            here.write(range(flows), scheduled=7)
            _add(costs, SCHEDULED, side, verified(here, command, flows, flows))
    return costs


def looped(start: Start, delay: int, flows: int, sample: int, python: Path) -> Costs:
    """Return what the loops take with this delay for some flows, and from that what they take for all."""
    costs: Costs = {}
    for side, command in ((SDK, role(__file__, "be-kestrapy", python)), (HTTPX, role(__file__, "be-httpx"))):
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


def be_kestrapy() -> None:
    """Look every flow up and then create or update it, with Kestra's SDK, in its environment."""
    from kestrapy import KestraClient  # type: ignore[import-not-found]  # noqa: PLC0415  (only some of the processes have it)
    from kestrapy.exceptions import NotFoundException  # type: ignore[import-not-found]  # noqa: PLC0415

    tenant = os.environ["KESTRA_TENANT"]
    client = KestraClient(host=os.environ["KESTRA_HOST"])
    for namespace, name, text in files():
        try:
            client.flows.flow(namespace, name, tenant)
        except NotFoundException:
            client.flows.create_flow(tenant, text)
        else:
            client.flows.update_flow(namespace, name, tenant, text)


def be_httpx() -> None:
    """Look every flow up and then create or update it."""
    import httpx  # noqa: PLC0415  (only some of the processes have it)

    with httpx.Client(base_url=api_url(), headers=YAML, timeout=60) as api:
        for namespace, name, text in files():
            path = f"/flows/{namespace}/{name}"
            there = api.get(path)
            answer = api.post("/flows", content=text) if there.status_code == MISSING else api.put(path, content=text)
            answer.raise_for_status()


def be_floor() -> None:
    """Create every flow, a few at a time."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  (only some of the processes have it)

    import httpx  # noqa: PLC0415

    with httpx.Client(base_url=api_url(), headers=YAML, timeout=60) as api, ThreadPoolExecutor(AT_ONCE) as pool:
        for answer in pool.map(lambda file: api.post("/flows", content=file[2]), files()):
            answer.raise_for_status()


ROLES: dict[str, Callable[..., None]] = {
    "be-kestrapy": be_kestrapy,
    "be-httpx": be_httpx,
    "be-floor": be_floor,
}
"""What this file is besides the benchmark, in processes of their own."""

if __name__ == "__main__":
    main()
