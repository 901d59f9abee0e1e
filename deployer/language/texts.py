"""The texts of a flow, wherever they stand, for checks that look at what is written and not at what it is for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deployer.model.problem import Route


def texts(data: Any) -> Iterator[tuple[Route, str]]:
    """Yield every text with its route, in no particular order; of keys those that may hold an expression."""
    todo: list[tuple[Route, Any]] = [((), data)]
    while todo:
        route, value = todo.pop()
        if isinstance(value, str):
            yield route, value
        elif isinstance(value, dict):
            todo += [((*route, key), one) for key, one in value.items()]
            todo += [((*route, key), key) for key in value if isinstance(key, str) and "{" in key]
        elif isinstance(value, list):
            todo += [((*route, at), one) for at, one in enumerate(value)]
