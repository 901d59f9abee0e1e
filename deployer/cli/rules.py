"""Whose rules a check goes by: the version that was named, else the configured server's own, else the usual one.

And whether that is a later version than the one the flows run on.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from deployer.cache import cache_folder
from deployer.errors import KestraError
from deployer.model.problem import Problem, Severity
from deployer.model.version import DEFAULT, at_least, nearest
from deployer.settings import Settings

_PATIENCE = 5.0  # seconds to wait for a server that is only asked what it is


def rules_of(settings: Settings) -> tuple[str, list[Problem]]:
    """Return the name of the version, and a notice where a server was to be asked and did not answer.

    What a server is, is asked once and remembered in the user's cache.
    """
    if settings.kestra:
        return settings.kestra, []
    if not settings.host:
        return DEFAULT.name, []
    remembered = _remembered()
    if settings.host in remembered:
        return nearest(remembered[settings.host]).name, []
    from deployer.kestra.client import KestraClient  # noqa: PLC0415  most checks ask no server

    try:
        asking = replace(settings, timeout=min(settings.timeout, _PATIENCE), attempts=1)
        with KestraClient(asking) as client:
            version = client.server().version
    except KestraError as error:
        message = f"{error}: checked by the rules of Kestra {DEFAULT.name}"
        hint = "name the version with --kestra, or in kestra-deployer.yaml"
        return DEFAULT.name, [Problem("server-version", message, severity=Severity.NOTICE, hint=hint)]
    _remember({**remembered, settings.host: version})
    return nearest(version).name, []


def upgrade_from(settings: Settings, configured: str | None, version: str) -> str | None:
    """Return the version that the flows run on, where `version` is a later one; nobody is asked for it.

    It is what the configuration file says, else what the configured server was the last time, else the usual one.
    """
    server = _remembered().get(settings.host) if settings.host else None
    today = configured or (nearest(server).name if server else DEFAULT.name)
    return today if today != version and at_least(version, today) else None


def _file() -> Path:
    return cache_folder() / "servers.json"


def _remembered() -> dict[str, str]:
    try:
        found = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _remember(known: dict[str, str]) -> None:
    try:
        _file().parent.mkdir(parents=True, exist_ok=True)
        _file().write_text(json.dumps(known), encoding="utf-8")
    except OSError:
        pass  # asked again next time
