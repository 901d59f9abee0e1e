"""Which API paths a server has, and what depends on that. Read from `configs` once, by the connection."""

from __future__ import annotations

import re
from dataclasses import dataclass

from deployer.kestra.answers import UnexpectedShapeError, mapping, text_of
from deployer.model.version import VERSIONS, Dialect, named

_FIRST = (1, 0)
_VERSION = re.compile(r"v?(\d+)\.(\d+)")


class UnsupportedVersionError(Exception):
    """The server is too old; says its version."""


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """The server's version and edition. `note` is a sentence for the user if it is treated as another version."""

    version: str  # as the server writes it, "" if unknown
    dialect: Dialect
    edition: str = ""  # OSS or EE, "" if unknown
    note: str = ""
    userless: bool = False  # it requires a login, but its first user was not created yet
    ours: bool = False  # an engine of our own: it mocks tasks, and has no user interface


def server_info(configs: object, treat_as: str | None = None) -> ServerInfo:
    """Return what the answer of `configs` means; `treat_as` is the version to treat the server as.

    Without `treat_as`, raises UnexpectedShapeError if there is no version, UnsupportedVersionError below 1.0.
    """
    data = mapping(configs, "the server's configuration")
    version, edition = text_of(data, "version"), text_of(data, "edition")
    number, userless = _number(version), data.get("isBasicAuthInitialized") is False
    ours = data.get("kestraDeployer") is True
    if treat_as:
        differs = version and number != _number(treat_as)
        note = f"the server is Kestra {version}, but is treated as {treat_as}, as requested" if differs else ""
        return ServerInfo(version, named(treat_as).dialect, edition, note, userless, ours)
    if number is None:
        raise UnexpectedShapeError("the server's configuration with a `version`")
    if number < _FIRST:
        raise UnsupportedVersionError(version)
    dialect = Dialect.V1 if number < (2, 0) else Dialect.V2
    newest = max(_number(known.name) or _FIRST for known in VERSIONS)
    note = (
        f"Kestra {version} is newer than the versions known here; it is treated as {dialect}" if number > newest else ""
    )
    return ServerInfo(version, dialect, edition, note, userless, ours)


def kind_filter(info: ServerInfo) -> bool:
    """Whether searches have the filter `kind`: since 1.2; an older server answers with an error."""
    return (_number(info.version) or _FIRST) >= (1, 2)


def _number(version: str) -> tuple[int, int] | None:
    """Return major and minor version of a release, a snapshot (`1.4.0-SNAPSHOT`) or a release candidate."""
    match = _VERSION.match(version)
    return (int(match[1]), int(match[2])) if match else None
