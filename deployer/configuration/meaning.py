"""What is wrong with a configuration, and a schema cannot say. Pure; the data may be anything.

Secrets are refused: the file is kept in a repository, where a secret stays in the history forever, and a warning would
scroll by in a log.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from deployer.configuration.sentences import Mistake, misplaced, mistake
from deployer.model.duration import is_wait, seconds
from deployer.model.plugin import FORMS, plugin
from deployer.model.problem import Route

_WAIT = re.compile(r"P[0-9DTHMS.]*[DHMS]\Z|[0-9.]+\Z")
"""What the schema's pattern lets through."""
_SECRET_HEADERS = ("authorization", "proxy-authorization", "cookie")
_INSTEAD = "set KESTRA_API_TOKEN, or KESTRA_USERNAME and KESTRA_PASSWORD, in the environment or in .env"
_ADDRESSES = {"host": _INSTEAD, "proxy": "set HTTPS_PROXY in the environment"}


def meaning(data: Mapping[str, Any], root: Path) -> Iterator[Mistake]:
    """Yield every mistake of meaning; relative paths count from `root`."""
    for name, instead in _ADDRESSES.items():
        if isinstance(address := data.get(name), str) and "@" in _authority(address):
            yield mistake((name,), "must be an address without credentials", f"remove them and {instead}")
    for header in _mapping(data.get("headers")):
        if str(header).strip().lower() in _SECRET_HEADERS:
            yield misplaced(("headers", header), _INSTEAD)
    if isinstance(data.get("kestra"), int):  # to a schema, 2 and 2.0 are the same number
        yield mistake(("kestra",), 'must be a Kestra version such as "1.3"')
    if data.get("ledger") is False:  # an unquoted `off` or `no`
        yield mistake(("ledger",), "must be a namespace, `file:PATH` or `none`", "did you mean `none`?")
    if isinstance(wait := data.get("wait"), str) and _WAIT.match(wait) and not is_wait(seconds(wait)):
        yield mistake(("wait",), "must be a number of seconds up to 86400, or a duration such as PT30S")
    yield from _plugins(_mapping(data.get("engine")).get("plugins"), root)
    yield from _unprintable(data)


def _authority(address: str) -> str:
    """Return the part of an address that may hold credentials."""
    after = address.partition("//")[2] or address
    return after.replace("?", "/").replace("#", "/").partition("/")[0]


def _mapping(value: Any) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}


def _plugins(value: Any, root: Path) -> Iterator[Mistake]:
    for number, text in enumerate(value if isinstance(value, list) else ()):
        if isinstance(text, str) and text.strip():
            try:
                plugin(text, root)
            except ValueError as error:
                yield Mistake(("engine", "plugins", number), f"`engine.plugins[{number}]`: {error}", f"use {FORMS}")


def _unprintable(data: Mapping[str, Any]) -> Iterator[Mistake]:
    """Yield the strings that no request and no file could hold: half a character."""
    todo: list[tuple[Route, Any]] = [((), data)]
    while todo:
        route, value = todo.pop()
        if isinstance(value, Mapping):
            todo += (((*route, key), each) for key, each in value.items())
        elif isinstance(value, list):
            todo += (((*route, number), each) for number, each in enumerate(value))
        elif isinstance(value, str) and any("\ud800" <= one <= "\udfff" for one in value):
            yield mistake(route, "must be UTF-8 text")
