"""What an operator does on a server with a scheduler, and what is seen there; flows that are due each second."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from engine.http.states import count_executions
from engine.processes import eventually

YAML = {"content-type": "application/x-yaml"}
TASKS = "tasks:\n  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: {message}\n"
SECONDS = 3.0  # in which a schedule that is on starts at least two executions


def schedule(name: str = "often", cron: str = "* * * * * *", more: str = "") -> str:
    kind = "io.kestra.plugin.core.trigger.Schedule"
    return f'  - id: {name}\n    type: {kind}\n    cron: "{cron}"\n    withSeconds: true\n{more}'


def flow(name: str, *triggers: str, message: str = "hello") -> str:
    head = f"id: {name}\nnamespace: company.team\n{TASKS.format(message=message)}"
    return f"{head}triggers:\n{''.join(triggers)}" if triggers else head


EDITS: Mapping[str, Callable[[str], str]] = {
    "task": lambda name: flow(name, schedule(), message="good day"),
    "cron": lambda name: flow(name, schedule(cron="*/1 * * * * *")),
    "beside": lambda name: flow(name, schedule(), schedule("yearly", "0 0 0 1 1 *")),
    "renamed": lambda name: flow(name, schedule("again")),
    "rewritten": lambda name: flow(name, schedule("again", "*/1 * * * * *"), message="good day"),
    "removed": lambda name: flow(name, message="good day"),
}


@dataclass(frozen=True)
class Operator:
    """What an operator does on the server, and what is seen there."""

    api: httpx.Client

    def states(self, name: str) -> dict[str, dict[str, Any]]:
        found = self.api.get(f"/triggers/company.team/{name}").json()["results"]
        return {each["triggerId"]: each for each in found}

    def is_off(self, name: str, trigger: str = "often") -> bool:
        return bool(self.states(name).get(trigger, {}).get("disabled"))

    def switch_off(self, *names: str) -> None:
        """Switch the triggers of these flows off, as the page of triggers does, until they are.

        2.0.0 loses a switch now and then, if the schedule fires meanwhile (docs/engine.md).
        """

        def asked() -> bool:
            states = [each for name in names for each in self.states(name).values()]
            body = {"triggers": states, "disabled": True}
            self.api.post("/triggers/set-disabled/by-triggers", json=body).raise_for_status()
            return eventually(lambda: all(map(self.is_off, names)), 3)

        assert eventually(asked)

    def write(self, name: str, text: str) -> None:
        self.api.put(f"/flows/company.team/{name}", content=text, headers=YAML).raise_for_status()

    def started(self, *names: str) -> dict[str, int]:
        """How many executions of each of these flows there are."""
        return {name: count_executions(self.api, name) for name in names}

    def settled(self, names: Collection[str]) -> dict[str, int]:
        """The same, when none of these flows was started for two seconds: what was about to be started is."""
        before = None
        while (now := self.started(*names)) != before:
            before = now
            time.sleep(2)
        return now
