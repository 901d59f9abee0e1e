"""The httpx client behind a connection, made from the settings: who we are, whom we trust, by which way."""

from __future__ import annotations

import base64
import ssl
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx

from deployer import __version__
from deployer.errors import UsageError
from deployer.settings import Settings

CONNECT = 10.0  # seconds; a server that is there accepts at once

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_FEWEST = 20  # connections; followers hold one each, and whoever they wait for needs another
_SHORTEST_SECRET = 4  # characters; anything shorter would blank out innocent words


def pool(settings: Settings) -> httpx.Client:
    """Return a client with the settings' credentials, trust, proxy and headers. Raises UsageError for unusable ones.

    Proxies from the environment (HTTPS_PROXY, NO_PROXY) count, except on the way to this very machine.
    """
    headers = {"User-Agent": f"kestra-deployer/{__version__}", **settings.headers}
    auth = None
    if settings.api_token:
        headers["Authorization"] = f"Bearer {settings.api_token}"
    elif settings.username:
        auth = httpx.BasicAuth(settings.username, settings.password)
    for name, value in headers.items():
        if not (name + value).isascii() or not (name + value).isprintable():
            raise UsageError(
                f"the header {name} holds a character that no header can", hint="look for a stray line end"
            )
    try:
        return httpx.Client(
            headers=headers,
            auth=auth,
            verify=_trust(settings),
            proxy=settings.proxy or None,
            trust_env=bool(settings.proxy) or urlsplit(settings.host).hostname not in _LOOPBACK,
            timeout=httpx.Timeout(settings.timeout, connect=min(CONNECT, settings.timeout), pool=None),
            limits=httpx.Limits(max_connections=max(_FEWEST, 2 * settings.concurrency)),
        )
    except (ValueError, httpx.InvalidURL) as error:  # of a proxy's address, which may hold credentials: not shown
        raise UsageError(
            "the proxy's address is not usable", hint="write it as http://proxy.example.com:3128"
        ) from error


def secrets(settings: Settings) -> list[str]:
    """Return what must not be seen in any message."""
    basic = base64.b64encode(f"{settings.username}:{settings.password}".encode()).decode()
    proxy = urlsplit(settings.proxy).password or ""
    found = [settings.password, settings.api_token, basic, proxy, unquote(proxy), *settings.headers.values()]
    return [secret for secret in found if len(secret) >= _SHORTEST_SECRET]


def _trust(settings: Settings) -> ssl.SSLContext:
    """Return whom we trust and who we are in TLS: the usual authorities (or SSL_CERT_FILE), and the settings' own."""
    context = httpx.create_ssl_context(verify=settings.verify)
    if settings.ca_file:
        _loaded("CA file", settings.ca_file, lambda: context.load_verify_locations(settings.ca_file))
    if settings.client_cert:
        cert, key = settings.client_cert, settings.client_key
        _loaded("client certificate", cert, lambda: context.load_cert_chain(cert, key, password=_no_prompt))
    return context


def _loaded(what: str, file: Path, load: Callable[[], None]) -> None:
    try:
        load()
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        hint = "it must be a readable PEM file; a client key must be its certificate's, without a passphrase"
        raise UsageError(f"the {what} {file} cannot be used: {error}", hint=hint) from error


def _no_prompt() -> str:
    """Answer for OpenSSL, which would otherwise ask the terminal for a passphrase and wait."""
    return ""
