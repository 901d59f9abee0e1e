"""What each server said it was when it was last talked to: kept in the user's cache, and believed for some days."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from deployer.cache import cache_folder
from deployer.errors import UsageError

BELIEVED = timedelta(days=7)
"""How long: a server may have been upgraded since."""


@dataclass(frozen=True, slots=True)
class Told:
    """The version that a server said, as it writes it, and when."""

    version: str
    at: datetime


def remembered(host: str, now: datetime | None = None) -> Told | None:
    """Return what a server said, None where nothing is known or it was too long ago."""
    try:
        found = _all()[host]
        told = Told(str(found["version"]), datetime.fromisoformat(found["at"]))
        return told if timedelta(0) <= (now or datetime.now(UTC)) - told.at < BELIEVED else None
    except (KeyError, TypeError, ValueError):
        return None


def remember(host: str, version: str) -> None:
    """Keep what a server has just said. Where nothing can be kept, it is asked again next time."""
    try:
        known = _all() | {host: {"version": version, "at": datetime.now(UTC).isoformat(timespec="seconds")}}
        _file().parent.mkdir(parents=True, exist_ok=True)
        _file().write_text(json.dumps(known), encoding="utf-8")
    except (OSError, UsageError):
        pass


def _all() -> dict[str, dict[str, str]]:
    try:
        found = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError, UsageError):
        return {}
    return found if isinstance(found, dict) else {}


def _file() -> Path:
    return cache_folder() / "servers.json"
