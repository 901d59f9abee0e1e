"""Kestra 2.x's operations: something asked of the executor under an id, and its word that it has been done.

Kestra's own waiter is not used, as it misses words (see `broadcasts`): the executor gives them within the transaction
of a whole page of commands. Of labels that were set while executions were killed, one in twenty was there and answered
504 after half a minute (2.0.0). Here every look begins where the wait began.
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

_SECONDS_BETWEEN_LOOKS = 0.01  # the executor looks for commands as often


class Operations:
    """Asks and waits; `words` is Kestra's broadcast queue of its AsyncOperationProcessedEvent."""

    def __init__(self, kestra: Kestra, words: Any) -> None:
        self._kestra = kestra
        self._queue = str(words.queueName())
        self._client = kestra.bean("io.kestra.queue.jdbc.client.JdbcQueueClient")

    def new(self) -> str:
        """Return an id for an operation."""
        return str(self._kestra.java(CORE + "utils.IdUtils").create())

    def carry_out(self, change: Change, operation: str) -> str | None:
        """Ask, and return why it failed, None where it did not; TimeoutError after Kestra's own limit."""
        limit = self._kestra.bean(CORE + "async.AsyncOperationsConfiguration").waitTimeout().toMillis() / 1000
        with broadcasts.KILL if change.broadcast else nullcontext():
            before = self._client.fetchMaxOffset(self._queue)
            change.emit(operation)
            deadline = time.monotonic() + limit
            while time.monotonic() < deadline:
                for word in self._reports_after(before):
                    if (word["operationId"], word["itemId"]) == (operation, str(change.execution)):
                        return str(word.get("error")) if word["outcome"] == "FAILED" else None
                time.sleep(_SECONDS_BETWEEN_LOOKS)
        raise TimeoutError

    def start(self, changes: Iterable[Change], operation: str) -> int:
        """Ask for all of them under one id and return how many they are; only a broadcast is waited for."""
        prepared = list(changes)
        for change in prepared:
            if change.broadcast:
                with suppress(TimeoutError):
                    self.carry_out(change, operation)
            else:
                change.emit(operation)
        return len(prepared)

    def _reports_after(self, number: Any) -> Iterator[dict[str, Any]]:
        """Yield every word that is there now and has a higher number, page by page."""
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
    word: dict[str, Any] = json.loads(bytes(text))
    return word
