#!/usr/bin/env python3
"""How fast tests are: `bench/test.py [--versions 1.3,2.0] [--cases 200]` prints a table in Markdown.

Needs `kestra-deployer[engine]`. Measures the sample flows' suites, and many cases of one flow of three tasks, the first
of them mocked, as whole commands; and beside them the engine alone, in its own process without HTTP, which runs as many
executions of the same flow with the same fixture. The first run of a version prepares it, outside the measurement.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path
from statistics import median
from typing import Any

from deployer.engine.install.jars import class_path
from deployer.engine.process.class_cache import prepare_classes
from deployer.model.version import KestraVersion, named

FLOWS = Path(__file__).parents[1] / "flows"
FLOW = """id: three
namespace: company.bench
tasks:
  - id: fetch
    type: io.kestra.plugin.core.http.Request
    uri: http://localhost:1/
  - id: sum
    type: io.kestra.plugin.core.debug.Return
    format: "{{ outputs.fetch.code + 1 }}"
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: "{{ outputs.sum.value }}"
"""
CASE = """  - id: case-{number}
    fixtures: {{tasks: [{{id: fetch, outputs: {{code: 200}}}}]}}
    assertions: [{{value: "{{{{ outputs.sum.value }}}}", equalTo: 201}}]
"""
TENANT = "main"
LONGEST = 300  # seconds for all executions of the engine alone


def main() -> None:
    """Print the table, or, with `--alone VERSION`, be the peer."""
    parser = argparse.ArgumentParser(description="Measure tests; prints a table in Markdown.")
    parser.add_argument("--versions", type=lambda text: text.split(","), default=["1.3", "2.0"], help="such as 1.3,2.0")
    parser.add_argument("--cases", type=int, default=200, help="of the flow of three tasks")
    parser.add_argument("--runs", type=int, default=3, help="of each; the median counts")
    parser.add_argument("--alone", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        be_alone(named(options.alone), options.cases)
    columns = []
    for name in options.versions:
        print(f"measuring {name}", file=sys.stderr)
        prepare_classes(named(name), class_path(named(name)))
        columns.append(measured(name, options.cases, options.runs))
    print("| Kestra |", " | ".join(options.versions), "|")
    print("|---" * (len(columns) + 1) + "|")
    for measure in columns[0]:
        print(f"| {measure} |", " | ".join(column[measure] for column in columns), "|")


def measured(version: str, cases: int, runs: int) -> dict[str, str]:
    """Return what is said of one version, by measure."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), cases)
        many = [tested(version, Path(folder)) for _ in range(runs)]
    alone = median(alone_seconds(version, cases) for _ in range(runs))
    samples = [tested(version, FLOWS) for _ in range(runs)]
    seconds, first = (median(each[name] for each in many) for name in ("tests", "first"))
    return {
        "the sample flows' suites, whole command": f"{median(each['wall'] for each in samples):.1f} s",
        f"{cases} cases of one flow, whole command": f"{median(each['wall'] for each in many):.1f} s",
        "start to first result": f"{first:.1f} s",
        "cases a second": f"{cases / seconds:.1f}",
        "the engine alone": f"{cases / alone:.1f}",
        "cases a second to the engine alone": f"{alone / seconds:.2f}",
        "memory at most, of the command and of its engine": f"{median(each['megabytes'] for each in many):.0f} MB",
    }


def write(folder: Path, cases: int) -> None:
    """Write the flow, and a suite with so many cases."""
    (folder / "three.yaml").write_text(FLOW)
    head = "id: many\nnamespace: company.bench\nflowId: three\nparallel: true\ntestCases:\n"
    suite = "".join(CASE.format(number=number) for number in range(cases))
    (folder / "three.smoke.yaml").write_text(head + suite)


def tested(version: str, folder: Path) -> dict[str, float]:
    """Run `test` on a folder; return the seconds of all of it, until the first result, and of the tests, and memory."""
    command = [
        sys.executable,
        "-m",
        "deployer",
        "test",
        str(folder),
        "--kestra",
        version,
        "--report",
        "json=report.json",
    ]
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as place:
        environ = {**os.environ, "PYTHONPATH": str(FLOWS.parent)}
        process = subprocess.Popen(
            command, cwd=place, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        times = [time.perf_counter() - began for line in process.stderr or () if "/" in line.split(" ")[0]]
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - began
        report: dict[str, Any] = json.loads((Path(place) / "report.json").read_text())
    failed = [each["message"] for each in report["smokes"] if each["verdict"] != "passed"]
    if process.returncode or failed or not times:
        sys.exit(f"exit code {process.returncode}, {len(report['smokes'])} tests, {failed[:3]}")
    took = min(each["seconds"] for each in report["smokes"])
    return {
        "wall": wall,
        "first": times[0],
        "tests": times[-1] - times[0] + took,
        "megabytes": used.ru_maxrss / 1000,
    }


def alone_seconds(version: str, cases: int) -> float:
    """Return how long the engine alone takes for as many executions."""
    command = [sys.executable, __file__, "--alone", version, "--cases", str(cases)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1])


def be_alone(version: KestraVersion, cases: int) -> None:
    """Run so many executions with the engine in this process, and print the seconds. Never returns."""
    code = 1
    try:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            print(_run_all(version, Path(folder), cases), flush=True)
        code = 0
    except BaseException:  # noqa: BLE001  (an exception that ends the interpreter hangs it on Java's threads)
        traceback.print_exc()
    sys.stderr.flush()
    os._exit(code)


def _run_all(version: KestraVersion, folder: Path, cases: int) -> float:
    from deployer.engine.jvm.context import CORE, boot  # noqa: PLC0415  (only this process has a JVM)
    from deployer.engine.runtime.runtime import runtime_of  # noqa: PLC0415

    jars = class_path(version)
    cache = prepare_classes(version, jars)
    kestra = boot(version, jars, folder, in_memory=True, jvm_options=[f"-XX:AOTCache={cache}"] if cache else [])
    runtime = runtime_of(kestra)
    runtime.start(scheduler=False)
    flow = runtime.create_flow(runtime.parse_flow(TENANT, FLOW))
    mapper = kestra.bean("com.fasterxml.jackson.databind.ObjectMapper")
    sent = json.dumps({"tasks": [{"id": "fetch", "state": "SUCCESS", "outputs": {"code": 200}}]})
    fixtures = mapper.readValue(sent, kestra.java(CORE + "test.flow.Fixtures").class_).getTasks()
    nothing, kind = (
        kestra.java("java.util.Optional").empty(),
        kestra.java(CORE + "models.executions.ExecutionKind").TEST,
    )
    new = kestra.java(CORE + "models.executions.Execution").newExecution
    executions = kestra.bean(CORE + "repositories.ExecutionRepositoryInterface")
    stored = kestra.bean("io.kestra.core.services.FlowService").getFlowIfExecutableOrThrow(
        TENANT, flow.getNamespace(), flow.getId(), nothing
    )
    began = time.perf_counter()
    waiting = []
    for _ in range(cases):
        execution = new(stored, None, None, nothing).toBuilder().kind(kind).build().withFixtures(fixtures)
        runtime.emit(execution)
        waiting.append(execution.getId())
    while waiting and time.perf_counter() < began + LONGEST:
        found = executions.findById(TENANT, waiting[-1])
        if found.isPresent() and found.get().getState().isTerminated():
            waiting.pop()
        else:
            time.sleep(0.005)
    if waiting:
        sys.exit(f"{len(waiting)} executions did not end")
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
