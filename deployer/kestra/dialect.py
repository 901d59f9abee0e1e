"""Which family of paths a server speaks, and what that changes. Asked of `configs` once, by the connection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deployer.kestra.answers import UnexpectedShapeError, mapping
from deployer.model.version import VERSIONS, Dialect, named

_FIRST = (1, 0)
_VERSION = re.compile(r"v?(\d+)\.(\d+)")


class UnsupportedVersionError(Exception):
    """The server is older than what is understood here; says its version."""


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """What the server says it is. `note` is a sentence for the user where we treat it as something else, else empty."""

    version: str  # as the server writes it, "" where it says nothing
    dialect: Dialect
    edition: str = ""  # OSS or EE, "" where it says nothing
    note: str = ""
    userless: bool = False  # it asks for a user, and nobody has made the first one


def server_info(configs: object, treat_as: str | None = None) -> ServerInfo:
    """Return what the answer of `configs` means; `treat_as` names the version to treat the server as.

    Raises UnexpectedShapeError where there is no version, UnsupportedVersionError below 1.0; not with `treat_as`.
    """
    data = mapping(configs, "the server's configuration")
    version, edition = _text(data, "version"), _text(data, "edition")
    number, userless = _number(version), data.get("isBasicAuthInitialized") is False
    if treat_as:
        differs = version and number != _number(treat_as)
        note = f"the server says that it is Kestra {version}; it is treated as {treat_as}, as asked" if differs else ""
        return ServerInfo(version, named(treat_as).dialect, edition, note, userless)
    if number is None:
        raise UnexpectedShapeError("the server's configuration with a `version`")
    if number < _FIRST:
        raise UnsupportedVersionError(version)
    dialect = Dialect.V1 if number < (2, 0) else Dialect.V2
    newest = max(_number(known.name) or _FIRST for known in VERSIONS)
    note = f"Kestra {version} is newer than this deployer knows: treated as {dialect}" if number > newest else ""
    return ServerInfo(version, dialect, edition, note, userless)


def kind_filter(info: ServerInfo) -> bool:
    """Whether searches know the filter `kind`: 1.2 brought it, with an error for whoever asks an older server."""
    return (_number(info.version) or _FIRST) >= (1, 2)


def _number(version: str) -> tuple[int, int] | None:
    """Return major and minor; a release, a snapshot (`1.4.0-SNAPSHOT`) and a candidate alike."""
    match = _VERSION.match(version)
    return (int(match[1]), int(match[2])) if match else None


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""
