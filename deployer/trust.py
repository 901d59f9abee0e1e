"""Whether credentials may go where a checkout's own files send them. Pure.

A branch can change a line of `kestra-deployer.yaml`. If that line named where the credentials of whoever checks it out
are sent, or by which way, they would be the branch's. So a host, a proxy or `verify: false` gets no credentials that
come from the user, unless the user has named the host as well, or has said once that the project is trusted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from deployer.settings import Origin, Settings

_CREDENTIALS = ("api_token", "password")


@dataclass(frozen=True, slots=True)
class Way:
    """Where a checkout sends credentials, and how: what is trusted, or not. Empty and True are what no file says."""

    host: str = ""
    proxy: str = ""  # without its own credentials
    verify: bool = True

    def stored(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return asdict(self)

    @property
    def words(self) -> str:
        """What is asked for, in words."""
        said = [f"to {self.host}"] if self.host else []
        said += [f"through the proxy {self.proxy}"] if self.proxy else []
        said += [] if self.verify else ["without verifying the server's certificate"]
        return " and ".join(said)


def way(data: Any) -> Way | None:
    """Return what was kept as a way, None for anything else."""
    if not isinstance(data, Mapping):
        return None
    found = Way(str(data.get("host", "")), str(data.get("proxy", "")), data.get("verify") is not False)
    return found if found.stored() == dict(data) else None


def doubtful(settings: Settings) -> Way | None:
    """Return where the checkout's files alone send the user's credentials, None where they do not."""
    given = [settings.origins.get(name, Origin.USER) for name in _CREDENTIALS if getattr(settings, name)]
    if not given:
        return None
    found = {name: value for name, value in _named(settings) if settings.origins.get(name, Origin.USER) > min(given)}
    return Way(**found) if found else None


def _named(settings: Settings) -> Iterator[tuple[str, Any]]:
    if settings.host:
        yield "host", settings.host
    if settings.proxy:
        yield "proxy", settings.proxy.rpartition("@")[2]
    if not settings.verify:
        yield "verify", False
