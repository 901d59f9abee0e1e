"""The one place where secrets are removed from output: from whole texts, before they are cut, in every spelling.

A server or a proxy may quote what it was sent: unchanged, in JSON, in a URL, in a web page, or as Python prints it.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from urllib.parse import quote, quote_plus

MASK = "***"
_SHORT = 4  # characters; a shorter secret is only removed as a whole word, as many words contain it

Redact = Callable[[str], str]


def redactor(secrets: Iterable[str]) -> Redact:
    """Return a function that removes these secrets from a text."""
    spelled = {spelling for secret in secrets if secret for spelling in _spellings(secret)}
    if not spelled:
        return lambda text: text
    longest_first = sorted(spelled, key=lambda each: (-len(each), each))
    pattern = re.compile("|".join(_pattern(each) for each in longest_first))
    return lambda text: pattern.sub(MASK, text)


_also: ContextVar[Redact] = ContextVar("also", default=str)


@contextmanager
def hiding(secrets: Iterable[str]) -> Iterator[None]:
    """Remove these secrets from every answer that this thread gets in the block, before it is cut."""
    token = _also.set(redactor(secrets))
    try:
        yield
    finally:
        _also.reset(token)


def also_hidden(text: str) -> str:
    """Return a text without the secrets of the enclosing `hiding`."""
    return _also.get()(text)


def _pattern(spelling: str) -> str:
    sought = re.escape(spelling)
    return rf"(?<![^\W_]){sought}(?![^\W_])" if len(spelling) < _SHORT else sought


def _spellings(secret: str) -> Iterator[str]:
    """Yield the spellings of a secret; in Base64 also as part of a longer text."""
    yield secret
    yield repr(secret)[1:-1]
    yield secret.encode("unicode_escape").decode()
    yield quote(secret, safe="", errors="surrogateescape")
    yield quote(secret, errors="surrogateescape")
    yield quote_plus(secret, errors="surrogateescape")
    yield html.escape(secret)
    yield html.escape(secret, quote=False)
    for ascii_only in (True, False):
        yield json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        yield json.dumps(json.dumps(secret, ensure_ascii=ascii_only))[3:-3]
    if len(secret) >= _SHORT:
        data = secret.encode("utf-8", "surrogateescape")
        yield base64.b64encode(data).decode().rstrip("=")
        yield base64.urlsafe_b64encode(data).decode().rstrip("=")
