"""Whose rules a check goes by: the version that was named, else the configured server's own, else the usual one.

And whether that is a later version than the one the flows run on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from deployer.cli.options import Configured
from deployer.cli.remembered import BELIEVED, remember, remembered
from deployer.errors import KestraError, UsageError
from deployer.model.problem import Problem, Severity
from deployer.model.version import DEFAULT, at_least, nearest

_PATIENCE = 5.0  # seconds to wait for a server that is only asked what it is


@dataclass(frozen=True, slots=True)
class Rules:
    """The name of a version, where it is from, and what is to be said of that."""

    version: str
    source: str
    notes: tuple[Problem, ...] = ()


def rules_of(asked: Configured) -> Rules:
    """Return whose rules count, with a notice where a server was to be asked and did not answer.

    What a server is, is asked where no command has talked to it for some days, and without credentials: Kestra tells
    it everybody, and a check must send nobody's password to a host that a branch names.
    """
    settings = asked.settings
    if settings.kestra:
        return Rules(settings.kestra, named_by(asked))
    if not settings.host:
        return Rules(DEFAULT.name, "the usual one, as no server is configured")
    if told := remembered(settings.host):
        source = f"{settings.host} was {told.version} on {told.at:%Y-%m-%d}, which counts for {BELIEVED.days} days"
        return Rules(nearest(told.version).name, source)
    from deployer.kestra.client import KestraClient  # noqa: PLC0415  most checks ask no server

    try:
        asking = replace(settings.anonymous(), timeout=min(settings.timeout, _PATIENCE), attempts=1)
        with KestraClient(asking) as client:
            version = client.server().version
    except (KestraError, UsageError) as error:
        message = f"{error}: checked by the rules of Kestra {DEFAULT.name}"
        hint = "name the version with --kestra, or in kestra-deployer.yaml"
        notice = Problem("server-version", message, severity=Severity.NOTICE, hint=hint)
        return Rules(DEFAULT.name, f"the usual one, as {settings.host} could not be asked", (notice,))
    remember(settings.host, version)
    return Rules(nearest(version).name, f"{settings.host} is {version}")


def named_by(asked: Configured) -> str:
    """Return who names the version: the command line, which counts first, or the configuration."""
    return f"named by {'--kestra' if asked.flagged else asked.project.place('kestra')}"


def upgrade_from(asked: Configured, version: str) -> str | None:
    """Return the version that the flows run on, where `version` is a later one; nobody is asked for it.

    It is what the configuration file says, else what the configured server was the last time, else the usual one.
    """
    told = remembered(asked.settings.host) if asked.settings.host else None
    today = asked.kestra or (nearest(told.version).name if told else DEFAULT.name)
    return today if today != version and at_least(version, today) else None
