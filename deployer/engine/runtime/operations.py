"""Kestra 2.x's operations: requests to the executor, each with an id, and its reports that they are done.

Kestra's own code for waiting is not used, as it misses reports (see `broadcasts`): the executor writes them in the
transaction of a whole page of commands. Of labels set while executions were killed, one in twenty was stored, but
answered with 504 after half a minute (2.0.0). Here every query starts from where the wait began.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import nullcontext, suppress
from typing import Any

import jpype

from deployer.engine.jvm.context import CORE, Kestra
from deployer.engine.runtime import broadcasts
from deployer.engine.runtime.executions import Change

_GATEWAY_TIMEOUT = "Operation timed out waiting for state transition"
_SECONDS_BETWEEN_LOOKS = 0.01  # as often as the executor looks for commands


class Operations:
    """Sends requests and waits; `reports` is Kestra's broadcast queue of AsyncOperationProcessedEvent."""

    def __init__(self, kestra: Kestra, reports: Any) -> None:
        self._kestra = kestra
        self._queue = str(reports.queueName())
        self._client = kestra.bean("io.kestra.queue.jdbc.client.JdbcQueueClient")

    def new(self) -> str:
        """Return an id for an operation."""
        return str(self._kestra.java(CORE + "utils.IdUtils").create())

    def carry_out(self, change: Change, operation: str) -> str | None:
        """Send a change and return why it failed, None if it did not; TimeoutError after Kestra's own limit."""
        limit = self._kestra.bean(CORE + "async.AsyncOperationsConfiguration").waitTimeout().toMillis() / 1000
        with broadcasts.KILL if change.broadcast else nullcontext():
            before = self._client.fetchMaxOffset(self._queue)
            change.emit(operation)
            deadline = time.monotonic() + limit
            while time.monotonic() < deadline:
                for report in self._reports_after(before):
                    if (report["operationId"], report["itemId"]) == (operation, str(change.execution)):
                        return str(report.get("error")) if report["outcome"] == "FAILED" else None
                time.sleep(_SECONDS_BETWEEN_LOOKS)
        raise TimeoutError

    def await_done(self, change: Change, operation: str) -> str | None:
        """Carry out a change likewise, with what Kestra throws when it takes too long: a status of 504."""
        try:
            return self.carry_out(change, operation)
        except TimeoutError:
            timeout = self._kestra.java("io.micronaut.http.HttpStatus").GATEWAY_TIMEOUT
            late = self._kestra.java("io.micronaut.http.exceptions.HttpStatusException")
            raise late(timeout, _GATEWAY_TIMEOUT) from None

    def start(self, changes: Iterable[Change], operation: str) -> int:
        """Send all changes with one id and return their number; only broadcasts are awaited."""
        prepared = list(changes)
        for change in prepared:
            if change.broadcast:
                with suppress(TimeoutError):
                    self.carry_out(change, operation)
            else:
                change.emit(operation)
        return len(prepared)

    def _reports_after(self, number: Any) -> Iterator[dict[str, Any]]:
        """Yield every stored report with a higher number, page by page."""
        page: list[dict[str, Any]] = []
        accept = {"accept": lambda texts: page.extend(map(_parse_report, texts))}
        take = jpype.JProxy("java.util.function.Consumer", dict=accept)
        while True:
            number = self._client.subscribeBroadcastBatch(self._queue, number, take).getRight()
            if not page:
                return
            yield from page
            page.clear()


def _parse_report(text: Any) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(bytes(text))
    return report
