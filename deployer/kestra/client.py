"""The client of one tenant of one Kestra server: everything the stages ask of it goes through here."""

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
from deployer.settings import Settings


class KestraClient(FlowCalls, ExecutionCalls, LogCalls, KeyValueCalls, SchemaCalls, PeopleCalls):
    """All endpoints, on one pool of connections. A context manager; threads may share it.

    Raises UsageError at once where the settings cannot make a connection, KestraError where a request fails. `sleep`
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
        """The tenant that every call is about."""
        return self._connection.tenant

    def server(self) -> ServerInfo:
        """What the server is; asked once. Raises KestraError for what is no Kestra, or one that is too old."""
        return self._connection.server()

    @property
    def known(self) -> ServerInfo | None:
        """What the server is, where it has been asked already."""
        return self._connection.known

    def watched(self) -> Traffic:
        """Return what notes every answer from now on."""
        return self._connection.watched()

    def close(self) -> None:
        """Close all connections."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
