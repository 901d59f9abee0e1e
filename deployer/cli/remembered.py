"""The version of each server at its last answer: stored in the user's cache, and trusted for some days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from deployer import regular
from deployer.cache import cache_folder
from deployer.errors import UsageError

BELIEVED = timedelta(days=7)
"""How long a stored version is trusted: the server may be upgraded meanwhile."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The version that a server reported, in its own spelling, and when."""

    version: str
    at: datetime


def recall(host: str) -> Seen | None:
    """Return what a server reported; None if nothing is known or it was too long ago."""
    return _recent(_all().get(host))


def remember(host: str, version: str) -> None:
    """Store the version that a server has just reported. If that fails, the server is asked again next time."""
    known = {each: said for each, said in _all().items() if _recent(said)}
    known[host] = {"version": version, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    try:
        file = _file()
        file.parent.mkdir(parents=True, exist_ok=True)
        regular.replace(file, known)
    except (OSError, UsageError):
        pass


def _recent(said: Any) -> Seen | None:
    try:
        seen = Seen(str(said["version"]), datetime.fromisoformat(said["at"]))
        return seen if timedelta(0) <= datetime.now(UTC) - seen.at < BELIEVED else None
    except (KeyError, TypeError, ValueError):
        return None


def _all() -> dict[str, Any]:
    try:
        return regular.recall(_file())
    except UsageError:
        return {}


def _file() -> Path:
    return cache_folder() / "servers.json"
