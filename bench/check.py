#!/usr/bin/env python3
"""How fast and how large a check is: `bench/check.py [--flows 1000,10000] [--folder FOLDER]`, a table in Markdown.

With a folder, the flows in it are checked instead, beside libyaml, which reads the same files and does nothing else; a
profile of the check says where its time goes.

Needs `kestra-deployer[engine]` and `jsonschema` for the two it is measured beside: `jsonschema` with the schema that
the engine itself gives for flows, on a sample, and the engine embedded, its start and one request of validation
included. Every command is a process of its own; processor time and memory are what the system counted for it.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import subprocess
import sys
import tempfile
import time
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from flow_text import flow

from deployer.cli import run

TRIGGERS = """triggers:
  - id: daily
    type: io.kestra.plugin.core.trigger.Schedule
    cron: "0 9 * * *"
"""
DEPLOYER = [sys.executable, "-m", "deployer"]
RUNS = 5  # of each of the two, in turn; the least counts
READ = """import sys, yaml
for file in sys.argv[1:]:
    try:
        yaml.load(open(file, "rb"), Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        pass
"""
PARTS = {
    "reading YAML": ("read/everything.py", "read_all"),
    "checking": ("deployer/check/__init__.py", "judge"),
    "the report": ("cli/output.py", "write"),
}
"""What a profile is asked for: a file, and a function in it with what it calls."""
SAMPLE = 20  # flows that `jsonschema` is given


@dataclass(frozen=True, slots=True)
class Cost:
    """What one way of checking took: seconds on the clock and of the processor, and megabytes at most."""

    flows: int
    wall: float
    processor: float | None = None
    megabytes: float | None = None

    def row(self, name: str) -> str:
        """Return a row of the table."""
        processor = f"{self.processor:.2f} s" if self.processor is not None else ""
        memory = f"{self.megabytes:.0f} MB" if self.megabytes is not None else ""
        rate = f"{self.flows / self.wall:,.0f}" if self.flows else ""
        return f"| {name} | {self.wall:.2f} s | {processor} | {rate} | {memory} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Measure checks; prints a table in Markdown.")
    parser.add_argument("--flows", type=lambda text: [int(each) for each in text.split(",")], default=[1000, 10_000])
    parser.add_argument("--folder", type=Path, help="check the flows in this folder, beside libyaml")
    asked = parser.parse_args()
    counts = asked.flows
    print("| | wall time | processor time | flows a second | peak memory |\n|---|---|---|---|---|")
    if asked.folder:
        real(asked.folder)
        return
    for option in ("--version", "--help"):
        print(command(0, option).row(f"`{option}`"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for count in (1, *counts):
            texts = [flow(number, TRIGGERS) for number in range(count)]
            for number, text in enumerate(texts):
                (folder / f"flow-{number}.yaml").write_text(text)
            print(command(count, "check", name).row(f"`check`, {count:,} flows"))
    schema, engine = beside([flow(number, TRIGGERS) for number in range(counts[0])])
    print(schema.row(f"`jsonschema`, {schema.flows} flows"))
    print(engine.row(f"the engine with its start, {engine.flows:,} flows"))


def real(folder: Path) -> None:
    """Print the rows for the flows in a folder, the ratio of the two, and where the time of the check goes."""
    files = sorted(folder.rglob("*.y*ml"))
    checks = [command(len(files), "check", str(folder), problems=True) for _ in range(RUNS)]
    reads = [process(len(files), sys.executable, "-c", READ, *map(str, files)) for _ in range(RUNS)]
    check, read = (min(costs, key=lambda cost: cost.processor or 0) for costs in (checks, reads))
    print(check.row(f"`check`, {len(files):,} files"))
    print(read.row(f"libyaml, {len(files):,} files"))
    ratio = (check.processor or 0) / (read.processor or 1)
    print(f"\nThe check takes {ratio:.1f} times the processor time of libyaml. Of it, by a profile:\n")
    profile = cProfile.Profile()
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        profile.runcall(run, ["check", str(folder)])
    total = pstats.Stats(profile)
    whole = total.total_tt  # type: ignore[attr-defined]
    print("| part | share |\n|---|---|")
    for name, (file, function) in PARTS.items():
        spent = [row[3] for key, row in total.stats.items() if key[0].endswith(file) and key[2] == function]  # type: ignore[attr-defined]
        print(f"| {name} | {max(spent, default=0) / whole:.0%} |")


def command(flows: int, *arguments: str, problems: bool = False) -> Cost:
    """Run the deployer with these arguments and return what it took; it may find `problems`."""
    return process(flows, *DEPLOYER, *arguments, code=1 if problems else 0)


def process(flows: int, *arguments: str, code: int = 0) -> Cost:
    """Run a process and return what it took; it ends with `code` or 0."""
    began = time.perf_counter()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, code):
        raise SystemExit(f"{arguments[:4]} ended with {process.returncode}")
    return Cost(flows, wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1000)


def beside(texts: list[str]) -> tuple[Cost, Cost]:
    """Return what `jsonschema` takes for a sample, and the engine for all."""
    import httpx  # noqa: PLC0415  (a child's peak memory begins with its parent's, so that is kept small until here)
    import yaml  # noqa: PLC0415
    from jsonschema import Draft7Validator  # noqa: PLC0415

    from deployer.engine.process.launch import launch  # noqa: PLC0415
    from deployer.model.version import DEFAULT  # noqa: PLC0415

    began = time.perf_counter()
    with launch(DEFAULT) as engine, httpx.Client(base_url=f"{engine.url}/api/v1/main", timeout=600) as api:
        verdicts = api.post(
            "/flows/validate", content="\n---\n".join(texts), headers={"content-type": "application/x-yaml"}
        ).raise_for_status()
        wall = time.perf_counter() - began
        if len(verdicts.json()) != len(texts) or any(each.get("constraints") for each in verdicts.json()):
            raise SystemExit("the engine refuses the flows, or some of them")
        schema: dict[str, Any] = api.get(f"{engine.url}/api/v1/plugins/schemas/flow").raise_for_status().json()
    validator = Draft7Validator(schema)
    began = time.perf_counter()
    for text in texts[:SAMPLE]:
        list(validator.iter_errors(yaml.safe_load(text)))
    return Cost(min(SAMPLE, len(texts)), time.perf_counter() - began), Cost(len(texts), wall)


if __name__ == "__main__":
    main()
