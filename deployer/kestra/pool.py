"""The httpx client behind a connection, made from the settings: who we are, whom we trust, by which way."""

from __future__ import annotations

import httpx

from deployer import __version__
from deployer.errors import UsageError
from deployer.kestra.bounds import ENCODINGS, Transport
from deployer.kestra.way import Proxy, trust, unusable
from deployer.settings import Settings

CONNECT = 10.0  # seconds; a server that is there accepts at once

_FEWEST = 20  # connections; followers hold one each, and whoever they wait for needs another


def pool(settings: Settings, way: Proxy | None) -> httpx.Client:
    """Return a client with the settings' credentials, trust and headers, by way of a proxy.

    Raises UsageError for unusable ones.
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
                f"the header {name} holds a character that no header can", hint="look for a stray line end"
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
        message = f"the proxy is one of SOCKS ({way.named_by if way else ''}), which needs a library"
        raise UsageError(message, hint="pip install 'httpx[socks]'") from error
