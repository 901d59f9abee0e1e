"""What `kestra-deployer.yaml` may hold, and which setting each of its keys gives. It is read and parsed elsewhere.

Secrets are refused there: the file lies in a repository, where a secret stays in the history for ever, and a warning
would scroll by in a log.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from deployer.errors import UsageError
from deployer.model.plugin import FORMS, Plugin, plugin
from deployer.model.version import NAMES

NAME = "kestra-deployer.yaml"
Where = Callable[[tuple[str, ...]], str]
"""Tells where in the file a key stands, given with the keys above it: `kestra-deployer.yaml:3:1`."""

_SECRETS = {
    "username": "KESTRA_USERNAME",
    "password": "KESTRA_PASSWORD",
    "api_token": "KESTRA_API_TOKEN",
    "api-token": "KESTRA_API_TOKEN",
    "token": "KESTRA_API_TOKEN",
}
_SECRET_HEADERS = ("authorization", "proxy-authorization", "cookie")


class _WrongError(Exception):
    """A value is not what its key holds; says what it would be."""


def settings(data: Mapping[str, Any], root: Path, where: Where = lambda _: NAME) -> dict[str, Any]:
    """Return the settings that the file's content gives, by the names of `Settings`; paths count from `root`.

    Raises UsageError that names the key, and says where it stands.
    """
    found: dict[str, Any] = {}
    for key, value in _flat(data, where):
        setting, read = _KEYS[key]
        if value is None or value == "":  # `host:` with nothing behind it: not given
            continue
        try:
            found[setting] = read(value)
        except _WrongError as error:
            place = where(tuple(key.split(".")))
            raise UsageError(f"{place}: `{key}` must be {error}", hint=f"correct `{key}`, or remove it") from None
    for setting in ("ca_file", "client_cert", "client_key", "plugin_types"):
        if setting in found:
            found[setting] = root / found[setting]
    if "plugins" in found:
        found["plugins"] = _plugins(found["plugins"], root, where)
    if "client_key" in found and "client_cert" not in found:
        message = f"{where(('tls', 'key'))}: there is a client key but no client certificate"
        raise UsageError(message, hint="give `tls.cert` as well, or neither")
    return found


def _plugins(texts: tuple[str, ...], root: Path, where: Where) -> tuple[Plugin, ...]:
    try:
        return tuple(plugin(text, root) for text in texts)
    except ValueError as error:
        place = where(("engine", "plugins"))
        raise UsageError(f"{place}: `engine.plugins`: {error}", hint=f"a plugin is {FORMS}") from error


def _flat(data: Mapping[str, Any], where: Where, section: str = "") -> list[tuple[str, Any]]:
    """Return the file's keys, those in a section as `tls.ca`, with their values. Raises UsageError for unknown ones."""
    pairs: list[tuple[str, Any]] = []
    for key, value in data.items():
        name = f"{section}{key}"
        place = where((*section.split(".")[:-1], str(key)))
        if name in _SECTIONS:
            if value not in (None, "") and not isinstance(value, Mapping):
                raise UsageError(f"{place}: `{name}` must be a mapping", hint=f"known there: {_known(f'{name}.')}")
            pairs += _flat(value or {}, where, f"{name}.")
        elif name in _KEYS:
            pairs.append((name, value))
        elif name in _SECRETS:
            raise UsageError(
                f"{place}: `{name}` does not belong into a file that is kept in a repository",
                hint=f"remove it and set {_SECRETS[name]} in the environment or in .env",
            )
        else:
            raise UsageError(f"{place}: unknown key `{name}`", hint=_nearest(name, section))
    return pairs


def _nearest(name: str, section: str) -> str:
    siblings = [key.removeprefix(section) for key in (*_KEYS, *_SECTIONS) if key.startswith(section)]
    near = get_close_matches(name.removeprefix(section), siblings, n=1)
    return f"did you mean `{section}{near[0]}`?" if near else f"known: {_known(section)}"


def _known(section: str) -> str:
    names = [name.removeprefix(section) for name in (*_KEYS, *_SECTIONS) if name.startswith(section)]
    return ", ".join(name for name in names if "." not in name)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _WrongError("a text")
    return value


def _url(value: object) -> str:
    text = _text(value)
    if "@" in urlsplit(text).netloc:
        raise _WrongError("an address without credentials (give those in the environment)")
    return text


def _version(value: object) -> str:
    """Return a version's name: YAML makes a number of an unquoted 1.3."""
    if isinstance(value, bool) or not isinstance(value, str | float):
        raise _WrongError('a Kestra version such as "1.3"')
    if str(value) not in NAMES:
        raise _WrongError(f"a Kestra version that is known here ({', '.join(NAMES)}), not {str(value)!r}")
    return str(value)


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise _WrongError("a number of seconds above 0")
    return float(value)


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise _WrongError("a whole number from 1")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise _WrongError("true or false")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _WrongError("a list of texts")
    return tuple(value)


def _headers(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping) or not all(isinstance(item, str) for pair in value.items() for item in pair):
        raise _WrongError("a mapping of texts to texts")
    for name in value:
        if name.lower() in _SECRET_HEADERS:
            raise _WrongError(f"without {name}, which is a secret (set KESTRA_API_TOKEN, or a username and password)")
    return dict(value)


def _mapping(value: object) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise _WrongError("a mapping")
    return dict(value)


def _defaults(value: object) -> dict[str, list[dict[str, Any]]]:
    """Return plugin defaults by namespace, as Kestra's own configuration writes them."""
    wanted = "a mapping of namespaces to lists of `type` and `values`"
    if not isinstance(value, Mapping):
        raise _WrongError(wanted)
    for entries in value.values():
        for entry in entries if isinstance(entries, list) else [None]:
            if not (isinstance(entry, Mapping) and isinstance(entry.get("type"), str)):
                raise _WrongError(wanted)
            if not isinstance(entry.get("values"), Mapping) or len(entry) != len(("type", "values")):
                raise _WrongError(wanted)
    return {str(namespace): list(entries) for namespace, entries in value.items()}


_KEYS: dict[str, tuple[str, Callable[[object], Any]]] = {
    "host": ("host", _url),
    "tenant": ("tenant", _text),
    "kestra": ("kestra", _version),
    "timeout": ("timeout", _seconds),
    "tls.ca": ("ca_file", _text),
    "tls.cert": ("client_cert", _text),
    "tls.key": ("client_key", _text),
    "tls.verify": ("verify", _flag),
    "proxy": ("proxy", _url),
    "headers": ("headers", _headers),
    "retry.attempts": ("attempts", _count),
    "retry.seconds": ("retry_seconds", _seconds),
    "concurrency": ("concurrency", _count),
    "ignore": ("ignore", _texts),
    "checks": ("checks", _mapping),
    "plugin-defaults": ("plugin_defaults", _defaults),
    "engine.plugins": ("plugins", _texts),
    "plugin-types": ("plugin_types", _text),
    "project": ("project", _text),
    "ledger": ("ledger", _text),
    "protected-namespaces": ("protected", _texts),
}
_SECTIONS = ("tls", "retry", "engine")
