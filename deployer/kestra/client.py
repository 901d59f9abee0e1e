"""The client of one tenant of one Kestra server: all requests of the stages go through it."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from deployer.kestra.connection import Connection
from deployer.kestra.dialect import ServerInfo
from deployer.kestra.executions import ExecutionCalls
from deployer.kestra.flows import FlowCalls
from deployer.kestra.key_values import KeyValueCalls
from deployer.kestra.logs import LogCalls
from deployer.kestra.people import PeopleCalls
from deployer.kestra.schemas import SchemaCalls
from deployer.kestra.traffic import Traffic
from deployer.kestra.triggers import TriggerCalls
from deployer.settings import Settings


class KestraClient(FlowCalls, TriggerCalls, ExecutionCalls, LogCalls, KeyValueCalls, SchemaCalls, PeopleCalls):
    """All endpoints, on one pool of connections. A context manager; threads may share it.

    Raises UsageError at once if no connection is possible with the settings, KestraError if a request fails. `sleep`
    waits between attempts, in seconds.
    """

    def __init__(self, settings: Settings, *, sleep: Callable[[float], None] = time.sleep) -> None:
        super().__init__(Connection(settings, sleep=sleep))

    @property
    def url(self) -> str:
        """The server's address, without credentials."""
        return self._connection.host

    @property
    def tenant(self) -> str:
        """The tenant of every call."""
        return self._connection.tenant

    def server(self) -> ServerInfo:
        """The server's version and edition; asked once. Raises KestraError if it is not Kestra, or too old."""
        return self._connection.server()

    @property
    def known(self) -> ServerInfo | None:
        """The server's version and edition, None if it was not asked yet."""
        return self._connection.known

    def watch(self) -> Traffic:
        """Return a recorder of all answers from now on."""
        return self._connection.watch()

    def close(self) -> None:
        """Close all connections."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
