"""The project that a trial deploys: a temporary folder with a few small flows, each for one promise.

The ids of the flows end with a unique mark: everything on the server with that mark was created by this trial.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from deployer.model.resource import FLOW, Key

PLAIN, CHANGED, DASHES, LETTERS = "plain", "changed", "dashes", "letters"
SLEEPS, CALLS, FAILS, SCHEDULED = "sleeps", "calls", "fails", "scheduled"

_HEAD = """\
id: {id}
namespace: {namespace}
description: Made by kestra-deployer trial, which deletes it at its end.
"""
_LOG = """\
tasks:
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: {message}
"""
_BODIES = {
    PLAIN: _LOG.format(message="hello"),
    CHANGED: _LOG.format(message="hello"),
    DASHES: _LOG.format(message="|\n      before\n      ---\n      # no comment\n      after"),
    LETTERS: "# Grüße, 你好, 🙂  \n" + _LOG.format(message='"žluťoučký kůň 🐎\\té"') + "# the last line has no end",
    FAILS: """\
tasks:
  - id: fail
    type: io.kestra.plugin.core.execution.Fail
    errorMessage: as it is to
""",
    SLEEPS: """\
tasks:
  - id: nap
    type: io.kestra.plugin.core.flow.Sleep
    duration: PT3M
""",
    CALLS: """\
tasks:
  - id: call
    type: io.kestra.plugin.core.flow.Subflow
    namespace: {namespace}
    flowId: {sleeps}
    wait: true
    transmitFailed: true
""",
    SCHEDULED: _LOG.format(message="hello")
    + """\
triggers:
  - id: once_a_year
    type: io.kestra.plugin.core.trigger.Schedule
    cron: "0 3 1 1 *"
""",
}
_SUITE = """\
id: {id}
namespace: {namespace}
flowId: {flow}
testCases:
  - id: {case}
    expectedState: {state}
    timeout: {timeout}
"""
_MESSAGE = re.compile(r"message: .*")
NAMES = tuple(_BODIES)
"""The flows, by their names here."""
SUITES = {PLAIN: ("SUCCESS", "PT1M"), FAILS: ("FAILED", "PT1M"), SLEEPS: ("SUCCESS", "PT3S")}
"""The flows with a smoke test, its expected state and its timeout."""


@dataclass(frozen=True, slots=True)
class Project:
    """The folder. Its files are what must be on the server."""

    root: Path
    namespace: str
    mark: str

    @property
    def flows(self) -> Path:
        """The folder to deploy."""
        return self.root / "flows"

    @property
    def name(self) -> str:
        """The project's name in the ledger."""
        return f"trial-{self.mark}"

    def key(self, name: str) -> Key:
        """Return the key on the server of the flow with the name `name` here."""
        return Key(FLOW, self.namespace, f"{name}-{self.mark}")

    @property
    def keys(self) -> Mapping[str, Key]:
        """Every flow that the trial may create."""
        return {name: self.key(name) for name in NAMES}

    def write(self) -> None:
        """Write the files of all flows."""
        self.flows.mkdir(parents=True)
        for name in NAMES:
            head = _HEAD.format(id=self.key(name).name, namespace=self.namespace)
            body = _BODIES[name].replace("{namespace}", self.namespace).replace("{sleeps}", self.key(SLEEPS).name)
            self._write(name, head + body)

    def text(self, name: str) -> str:
        """Return the content of a flow's file."""
        return self._file(name).read_bytes().decode()

    @property
    def texts(self) -> Mapping[str, str]:
        """The contents of all flow files that exist now."""
        return {name: self.text(name) for name in NAMES if self._file(name).is_file()}

    def change(self, name: str, message: str) -> str:
        """Change the message in a flow's file; return the new content."""
        text = other(self.text(name), message)
        self._write(name, text)
        return text

    def remove(self, name: str) -> str:
        """Remove a flow's file; return its content."""
        text = self.text(name)
        self._file(name).unlink()
        return text

    def add_suites(self, names: Collection[str]) -> None:
        """Write the smoke tests of these flows."""
        for name, (state, timeout) in SUITES.items():
            if name not in names:
                continue
            suite = _SUITE.format(
                id=f"trial-{name}", namespace=self.namespace, flow=self.key(name).name, case=name, state=state,
                timeout=timeout,
            )  # fmt: skip
            self._path(f"{name}.smoke.yaml").write_bytes(suite.encode())

    def _write(self, name: str, text: str) -> None:
        self._file(name).write_bytes(text.encode())

    def _file(self, name: str) -> Path:
        return self._path(f"{name}.yaml")

    def _path(self, file: str) -> Path:
        return self.flows / file


def other(text: str, message: str) -> str:
    """Return the text of a flow with another message in its log."""
    return _MESSAGE.sub(f"message: {message}", text)
