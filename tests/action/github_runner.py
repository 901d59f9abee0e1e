"""A runner for our own action, as GitHub's would run it: contexts, expressions, the files a step writes, bash.

What is not here: `uses` steps, which are GitHub's own. Their outputs are handed in.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail")
Contexts = Mapping[str, Mapping[str, str]]
"""Context → name → value, as in `inputs` → `path` → `flows`; a step's outputs are in `steps.<id>.outputs`."""

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Ended:
    """What a step left behind."""

    exit_code: int
    log: str
    outputs: Mapping[str, str]
    summary: str


def steps() -> list[dict[str, Any]]:
    """Return the action's steps, as written."""
    return list(ACTION["runs"]["steps"])


def step(step_id: str) -> dict[str, Any]:
    """Return the step of that id; StopIteration where there is none."""
    return next(step for step in steps() if step.get("id") == step_id)


def inputs(given: Mapping[str, str]) -> dict[str, str]:
    """Return the `inputs` context: what a workflow gives, over the action's defaults. KeyError for an unknown one."""
    if unknown := given.keys() - ACTION["inputs"].keys():
        raise KeyError(*unknown)
    return {name: str(given.get(name, said["default"])) for name, said in ACTION["inputs"].items()}


def evaluate(expression: str, contexts: Contexts) -> str:
    """Return what a GitHub expression of `||`, `&&`, `==`, literals and contexts gives; what is not set is ''."""
    for operator in ("||", "&&"):
        left, found, right = expression.partition(operator)
        if found:
            value = evaluate(left, contexts)
            return value if bool(value) is (operator == "||") else evaluate(right, contexts)
    left, found, right = expression.partition("==")
    if found:
        return "true" if evaluate(left, contexts) == evaluate(right, contexts) else ""
    term = expression.strip()
    if term.startswith("'"):
        return term[1:-1]
    context, _, name = term.rpartition(".")
    return contexts[context].get(name, "")


def render(text: str, contexts: Contexts) -> str:
    """Return a value of the action with its expressions replaced."""
    return _EXPRESSION.sub(lambda match: evaluate(match[1], contexts), text)


@dataclass(frozen=True, slots=True)
class Runner:
    """One job on one machine: `workspace` is the checkout, `temp` lasts from step to step, `env` is the job's."""

    workspace: Path
    temp: Path
    env: Mapping[str, str] = field(default_factory=dict)

    def run(self, step_id: str, contexts: Contexts) -> Ended:
        """Run one of the action's `run` steps, in bash as a runner starts it, and return what it left."""
        step_ = step(step_id)
        contexts = {"env": self.env, **contexts}
        self.temp.mkdir(parents=True, exist_ok=True)
        files = {name: self.temp / f"{step_id}.{name.lower()}" for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.write_text("")
        script = self.temp / f"{step_id}.sh"
        script.write_text(step_["run"], encoding="utf-8")
        done = subprocess.run(
            [*BASH, str(script)],
            cwd=self.workspace,
            env=self._environment()
            | {name: str(file) for name, file in files.items()}
            | {name: render(value, contexts) for name, value in step_["env"].items()},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=240,
        )
        return Ended(
            exit_code=done.returncode,
            log=done.stdout,
            outputs=_outputs(files["GITHUB_OUTPUT"].read_text(encoding="utf-8")),
            summary=files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8"),
        )

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("KESTRA", "GITHUB"))}
        runner = {"RUNNER_TEMP": str(self.temp), "GITHUB_ACTION_PATH": str(ROOT), "GITHUB_ACTIONS": "true"}
        return inherited | runner | dict(self.env)


def _outputs(text: str) -> dict[str, str]:
    """Return a step's outputs: `name=value` lines, of which the last one of a name counts."""
    return dict(line.split("=", 1) for line in text.splitlines())
