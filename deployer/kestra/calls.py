"""What the groups of endpoints share: the connection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from deployer.kestra.connection import Connection
from deployer.kestra.operations import Operation

_T = TypeVar("_T")


class Calls:
    """A group of endpoints. Methods are named as in Kestra's own Python SDK, if it has them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def _ask(self, operation: Operation, read: Callable[[object], _T], *names: str, **parts: Any) -> _T:
        return self._connection.ask(operation, read, *names, **parts)
