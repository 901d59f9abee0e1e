"""What is wrong with a configuration, and a schema cannot say. Pure; the data may be anything.

Secrets are refused: the file is kept in a repository, where a secret stays in the history forever, and a warning would
scroll by in a log.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from deployer.model.duration import is_wait, seconds
from deployer.model.plugin import FORMS, plugin
from deployer.model.problem import Route
from deployer.schemas.sentences import Mistake, dotted, meant, mistake, unknown_key

_WAIT = re.compile(r"P[0-9DTHMS.]*[DHMS]\Z|[0-9.]+\Z")
"""What the schema's pattern lets through."""
_SECRETS = {
    "username": "KESTRA_USERNAME",
    "password": "KESTRA_PASSWORD",
    "api_token": "KESTRA_API_TOKEN",
    "apitoken": "KESTRA_API_TOKEN",
    "token": "KESTRA_API_TOKEN",
}
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


def unknown(route: Route, known: Mapping[str, Any]) -> Mistake:
    """Return what is wrong with a key that there is not: a secret, one of another section, a check, or a slip."""
    above, key, name = route[:-1], str(route[-1]), dotted(route)
    if not above and (variable := _SECRETS.get(key.lower().replace("-", "_"))):
        return misplaced(route, f"set {variable} in the environment or in .env")
    nested = next((f"{section}.{key}" for section, each in known.items() if key in each.get("properties", ())), "")
    if not above and nested:
        return Mistake(route, f"unknown key `{name}`", f"did you mean `{nested}`?")
    if above == ("checks",):
        hint = meant(key, known, "checks.") or "`kestra-deployer explain` lists the checks; only those of files count"
        return Mistake(route, f"`{name}` is not a check of files", hint)
    return unknown_key(route, known)


def misplaced(route: Route, hint: str) -> Mistake:
    """Return the mistake of a secret in the file. It is not shown."""
    return mistake(route, "does not belong in a file that is kept in a repository", f"remove it and {hint}")


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
