#!/usr/bin/env python3
"""How fast and how large the embedded engine is: `bench/engine.py [--versions 1.3,2.0]` prints a table.

Needs `kestra-deployer[engine]`. The HTTP layer is measured against its peer, the same engine called in its own process
without it: both are up at once and asked in turn, a batch each, so that what else the machine does meets both alike.
Their ratio is the median over the batches. The first run of a version fetches and prepares it, outside the measurement.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import httpx
from usage import idle_share, megabytes

from deployer.engine.install.jars import class_path
from deployer.engine.process.class_cache import prepare_classes
from deployer.engine.process.launch import RunningEngine, launch
from deployer.model.version import NAMES, KestraVersion, named

FLOW = """id: flow-{number}
namespace: company.bench
labels:
  team: bench
inputs:
  - id: who
    type: STRING
    defaults: you
tasks:
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: hello {{{{ inputs.who }}}}
  - id: shout
    type: io.kestra.plugin.core.output.OutputValues
    values:
      loud: "{{{{ inputs.who | upper }}}}"
"""
TENANT = "main"
YAML = {"content-type": "application/x-yaml"}
BATCH = 20  # requests between two changes of sides
RUNS = 30  # executions, one after another and at once
Side = Callable[[str, int], float]
"""Do `create` or `validate` once for each flow of a batch that begins at a number; return how many seconds it took."""


def main() -> None:
    """Print the table, or, with `--alone VERSION`, be the peer."""
    parser = argparse.ArgumentParser(description="Measure the embedded engine; prints a table in Markdown.")
    parser.add_argument("--versions", type=lambda text: text.split(","), default=NAMES, help="such as 1.3,2.0")
    parser.add_argument("--flows", type=int, default=2000, help="how many are stored when memory is looked at again")
    parser.add_argument("--batches", type=int, default=10, help=f"how often {BATCH} are done by each side")
    parser.add_argument("--starts", type=int, default=3, help="how often each version is started")
    parser.add_argument("--alone", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        be_alone(named(options.alone))
    columns = []
    for name in options.versions:
        print(f"measuring {name}", file=sys.stderr)
        columns.append(measured(named(name), options.flows, options.batches, options.starts))
    print("| Kestra |", " | ".join(options.versions), "|")
    print("|---" * (len(columns) + 1) + "|")
    for measure in columns[0]:
        print(f"| {measure} |", " | ".join(column[measure] for column in columns), "|")


def measured(version: KestraVersion, flows: int, batches: int, starts: int) -> dict[str, str]:
    """Return what is said of one version, by measure."""
    prepare_classes(version, class_path(version))  # whatever happens once has happened
    took: dict[bool, list[float]] = {False: [], True: []}
    for scheduler, times in took.items():
        for _ in range(starts - 1):
            with started(version, times, scheduler=scheduler):
                pass
    with ExitStack() as stack:
        engine = stack.enter_context(started(version, took[False], scheduler=False))
        api = stack.enter_context(httpx.Client(base_url=f"{engine.url}/api/v1/{TENANT}", timeout=120))
        idle, share = megabytes(engine.pid), idle_share(engine.pid)
        sides = (over_http(api), stack.enter_context(alone(version)))
        creates, validations = (compared(sides, what, batches) for what in ("create", "validate"))
        fill(api, flows)
        one_by_one = RUNS / seconds_of_runs(api, at_once=1)
        together = seconds_of_runs(api, at_once=RUNS)
        full = megabytes(engine.pid)
    with started(version, took[True], scheduler=True) as engine:
        scheduling, scheduling_share = megabytes(engine.pid), idle_share(engine.pid)
    return {
        "start to first request": f"{median(took[False]):.1f} s",
        "the same with a scheduler": f"{median(took[True]):.1f} s",
        "creates a second, over HTTP": f"{creates.over_http:.0f}",
        "creates a second, the engine alone": f"{creates.alone:.0f}",
        "time of a create, over HTTP to alone": f"{creates.ratio:.2f}",
        "validations a second, over HTTP": f"{validations.over_http:.0f}",
        "validations a second, the engine alone": f"{validations.alone:.0f}",
        "time of a validation, over HTTP to alone": f"{validations.ratio:.2f}",
        "executions a second, one after another": f"{one_by_one:.1f}",
        f"{RUNS} executions at once": f"{together:.1f} s",
        "processor, idle, of one core": f"{share * 100:.1f} %",
        "the same with a scheduler, idle": f"{scheduling_share * 100:.1f} %",
        "memory, idle": f"{idle:.0f} MB",
        "memory with a scheduler, idle": f"{scheduling:.0f} MB",
        f"memory with {flows} flows": f"{full:.0f} MB",
        f"memory with {flows} flows to idle": f"{full / idle:.2f}",
    }


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same work over HTTP and alone: how many a second of each, and how much longer HTTP takes."""

    over_http: float
    alone: float
    ratio: float


def compared(sides: tuple[Side, Side], what: str, batches: int) -> Comparison:
    """Let both sides do the same in turn, after a batch that warms them and does not count."""
    pairs = [[side(what, first) for side in sides] for first in range(0, (batches + 1) * BATCH, BATCH)][1:]
    http, peer = (BATCH / median(pair[side] for pair in pairs) for side in (0, 1))
    return Comparison(http, peer, median(pair[0] / pair[1] for pair in pairs))


def over_http(api: httpx.Client) -> Side:
    """Return the side that talks to an engine as clients do."""
    paths = {"create": "/flows", "validate": "/flows/validate"}

    def side(what: str, first: int) -> float:
        began = time.perf_counter()
        for number in range(first, first + BATCH):
            api.post(paths[what], content=FLOW.format(number=number).encode(), headers=YAML).raise_for_status()
        return time.perf_counter() - began

    return side


@contextmanager
def alone(version: KestraVersion) -> Iterator[Side]:
    """Give the side without HTTP: a process that boots the engine and calls it, told what to do line by line."""
    command = [sys.executable, __file__, "--alone", version.name]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as peer:

        def side(what: str, first: int) -> float:
            print(what, first, file=peer.stdin, flush=True)
            return float(peer.stdout.readline() if peer.stdout else "")

        yield side


def be_alone(version: KestraVersion) -> None:
    """Do what standard input says with the engine in this process, until it ends. Never returns."""
    code = 1
    try:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # Java may still write to it
            _answer(version, Path(folder))
        code = 0
    except BaseException:  # noqa: BLE001  (an exception that ends the interpreter hangs it on Java's threads)
        traceback.print_exc()
    sys.stderr.flush()
    os._exit(code)  # Java's own threads would keep it alive


def _answer(version: KestraVersion, folder: Path) -> None:
    from deployer.engine.jvm.context import boot  # noqa: PLC0415  (only this process has a JVM)
    from deployer.engine.runtime.runtime import runtime_of  # noqa: PLC0415

    jars = class_path(version)
    cache = prepare_classes(version, jars)
    options = [f"-XX:AOTCache={cache}"] if cache else []
    runtime = runtime_of(boot(version, jars, folder, in_memory=True, jvm_options=options))
    runtime.start(scheduler=False)
    work: dict[str, Callable[[str], object]] = {
        "create": lambda text: runtime.create_flow(runtime.parse_flow(TENANT, text)),
        "validate": lambda text: runtime.validate(TENANT, [(None, text)]),
    }
    for line in sys.stdin:
        what, first = line.split()
        began = time.perf_counter()
        for number in range(int(first), int(first) + BATCH):
            work[what](FLOW.format(number=number))
        print(time.perf_counter() - began, flush=True)


@contextmanager
def started(version: KestraVersion, times: list[float], *, scheduler: bool) -> Iterator[RunningEngine]:
    """Give an engine that has answered, and add to the times after how many seconds it has."""
    began = time.perf_counter()
    with launch(version, scheduler=scheduler) as engine:
        httpx.get(f"{engine.url}/api/v1/configs", timeout=60).raise_for_status()
        times.append(time.perf_counter() - began)
        yield engine


def fill(api: httpx.Client, flows: int) -> None:
    """Store flows until there are so many."""
    there = int(api.get("/flows/search").json()["total"])
    texts = (FLOW.format(number=number).encode() for number in range(there, flows))
    with ThreadPoolExecutor(4) as pool:
        for answer in pool.map(lambda text: api.post("/flows", content=text, headers=YAML), texts):
            answer.raise_for_status()


def seconds_of_runs(api: httpx.Client, *, at_once: int) -> float:
    """Return how long RUNS executions take, so many under way at a time, each waited for."""

    def run(_: int) -> str:
        path = "/executions/company.bench/flow-0"
        execution = api.post(path, params={"wait": "true"}, files={"who": (None, "Ada")}).raise_for_status().json()
        return str(execution["state"]["current"])

    run(0)
    with ThreadPoolExecutor(at_once) as pool:
        began = time.perf_counter()
        states = set(pool.map(run, range(RUNS)))
        seconds = time.perf_counter() - began
    if states != {"SUCCESS"}:
        raise SystemExit(f"executions ended in {states}")
    return seconds


if __name__ == "__main__":
    main()
