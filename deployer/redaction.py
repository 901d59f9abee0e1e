"""The one place where secrets are taken out of what is shown: whole texts, before they are cut, in every spelling.

A server or a proxy may quote what it was sent: as it is, in JSON, in an address, in a web page, as Python shows it.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from urllib.parse import quote, quote_plus, unquote, urlsplit

from deployer.settings import ENVIRONMENT, Settings

MASK = "***"
_SHORT = 4  # characters; a shorter secret is only found where it stands alone, as it is part of many words

_SECRET = re.compile(r"auth|token|secret|key|cookie|password|credential|signature", re.IGNORECASE)
_LONG = 16  # characters of a header's value that is taken for a secret whatever the header is called

Redact = Callable[[str], str]


def redactor(secrets: Iterable[str]) -> Redact:
    """Return what takes these secrets out of a text."""
    spelled = {spelling for secret in secrets if secret for spelling in _spellings(secret)}
    if not spelled:
        return lambda text: text
    longest_first = sorted(spelled, key=lambda each: (-len(each), each))
    pattern = re.compile("|".join(_sought(each) for each in longest_first))
    return lambda text: pattern.sub(MASK, text)


_also: ContextVar[Redact] = ContextVar("also", default=str)


@contextmanager
def hiding(secrets: Iterable[str]) -> Iterator[None]:
    """Take these secrets out of whatever a server answers to this thread in the block, before it is cut."""
    token = _also.set(redactor(secrets))
    try:
        yield
    finally:
        _also.reset(token)


def also_hidden(text: str) -> str:
    """Return a text without what is hidden for the while."""
    return _also.get()(text)


def _sought(spelling: str) -> str:
    sought = re.escape(spelling)
    return rf"(?<![^\W_]){sought}(?![^\W_])" if len(spelling) < _SHORT else sought


def _spellings(secret: str) -> Iterator[str]:
    """Yield how a secret may be written. Of Base64 also what it looks like inside of a longer text."""
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


def secrets(settings: Settings, proxy: str = "") -> list[str]:
    """Return what of these settings, and of a proxy's address, must not be seen in any message."""
    basic = base64.b64encode(f"{settings.username}:{settings.password}".encode()).decode()
    of_proxy = urlsplit(proxy or settings.proxy).password or ""
    headers = [value for name, value in settings.headers.items() if _SECRET.search(name) or len(value) >= _LONG]
    found = [settings.password, settings.api_token, of_proxy, unquote(of_proxy), *headers]
    return [secret for secret in (*found, basic if settings.password else "") if secret]


def credentials(*variables: Mapping[str, str]) -> list[str]:
    """Return the credentials that variables hold, whether or not they are used."""
    names = [names[setting] for names in ENVIRONMENT for setting in ("api_token", "password")]
    return [value.strip() for each in variables for name in names if (value := each.get(name, ""))]
