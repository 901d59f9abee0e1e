"""The states of the triggers of one flow, as a test asks for them and changes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
from engine.http.flow_texts import YAML, flow
from engine.http.states import count_executions
from engine.processes import eventually

EVERY_SECOND = '    cron: "* * * * * *"\n    withSeconds: true\n'
DAILY = '    cron: "@daily"\n'
PLACE = {"namespace": "team.a", "flowId": "hello", "triggerId": "plan"}
_SCHEDULE = "    type: io.kestra.plugin.core.trigger.Schedule\n"


def scheduled(lines: str = DAILY, identifier: str = "hello", text: str = "") -> str:
    """A flow with a schedule called `plan`, of which `lines` says more; `text` stands for a flow that logs."""
    schedule = f"triggers:\n  - id: plan\n{_SCHEDULE}{lines}"
    return text + schedule if text else flow(identifier, extra=schedule)


@dataclass(frozen=True)
class States:
    """Asks an engine about triggers, in the dialect that it speaks."""

    api: httpx.Client
    tenant: str
    is_2x: bool

    def create(self, text: str) -> None:
        """Store a flow."""
        answer = self.api.post("/flows", content=text.encode(), headers=YAML)
        assert answer.status_code == 200, answer.text

    def create_scheduled(self, lines: str = DAILY, identifier: str = "hello", text: str = "") -> dict[str, Any]:
        """Store a flow with a schedule, and return the schedule's state as soon as there is one."""
        self.create(scheduled(lines, identifier, text))
        assert eventually(lambda: "plan" in self.all(identifier))
        return self.one(identifier)

    def all(self, identifier: str = "hello") -> dict[str, dict[str, Any]]:
        """Return the states of a flow's triggers by their ids."""
        answer = self.api.get(f"/triggers/team.a/{identifier}")
        assert answer.status_code == 200, answer.text
        return {each["triggerId"]: each for each in answer.json()["results"]}

    def one(self, identifier: str = "hello") -> dict[str, Any]:
        """Return the state of the schedule, which must have one."""
        return self.all(identifier)["plan"]

    def next_date(self, state: dict[str, Any]) -> str | None:
        """Return when a schedule is evaluated next."""
        return state.get("nextEvaluationDate" if self.is_2x else "nextExecutionDate")

    def place(self, **more: Any) -> dict[str, Any]:
        """Name the schedule as a body does, with more fields."""
        return {**PLACE, **({} if self.is_2x else {"tenantId": self.tenant}), **more}

    def switch(self, *, disabled: bool, **more: Any) -> httpx.Response:
        """Switch the schedule off or on; `more` is the body's, other names too."""
        path = "/triggers/set-disabled" if self.is_2x else "/triggers"
        return self.api.put(path, json=self.place(disabled=disabled, **more))

    def switch_off(self, identifier: str = "hello") -> None:
        """Switch the schedule off until it is: 2.0.0 loses a switch now and then, if the schedule fires meanwhile."""

        def is_off() -> bool:
            answer = self.switch(disabled=True, flowId=identifier)
            return answer.status_code == 200 and bool(self.one(identifier)["disabled"])

        assert eventually(is_off)

    def start_backfill(self, **times: str) -> httpx.Response:
        """Start a backfill of the schedule."""
        path = "/triggers/backfill/create" if self.is_2x else "/triggers"
        return self.api.put(path, json=self.place(backfill=times))

    def started(self, identifier: str = "hello") -> int:
        """Return how many executions of a flow there are."""
        return count_executions(self.api, identifier)

    def dates(self, identifier: str = "hello") -> list[str]:
        """Return for which dates the schedule of a flow has started executions, in their order, to the second."""
        query: dict[str, str | int] = {"filters[flowId][EQUALS]": identifier, "size": 100}
        found = self.api.get("/executions/search", params=query).json()["results"]
        return sorted(each["trigger"]["variables"]["date"][: len("2026-01-01T00:00:00")] for each in found)

    def last_date(self, identifier: str = "hello") -> str:
        """Return the last of these dates, which is empty if there is none."""
        return max(self.dates(identifier), default="")

    def changed(self, answer: httpx.Response) -> int:
        """Return how many triggers a change of many is for."""
        assert answer.status_code == (202 if self.is_2x else 200), answer.text
        count: int = answer.json()["totalItems" if self.is_2x else "count"]
        return count
