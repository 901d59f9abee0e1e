"""The httpx client behind a connection, created from the settings: credentials, trust and proxy."""

from __future__ import annotations

import httpx

from deployer import __version__
from deployer.errors import UsageError
from deployer.kestra.bounds import ENCODINGS, Transport
from deployer.kestra.way import Proxy, trust, unusable
from deployer.settings import Settings

CONNECT = 10.0  # seconds; a running server accepts at once

_FEWEST = 20  # connections; each follower holds one, and the request it waits for needs another


def pool(settings: Settings, way: Proxy | None) -> httpx.Client:
    """Return a client with the settings' credentials, trust and headers, through a proxy.

    Raises UsageError if they are not usable.
    """
    headers = {"User-Agent": f"kestra-deployer/{__version__}", "Accept-Encoding": ", ".join(ENCODINGS)}
    headers |= settings.headers
    auth = None
    if settings.api_token:
        headers["Authorization"] = f"Bearer {settings.api_token}"
    elif settings.username:
        auth = httpx.BasicAuth(settings.username, settings.password)
    for name, value in headers.items():
        if not (name + value).isascii() or not (name + value).isprintable():
            raise UsageError(
                f"the header {name} contains a character that is not allowed in headers",
                hint="look for a stray line break",
            )
    try:
        transport = Transport(
            verify=trust(settings, way),
            proxy=way.url if way else None,
            trust_env=False,
            limits=httpx.Limits(max_connections=max(_FEWEST, 2 * settings.concurrency)),
        )
        return httpx.Client(
            headers=headers,
            auth=auth,
            transport=transport,
            trust_env=False,
            timeout=httpx.Timeout(settings.timeout, connect=min(CONNECT, settings.timeout), pool=None),
        )
    except (ValueError, httpx.InvalidURL) as error:
        raise (unusable(way) if way else error) from error
    except ImportError as error:
        message = f"the SOCKS proxy ({way.named_by if way else ''}) needs a library"
        raise UsageError(message, hint="pip install 'httpx[socks]'") from error
