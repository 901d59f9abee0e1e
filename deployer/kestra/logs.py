"""Logs of executions."""

from __future__ import annotations

from deployer.kestra.answers import LogEntry, items
from deployer.kestra.calls import Calls
from deployer.model.version import Dialect


class LogCalls(Calls):
    """The endpoints under `logs`."""

    def list_logs_from_execution(self, execution_id: str, *, min_level: str | None = None) -> list[LogEntry]:
        """Return an execution's log, the oldest entry first; from `min_level` up (TRACE, DEBUG, INFO, WARN, ERROR)."""
        name = "minLevel" if self._connection.server().dialect is Dialect.V1 else "filters[level][EQUALS]"
        params = {name: min_level} if min_level else {}
        return list(self._ask("GET", ["logs", execution_id], lambda data: items(data, LogEntry.read), params=params))
