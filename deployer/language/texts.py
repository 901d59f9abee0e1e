"""All strings and mappings of a flow, for those who look at what is written, whatever its purpose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from deployer.model.problem import Route


def texts(data: Any) -> Iterator[tuple[Route, str]]:
    """Yield every string with its route, in no particular order; of keys only those that may contain an expression."""
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


def mappings(data: Any) -> Iterator[Mapping[Any, Any]]:
    """Yield every mapping, however deep, in no particular order."""
    todo = [data]
    while todo:
        here = todo.pop()
        if isinstance(here, list):
            todo += here
        elif isinstance(here, Mapping):
            todo += here.values()
            yield here
