"""Logs of executions."""

from __future__ import annotations

from deployer.kestra.answers import LogEntry, items
from deployer.kestra.calls import Calls
from deployer.kestra.operations import LOGS
from deployer.model.version import Dialect

_FROM_LEVEL_2X = "filters[level][GREATER_THAN_OR_EQUAL_TO]"  # EQUALS is refused with 400 (tested on the 2.0.0 engine)


class LogCalls(Calls):
    """The endpoints under `logs`."""

    def list_logs_from_execution(self, execution_id: str, *, min_level: str | None = None) -> list[LogEntry]:
        """Return an execution's log, the oldest entry first; from `min_level` up (TRACE, DEBUG, INFO, WARN, ERROR)."""
        name = "minLevel" if self._connection.server().dialect is Dialect.V1 else _FROM_LEVEL_2X
        params = {name: min_level} if min_level else {}
        return list(self._ask(LOGS, lambda data: items(data, LogEntry.read), execution_id, params=params))
