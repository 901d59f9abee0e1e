"""Through which proxy a server is reached, and which certificates are trusted, by settings and environment.

Only variables that matter for this connection are read; errors name the variable that is not usable.
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from deployer.errors import UsageError
from deployer.settings import Settings

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PROXIES = ("http", "https", "socks5", "socks5h")
_HOST = re.compile(r"[\w.:-]+")
_PORT = re.compile(r":\d+/?$")
_HASHED = re.compile(r"[0-9a-f]{8}\.\d+")
"""The file names that OpenSSL looks for in a folder of certificates."""
_PEM = "it must be a readable PEM file"


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy, and where it is set: a variable or the configuration file. `url` may contain credentials."""

    url: str
    named_by: str

    @property
    def place(self) -> str:
        """Its address, without credentials."""
        return urlsplit(self.url).netloc.rpartition("@")[2] or self.url.rpartition("@")[2]


def proxy(settings: Settings) -> Proxy | None:
    """Return the proxy for the host, None if there is none. There is none for this machine itself.

    The one in the settings takes precedence over HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY.
    """
    if settings.proxy:
        return _validate(Proxy(settings.proxy, "`proxy` in kestra-deployer.yaml"))
    host = urlsplit(settings.host)
    if host.hostname in _LOOPBACK or proxy_bypass(host.netloc.rpartition("@")[2]):
        return None
    named = getproxies()
    for kind in (host.scheme, "all"):
        if url := named.get(kind, "").strip():
            variable = f"{kind}_proxy" if os.environ.get(f"{kind}_proxy") else f"{kind}_proxy".upper()
            with_port = _PORT.search(url) and "://" not in url  # a common way to write them
            return _validate(Proxy(f"http://{url}" if with_port else url, variable))
    return None


def _validate(way: Proxy) -> Proxy:
    """Return the proxy. Raises UsageError if its address is not valid."""
    try:
        url = urlsplit(way.url)
        if url.scheme.lower() in _PROXIES and _HOST.fullmatch(url.hostname or "") and url.port != 0:
            return way
    except ValueError:  # the port is not valid
        pass
    raise unusable(way)


def unusable(way: Proxy) -> UsageError:
    """Return the error for an invalid proxy address, which is not shown, as it may contain credentials."""
    return UsageError(
        f"the address of the proxy is not valid ({way.named_by})", hint="write it as http://proxy.example.com:3128"
    )


def trust(settings: Settings, way: Proxy | None) -> ssl.SSLContext:
    """Return the TLS context: the usual authorities (or SSL_CERT_FILE), and the CA and certificate of the settings.

    Without TLS the variables are not read. Raises UsageError for a file that is not usable.
    """
    secure = settings.host.startswith("https:") or (way is not None and way.url.lower().startswith("https:"))
    context = _usual() if secure and settings.verify else httpx.create_ssl_context(verify=False, trust_env=False)
    if settings.ca_file:
        _load(f"CA file {settings.ca_file}", lambda: context.load_verify_locations(settings.ca_file), _PEM)
    if settings.client_cert:
        cert, key = settings.client_cert, settings.client_key
        hint = f"{_PEM}; a client key must match its certificate, and have no passphrase"
        _load(f"client certificate {cert}", lambda: context.load_cert_chain(cert, key, password=_no_prompt), hint)
    return context


def _usual() -> ssl.SSLContext:
    """Return a context that trusts the certificates set in the environment, else the usual ones."""
    file, folders, keys = (os.environ.get(name) for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"))
    if keys:
        _load(f"file {keys} of SSLKEYLOGFILE", lambda: open(keys, "ab").close(), "unset it")  # noqa: PTH123
    found: list[ssl.SSLContext] = []
    if file:
        what = f"file {file} of SSL_CERT_FILE"
        _load(what, lambda: found.append(ssl.create_default_context(cafile=file)), f"{_PEM}, or unset it")
    elif folders:
        what = f"folder {folders} of SSL_CERT_DIR"
        hint = "it must contain certificates with names as from `openssl rehash`; else unset it"
        _load(what, lambda: found.append(_of_folders(folders)), hint)
    return found[0] if found else httpx.create_ssl_context(trust_env=False)


def _of_folders(folders: str) -> ssl.SSLContext:
    """Return a context that trusts the certificates in folders. OpenSSL itself would accept empty ones."""
    for folder in filter(None, folders.split(os.pathsep)):
        if Path(folder).is_dir() and any(_HASHED.fullmatch(each) for each in os.listdir(folder)):  # noqa: PTH208
            return ssl.create_default_context(capath=folders)
    raise ValueError("it has no certificates")


def _load(what: str, load: Callable[[], None], hint: str) -> None:
    try:
        load()
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise UsageError(f"the {what} cannot be used: {error}", hint=hint) from error


def _no_prompt() -> str:
    """Prevent OpenSSL from asking the terminal for a passphrase."""
    return ""
