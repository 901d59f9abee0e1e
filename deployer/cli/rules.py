"""Which version's rules a check applies: the one given, else the configured server's, else the default.

Also whether that version is later than the one the flows run on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from deployer.cli.options import Configured
from deployer.cli.remembered import BELIEVED, recall, remember
from deployer.errors import KestraError, UsageError
from deployer.model.problem import Problem, Severity
from deployer.model.version import DEFAULT, at_least, nearest

_PATIENCE = 5.0  # seconds to wait for a server that is only asked for its version


@dataclass(frozen=True, slots=True)
class Rules:
    """The name of a version, where it comes from, and notices about it."""

    version: str
    source: str
    notes: tuple[Problem, ...] = ()


def rules_of(asked: Configured) -> Rules:
    """Return which version's rules apply, with a notice if the configured server did not answer.

    The server is asked only if no command has talked to it for some days, and without credentials: Kestra tells anyone
    its version, and a check must never send a password to a host that a branch names.
    """
    settings = asked.settings
    if settings.kestra:
        return Rules(settings.kestra, named_by(asked))
    if not settings.host:
        return Rules(DEFAULT.name, "the default, as no server is configured")
    if seen := recall(settings.host):
        source = f"{settings.host} was {seen.version} on {seen.at:%Y-%m-%d}, remembered for {BELIEVED.days} days"
        return Rules(nearest(seen.version).name, source)
    from deployer.kestra.client import KestraClient  # noqa: PLC0415  most checks ask no server

    try:
        asking = replace(settings.anonymous(), timeout=min(settings.timeout, _PATIENCE), attempts=1)
        with KestraClient(asking) as client:
            version = client.server().version
    except (KestraError, UsageError) as error:
        message = f"{error}; using the rules of Kestra {DEFAULT.name}"
        hint = "set the version with --kestra, or with `kestra:` in kestra-deployer.yaml"
        notice = Problem("server-version", message, severity=Severity.NOTICE, hint=hint)
        return Rules(DEFAULT.name, f"the default, as {settings.host} did not answer", (notice,))
    remember(settings.host, version)
    return Rules(nearest(version).name, f"{settings.host} is {version}")


def named_by(asked: Configured) -> str:
    """Return where the version is set: on the command line, which takes precedence, or in the configuration."""
    return f"set by {'--kestra' if asked.flagged else asked.project.place('kestra')}"


def upgrade_from(asked: Configured, version: str) -> str | None:
    """Return the version that the flows run on, if `version` is later. No server is asked.

    It is the one in the configuration file, else the last known version of the configured server, else the default.
    """
    seen = recall(asked.settings.host) if asked.settings.host else None
    today = asked.kestra or (nearest(seen.version).name if seen else DEFAULT.name)
    return today if today != version and at_least(version, today) else None
