"""Everything a run needs to know, from the most particular source to the least.

Flags > `KESTRA_*` > `KESTRACTL_*` > the same names in `.env` > `kestra-deployer.yaml` > defaults. An empty value counts
as not given. What the configuration file may hold is in `configuration.py`; nothing here touches the network.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from deployer import configuration
from deployer.errors import UsageError
from deployer.lookalikes import unread
from deployer.model.plugin import Plugin
from deployer.model.resource import SYSTEM
from deployer.model.version import NAMES

ENVIRONMENT = (
    {
        "host": "KESTRA_HOST",
        "tenant": "KESTRA_TENANT",
        "api_token": "KESTRA_API_TOKEN",
        "username": "KESTRA_USERNAME",
        "password": "KESTRA_PASSWORD",
    },
    {
        "host": "KESTRACTL_HOST",
        "tenant": "KESTRACTL_TENANT",
        "api_token": "KESTRACTL_TOKEN",
        "username": "KESTRACTL_USERNAME",
        "password": "KESTRACTL_PASSWORD",
    },
)
"""Which variable gives which setting: first ours, then those of Kestra's own kestractl."""

_COPIED_ALONG = re.compile(r"/(ui|api/v1)(/.*)?$")
_SECRET = re.compile(r"auth|token|secret|key|cookie|password|credential|signature", re.IGNORECASE)
_LONG = 16  # characters of a header's value that is taken for a secret whatever the header is called


class Origin(IntEnum):
    """Who says a setting: the user, by a flag or a variable; a `.env`; the configuration that lies with the flows."""

    USER = 0
    DOTENV = 1
    CHECKOUT = 2


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run has to know. `repr` shows no secret; `host` is "" where none was given (see `require_host`)."""

    host: str = ""  # http(s)://name[:port][/prefix], without credentials and without a slash at the end
    tenant: str = "main"
    username: str = ""
    password: str = field(default="", repr=False)
    api_token: str = field(default="", repr=False)
    kestra: str | None = None  # the version to treat the server as; None: what the server says it is
    timeout: float = 30.0  # seconds to wait for an answer
    ca_file: Path | None = None  # trusted besides the usual authorities
    client_cert: Path | None = None
    client_key: Path | None = None  # None: the key is in the certificate's file
    verify: bool = True
    proxy: str = field(default="", repr=False)  # may hold credentials
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  # sent with every request
    attempts: int = 20  # how often a request that may be repeated is sent at most
    retry_seconds: float = 60.0  # no attempt after the first begins later than this
    concurrency: int = 4
    wait: float = 30.0  # seconds that a deploy may take to become healthy
    ignore: tuple[str, ...] = ()  # gitignore patterns, from the project's root
    checks: Mapping[str, Any] = field(default_factory=dict)  # which checks count as what: see check/levels.py
    plugin_defaults: Mapping[str, Any] = field(default_factory=dict)  # by namespace: what a server adds to flows
    smoke_tests: bool = True  # whether smoke tests may run on the configured server
    test_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    test_key_values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)  # by namespace
    plugins: tuple[Plugin, ...] = ()  # of the embedded engine
    plugin_types: Path | None = None  # the file that `schema pull` writes; None: in the root, under its usual name
    project: str = ""  # the name that owns these flows in the ledger; "": what the git origin is called
    ledger: str = SYSTEM  # the namespace that keeps it, `file:PATH` (from the root), or `none`
    protected: tuple[str, ...] = (SYSTEM,)  # namespaces in which nothing is deleted
    origins: Mapping[str, Origin] = field(default_factory=dict, repr=False, compare=False)  # of what was given
    unread: Mapping[str, str] = field(
        default_factory=dict, repr=False, compare=False
    )  # variable: which is read instead
    unused: tuple[str, ...] = field(default=(), repr=False, compare=False)  # where credentials of the other kind are

    def __post_init__(self) -> None:
        if self.username and not self.password and not self.api_token:
            raise UsageError(f"there is a username ({self.username}) but no password", hint="set KESTRA_PASSWORD")
        if self.password and not self.username and not self.api_token:
            raise UsageError("there is a password but no username", hint="set KESTRA_USERNAME")
        if self.client_key and not self.client_cert:
            raise UsageError("there is a client key but no client certificate", hint="give both, or neither")
        if not 0 < self.timeout < math.inf:
            raise UsageError("the timeout must be a number of seconds above 0", hint="correct --timeout")
        if self.kestra is not None and self.kestra not in NAMES:
            raise UsageError(f"{self.kestra!r} is not a Kestra version known here", hint=f"one of {', '.join(NAMES)}")

    def aimed_at(self, url: str) -> Settings:
        """Return these settings for an engine of our own, without what was meant for the configured server."""
        return replace(
            self, host=url, kestra=None, username="", password="", api_token="", proxy="", headers={},
            ca_file=None, client_cert=None, client_key=None, verify=True,
        )  # fmt: skip

    def anonymous(self) -> Settings:
        """Return these settings without credentials, for a question that everybody may ask."""
        return replace(self, username="", password="", api_token="", headers={}, client_cert=None, client_key=None)

    def require_host(self) -> str:
        """Return the host. Raises UsageError, with the ways to give one, where there is none."""
        ours = ENVIRONMENT[0]["host"]
        if not self.host and (lookalike := next((name for name, it in self.unread.items() if it == ours), "")):
            raise UsageError(
                f"no Kestra host is configured: {lookalike} is set, but not read",
                hint=f"call it {ours}; --embedded needs none",
            )
        if not self.host:
            raise UsageError(
                "no Kestra host is configured",
                hint="give --host, set KESTRA_HOST (.env is read too), or write `host:` into kestra-deployer.yaml; "
                "--embedded needs none",
            )
        return self.host


def resolve(
    flags: Mapping[str, Any],
    environ: Mapping[str, str],
    dotenv: Mapping[str, str],
    file: Mapping[str, Any],
    in_file: Callable[[str], str] = lambda name: f"`{name}` in {configuration.NAME}",
) -> Settings:
    """Return what these sources give together.

    `flags` has the names of `Settings`, and None for what was not given; `file` is what `configuration.settings`
    returned, and `in_file` says where one of its settings is. Of credentials, the first source that has any decides
    the kind: after an API token, usernames and passwords from further down are not used, after a username or a
    password, tokens are not; a half that is missing may come from further down. In one and the same source a token
    wins. Raises UsageError, which never shows a secret.
    """
    sources: list[_Source] = [(Origin.USER, lambda name: f"--{name}", flags)]
    for origin, where, variables in ((Origin.USER, "", environ), (Origin.DOTENV, " in .env", dotenv)):
        sources += [(origin, _variable(names, where), _named(variables, names)) for names in ENVIRONMENT]
    sources.append((Origin.CHECKOUT, in_file, file))
    merged: dict[str, Any] = {}
    origins: dict[str, Origin] = {}
    unused: list[str] = []
    for origin, place, source in sources:
        _readable(place, source)
        found = _with_plain_host(place("host"), source)
        given = _of_one_kind(found, merged)
        unused += [_place_of(name, place, source) for name in found if name not in given]
        origins = dict.fromkeys(given, origin) | origins
        merged = given | merged
    not_read = unread({**dotenv, **environ}, flags, ENVIRONMENT)
    return Settings(**merged, origins=origins, unread=not_read, unused=tuple(unused))


_Source = tuple[Origin, Callable[[str], str], Mapping[str, Any]]


def is_text(value: str) -> bool:
    """Whether a value can be sent: all of its bytes are text."""
    return not any("\ud800" <= one <= "\udfff" for one in value)


def _variable(names: Mapping[str, str], where: str) -> Callable[[str], str]:
    return lambda name: names[name] + where


def _readable(where: Callable[[str], str], source: Mapping[str, Any]) -> None:
    """Raise UsageError for a value with bytes that are not text: no request could hold it."""
    for name, value in source.items():
        if isinstance(value, str) and not is_text(value):
            raise UsageError(f"{where(name)} is not UTF-8 text", hint="check how it is set")


def _named(variables: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    return {name: variables[variable].strip() for name, variable in names.items() if variable in variables}


def _empty(value: object) -> bool:
    return isinstance(value, str) and not value.strip()


def _with_plain_host(where: str, source: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is given in a source, with credentials in its host moved to where credentials belong."""
    given = {name: value for name, value in source.items() if value is not None and not _empty(value)}
    if "host" in given:
        given["host"], userinfo = plain_host(given["host"], where)
        given = userinfo | given
    return given


def _place_of(name: str, place: Callable[[str], str], source: Mapping[str, Any]) -> str:
    """Return where a source has a credential: under its own name, or in the host."""
    in_host = source.get(name) is None or _empty(source[name])
    return f"the {name} in {place('host')}" if in_host else place(name)


def _of_one_kind(given: dict[str, Any], merged: Mapping[str, Any]) -> dict[str, Any]:
    """Return `given` without the credentials that must not be mixed with those already found."""
    basic = {"username", "password"}
    if "api_token" in merged:
        unwanted = basic
    elif basic & merged.keys():
        unwanted = {"api_token"}
    else:
        unwanted = basic if "api_token" in given else set()
    return {name: value for name, value in given.items() if name not in unwanted}


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


def plain(url: str) -> str:
    """Return an address without what may be secret in it: credentials, query and fragment."""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if parts.netloc else parts.path
    except ValueError:
        return "something that is not an address"


def plain_host(text: str, where: str) -> tuple[str, dict[str, str]]:
    """Return a host as requests need it, and the `username` and `password` that it held, if any.

    What was copied along from a browser or a script (`/ui/...`, `/api/v1`, a query) is left off; a path prefix stays.
    """
    shown = text.strip().rpartition("@")[2]
    if not text.strip().lower().startswith(("http://", "https://")):
        name = shown.rpartition("://")[2]
        raise UsageError(
            f"the Kestra host {shown!r} ({where}) does not begin with http:// or https://",
            hint=f"write http://{name}, or https://{name} where the server has TLS",
        )
    try:
        url = urlsplit(text.strip())
        named = bool(url.hostname) and (url.port or True)
    except ValueError:
        named = False
    if not named:
        raise UsageError(
            f"the Kestra host {shown!r} ({where}) is not an address", hint="write it as https://kestra.example.com:8080"
        )
    host = f"{url.scheme.lower()}://{url.netloc.rpartition('@')[2]}{_COPIED_ALONG.sub('', url.path).rstrip('/')}"
    userinfo = {"username": unquote(url.username or ""), "password": unquote(url.password or "")}
    return host, {name: value for name, value in userinfo.items() if value}
