"""A project with flows, how a command line ended, and a development server's address."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/report.schema.json").read_text())

Dev = Callable[..., "subprocess.Popen[str]"]

HELLO = """\
id: hello
namespace: company.team
tasks:
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: hello
"""


def scheduled(name: str, cron: str = "@daily") -> str:
    """A flow with one schedule."""
    schedule = f'  - id: daily\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: "{cron}"\n'
    return f"{HELLO.replace('id: hello', f'id: {name}')}triggers:\n{schedule}"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command line ended, and what it wrote."""

    code: int
    stdout: str
    stderr: str

    @property
    def report(self) -> dict[str, Any]:
        """The JSON document on stdout, which is what its published schema says."""
        document: dict[str, Any] = json.loads(self.stdout)
        Draft202012Validator(SCHEMA).validate(document)
        return document

    @property
    def done(self) -> list[tuple[str, str, int | None]]:
        """Each outcome as name, action (or failed, skipped) and revision."""
        return [
            (each["name"], each["action"] if each["status"] == "done" else each["status"], each["revision"])
            for each in self.report["outcomes"]
        ]


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with flows in it, which is the current one."""

    root: Path

    def write(self, name: str, text: str) -> None:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())

    def flow(self, name: str, message: str = "hello", namespace: str = "company.team") -> str:
        text = HELLO.replace("id: hello", f"id: {name}").replace("message: hello", f"message: {message}")
        text = text.replace("company.team", namespace)
        self.write(f"flows/{namespace}/{name}.yaml", text)
        return text

    def remove(self, name: str, namespace: str = "company.team") -> None:
        (self.root / f"flows/{namespace}/{name}.yaml").unlink()


def start_dev(*arguments: str) -> subprocess.Popen[str]:
    """Start `kestra-deployer dev`; whoever does so ends it."""
    line = [sys.executable, "-m", "deployer", "dev", *arguments]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def address(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    line = process.stdout.readline()
    assert line, process.stderr and process.stderr.read()
    return line.split()[-1]
