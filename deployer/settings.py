"""Everything a run needs to know, from the most particular source to the least.

Flags > `KESTRA_*` > `KESTRACTL_*` > the same names in `.env` > `kestra-deployer.yaml` > defaults. An empty value counts
as not given. What the configuration file may hold is in `configuration.py`; nothing here touches the network.
"""

from __future__ import annotations

import base64
import math
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from dotenv.parser import parse_stream

from deployer import configuration, regular
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

DOTENV = ".env"
_LARGEST = 1 << 20  # bytes of a `.env`
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
    """What a run was told. `repr` shows no secret; `host` is "" where none was given (see `require_host`)."""

    host: str = ""  # http(s)://name[:port][/prefix], without credentials and without a slash at the end
    tenant: str = "main"
    username: str = ""
    password: str = field(default="", repr=False)
    api_token: str = field(default="", repr=False)
    kestra: str | None = None  # the version to treat the server as; None: what the server says it is
    timeout: float = 30.0  # seconds to wait for an answer
    ca_file: Path | None = None  # trusted besides the usual authorities
    client_cert: Path | None = None
    client_key: Path | None = None  # None: the key stands in the certificate's file
    verify: bool = True
    proxy: str = field(default="", repr=False)  # may hold credentials
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  # sent with every request
    attempts: int = 20  # how often a request that may be repeated is sent at most
    retry_seconds: float = 60.0  # no attempt after the first begins later than this
    concurrency: int = 4
    ignore: tuple[str, ...] = ()  # gitignore patterns, from the project's root
    checks: Mapping[str, Any] = field(default_factory=dict)  # which checks count as what: see check/levels.py
    plugin_defaults: Mapping[str, Any] = field(default_factory=dict)  # by namespace: what a server adds to flows
    plugins: tuple[Plugin, ...] = ()  # of the embedded engine
    plugin_types: Path | None = None  # the file that `schema pull` writes; None: in the root, under its usual name
    project: str = ""  # whose flows these are, in the ledger; "": what the git origin is called
    ledger: str = SYSTEM  # the namespace that keeps it, `file:PATH` (from the root), or `none`
    protected: tuple[str, ...] = (SYSTEM,)  # namespaces in which nothing is deleted
    origins: Mapping[str, Origin] = field(default_factory=dict, repr=False, compare=False)  # of what was given
    unread: Mapping[str, str] = field(
        default_factory=dict, repr=False, compare=False
    )  # variable: which is read instead

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
    returned, and `in_file` says where one of its settings stands. Of credentials, the first source that has any decides
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
    for origin, place, source in sources:
        _readable(place, source)
        given = _of_one_kind(_with_plain_host(place("host"), source), merged)
        origins = dict.fromkeys(given, origin) | origins
        merged = given | merged
    return Settings(**merged, origins=origins, unread=unread({**dotenv, **environ}, flags, ENVIRONMENT))


_Source = tuple[Origin, Callable[[str], str], Mapping[str, Any]]


def is_text(value: str) -> bool:
    """Whether a value can be sent: it holds no byte that is no text."""
    return not any("\ud800" <= one <= "\udfff" for one in value)


def _variable(names: Mapping[str, str], where: str) -> Callable[[str], str]:
    return lambda name: names[name] + where


def _readable(where: Callable[[str], str], source: Mapping[str, Any]) -> None:
    """Raise UsageError for a value that holds bytes which are no text: no request could."""
    for name, value in source.items():
        if isinstance(value, str) and not is_text(value):
            raise UsageError(f"{where(name)} holds bytes that are no UTF-8 text", hint="look at how it is set")


def _named(variables: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    return {name: variables[variable].strip() for name, variable in names.items() if variable in variables}


def _blank(value: object) -> bool:
    return isinstance(value, str) and not value.strip()


def _with_plain_host(where: str, source: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is given in a source, with credentials in its host moved to where credentials belong."""
    given = {name: value for name, value in source.items() if value is not None and not _blank(value)}
    if "host" in given:
        given["host"], userinfo = plain_host(given["host"], where)
        given = userinfo | given
    return given


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
        return "an address that is none"


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
            f"the Kestra host {shown!r} ({where}) is no address", hint="write it as https://kestra.example.com:8080"
        )
    host = f"{url.scheme.lower()}://{url.netloc.rpartition('@')[2]}{_COPIED_ALONG.sub('', url.path).rstrip('/')}"
    userinfo = {"username": unquote(url.username or ""), "password": unquote(url.password or "")}
    return host, {name: value for name, value in userinfo.items() if value}


def read_env_file(file: Path) -> dict[str, str]:
    """Return what a file of variables sets that the user has named. Raises UsageError for one that cannot be read."""
    try:
        text = regular.text(file)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}", hint="it must be a file of lines NAME=value") from error
    return _bound(file, text, bool)


def read_dotenv(folder: Path) -> dict[str, str]:
    """Return what `.env` in this folder sets, an empty mapping where there is none. Leaves the environment alone.

    Values are taken as they are written: `$` has no meaning. Such a file may be somebody else's: a folder, a pipe or a
    script counts for nothing, and of a text only what is called as our variables are has to be sound. Raises UsageError
    for a file that may not be read, and for a line of ours that says nothing.
    """
    file = folder / DOTENV
    try:
        text = _text(file)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(
            f"{file} cannot be read: {error.strerror}", hint="make it readable, or move it away"
        ) from error
    return _bound(file, text, lambda line: "KESTRA" in line)


def _bound(file: Path, text: str, ours: Callable[[str], bool]) -> dict[str, str]:
    """Return what the lines of a text set. Raises UsageError for a line of `ours` that says nothing."""
    found: dict[str, str] = {}
    for binding in parse_stream(StringIO(text)):
        if binding.error and ours(binding.original.string):
            raise UsageError(
                f"{file}, line {binding.original.line}: not NAME=value", hint="correct or remove this line"
            )
        if binding.key and binding.value and not binding.error:
            found[binding.key] = binding.value
    return found


def _text(file: Path) -> str:
    """Return a file's text, in whatever encoding: bytes that are no text stay in it as what they are."""
    about = file.stat()
    if not stat.S_ISREG(about.st_mode) or about.st_size > _LARGEST:
        return ""
    data = file.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # as some editors and shells on Windows write it
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "surrogateescape")
