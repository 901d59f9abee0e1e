"""Asking an engine what a genuine server was asked, in the recorded order."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx
from fidelity.compared import Difference, Names, differences
from fidelity.recorded import Answer, Exchange, parsed

ONCE = {
    "109-execution-kill": "RUNNING",
    "255-kill-no-cascade": "RUNNING",
    "28-kill-success": "SUCCESS",
    "256-kill-no-cascade-finished": "KILLED",
}
"""State of execution and first task run that was waited for before the exchange, which the recording does not show."""

GLOBAL = ("/configs", "/plugins")
"""Paths that 1.x has outside of the tenants."""

_LONGEST = 15.0  # seconds until what is still different counts as different
_BOUNDARY = "----recorded"


@dataclass(frozen=True, slots=True)
class Replayed:
    """One exchange, what the engine answered, and how that differs."""

    exchange: Exchange
    served: Answer
    differences: list[Difference]


class Replay:
    """A run through the recording, in a new tenant of an engine; it knows what the recorded things are called here."""

    def __init__(self, client: httpx.Client, tenant: str, explained: Callable[[str, Difference], bool]) -> None:
        self._client = client
        self._tenant = tenant
        self._explained = explained
        self._names = Names()

    def run(self, exchange: Exchange) -> Replayed:
        """Ask, and ask again for a while where reading what executions do may come too early."""
        if exchange.name in ONCE:
            self._await(exchange, ONCE[exchange.name])
        reads_runs = exchange.method == "GET" and exchange.path.startswith(("/executions", "/logs"))
        deadline = time.monotonic() + (_LONGEST if reads_runs else 0)
        while True:
            names = self._names.copy()
            served = self._served(exchange)
            found = differences(exchange.answer, served, names)
            if all(self._explained(exchange.name, each) for each in found) or time.monotonic() >= deadline:
                self._names = names
                return Replayed(exchange, served, found)
            time.sleep(0.1)

    def _served(self, exchange: Exchange) -> Answer:
        answer = self._client.send(self._request(exchange))
        text = answer.text.replace(f"/api/v1/{self._tenant}/", "/api/v1/")
        return Answer(answer.status_code, answer.headers.get("content-type", ""), parsed(text))

    def _request(self, exchange: Exchange) -> httpx.Request:
        path, headers = self._names.carried(exchange.path), {"content-type": exchange.content_type}
        path = f"/api/v1{path}" if path.startswith(GLOBAL) else f"/api/v1/{self._tenant}{path}"
        if exchange.inputs:
            parts = {name: (None, value) for name, value in exchange.inputs.items()}
            return self._client.build_request(exchange.method, path, files=parts)
        if "multipart" in exchange.name:
            headers["content-type"] = f"multipart/form-data; boundary={_BOUNDARY}"
        content = self._names.carried(exchange.body.decode("latin-1")).encode("latin-1")
        request = self._client.build_request(exchange.method, path, content=content or None, headers=headers)
        if not headers["content-type"]:
            del request.headers["content-type"]
        return request

    def _await(self, exchange: Exchange, state: str) -> None:
        """Return when the exchange's execution and its first task run have reached a state."""
        path = f"/api/v1/{self._tenant}" + self._names.carried(exchange.path).split("/kill")[0]
        deadline = time.monotonic() + _LONGEST
        while time.monotonic() < deadline:
            execution = self._client.get(path).json()
            reached = [each["state"]["current"] for each in (execution, *execution.get("taskRunList", [])[:1])]
            if reached == [state, state]:
                return
            time.sleep(0.1)
        raise TimeoutError(f"{exchange.name}: the execution did not become {state}")
