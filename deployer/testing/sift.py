"""What of an execution may be written into a file: no secret, nothing big, no address of a stored file. Pure.

A secret is what `model/secret.py` takes for one by its name or its shape, what Kestra keeps encrypted, and what holds
a text that was found to be one in the same execution, or a credential of ours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from deployer.model.secret import ENCRYPTED, is_name, places
from deployer.testing.draft import PLACEHOLDER, Making

BIGGEST = 4096
"""Bytes of a value, as JSON, that is written."""
_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"})
_STORED = re.compile(r"kestra://.*/(?P<name>[^/]+)")
_SHORTEST = 6  # characters of a secret that is looked for in other values

OMITTED: Any = object()
"""What becomes of a value that nothing needs."""


@dataclass(frozen=True, slots=True)
class Sieve:
    """Leaves out what may not be written. `hides` is whether a text holds a credential; `secrets` are those found."""

    making: Making
    hides: Callable[[str], bool]
    secrets: frozenset[str] = frozenset()
    files: bool = True  # an expression can stand for a file
    left: set[str] = field(default_factory=set)
    """The paths that a placeholder stands at."""

    def value(self, value: Any, path: str, needed: Callable[[str], bool]) -> Any:
        """Return what of a value may be written; a placeholder where it is needed, else OMITTED."""
        if reason := self._reason(value, path):
            return self._left_out(value, path, needed, reason)
        if isinstance(value, str) and (stored := _STORED.fullmatch(value)):
            if not self.files or not needed(path):
                return self._left_out(value, path, needed, "it is a file")
            self.left.add(path)
            return self.making.file(stored["name"], f"`{path}`")
        if isinstance(value, Mapping):
            kept = ((str(name), self.value(each, f"{path}.{name}", needed)) for name, each in value.items())
            made: Any = {name: each for name, each in kept if each is not OMITTED}
        elif isinstance(value, list):
            made = [each for each in (self.value(one, path, needed) for one in value) if each is not OMITTED]
        else:
            made = value
        size = len(json.dumps(made, default=str, ensure_ascii=False).encode(errors="replace"))
        return self._left_out(value, path, needed, f"it has {size} bytes") if size > BIGGEST else made

    def reason(self, value: Any, path: str) -> str:
        """Return why no part of a value may be written, empty where the sieve keeps all of it."""
        before = len(self.making.notes)
        changed = self.value(value, path, lambda _: False) is OMITTED
        reasons = self.making.notes[before:]
        del self.making.notes[before:]
        return reasons[0].partition(": ")[2] if reasons else "it is a file" if changed else ""

    def _left_out(self, value: Any, path: str, needed: Callable[[str], bool], reason: str) -> Any:
        self.making.note(f"`{path}` is left out: {reason}")
        if not needed(path):
            return OMITTED
        self.left.add(path)
        made = _placeholder(value)
        too_much = isinstance(made, str) and (len(made) > BIGGEST or self.is_secret(made.replace(PLACEHOLDER, "")))
        return PLACEHOLDER if too_much else made

    def _reason(self, value: Any, path: str) -> str:
        name = path.rpartition(".")[2]
        if value not in (None, "", True, False) and (_is_secret_name(name) or _is_encrypted(value)):
            return "it is a secret"
        return "it holds a secret" if isinstance(value, str) and self.is_secret(value) else ""

    def is_secret(self, text: str) -> bool:
        """Whether a text holds a secret."""
        return bool(places(text)) or self.hides(text) or any(secret in text for secret in self.secrets)


def secrets_in(values: Iterable[Any]) -> frozenset[str]:
    """Return the texts that are secrets by their names, wherever they are in these values."""
    return frozenset(text for value in values for text in _named(value, secret=False) if len(text) >= _SHORTEST)


def _named(value: Any, *, secret: bool) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _named(each, secret=secret or _is_secret_name(str(name)))
    elif isinstance(value, list):
        for each in value:
            yield from _named(each, secret=secret)
    elif isinstance(value, str) and secret:
        yield value


def _is_secret_name(name: str) -> bool:
    return is_name(name) or name.lower() in _HEADERS


def _is_encrypted(value: Any) -> bool:
    return isinstance(value, Mapping) and value.get("type") == ENCRYPTED


def _placeholder(value: Any) -> Any:
    """Return a value of the same kind that says nothing."""
    if isinstance(value, Mapping) and not _is_encrypted(value):
        return {}
    if isinstance(value, list):
        return []
    if isinstance(value, str):
        with suppress(ValueError, RecursionError):
            found = json.loads(value)
            return json.dumps(_emptied(found)) if isinstance(found, Mapping | list) else PLACEHOLDER
    return 0 if isinstance(value, int | float) else PLACEHOLDER


def _emptied(value: Any) -> Any:
    """Return a value of the same shape that says nothing: expressions that read JSON can be rendered."""
    if isinstance(value, Mapping):
        return {name: _emptied(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_emptied(each) for each in value]
    return value if value is None or isinstance(value, bool) else 0 if isinstance(value, int | float) else PLACEHOLDER
