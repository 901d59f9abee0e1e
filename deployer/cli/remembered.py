"""What each server said it was when it was last talked to: kept in the user's cache, and believed for some days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from deployer import regular
from deployer.cache import cache_folder
from deployer.errors import UsageError

BELIEVED = timedelta(days=7)
"""How long: a server may have been upgraded since."""


@dataclass(frozen=True, slots=True)
class Told:
    """The version that a server said, as it writes it, and when."""

    version: str
    at: datetime


def remembered(host: str) -> Told | None:
    """Return what a server said, None where nothing is known or it was too long ago."""
    return _believed(_all().get(host))


def remember(host: str, version: str) -> None:
    """Keep what a server has just said. Where nothing can be kept, it is asked again next time."""
    known = {each: said for each, said in _all().items() if _believed(said)}
    known[host] = {"version": version, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    try:
        file = _file()
        file.parent.mkdir(parents=True, exist_ok=True)
        regular.replace(file, known)
    except (OSError, UsageError):
        pass


def _believed(said: Any) -> Told | None:
    try:
        told = Told(str(said["version"]), datetime.fromisoformat(said["at"]))
        return told if timedelta(0) <= datetime.now(UTC) - told.at < BELIEVED else None
    except (KeyError, TypeError, ValueError):
        return None


def _all() -> dict[str, Any]:
    try:
        return regular.known(_file())
    except UsageError:
        return {}


def _file() -> Path:
    return cache_folder() / "servers.json"
