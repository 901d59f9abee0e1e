"""Which plugins a check knows besides Kestra's core: those in the file that `schema pull` has written."""

from __future__ import annotations

from pathlib import Path

from deployer.language import pulled
from deployer.language.pulled import Pulled
from deployer.language.types import types_of
from deployer.model.problem import Problem, Severity
from deployer.settings import Settings

CHECK = "plugin-types"


def file_of(settings: Settings, root: Path) -> Path:
    """Return where the file is, or would be."""
    return settings.plugin_types or root / pulled.NAME


def plugin_types(settings: Settings, root: Path, version: str) -> tuple[Pulled | None, list[Problem]]:
    """Return the plugins known for a version of Kestra, and a notice where the file is there and of no use for it.

    Raises UsageError for a file that is broken.
    """
    file = file_of(settings, root)
    found = pulled.read(file)
    if not found:
        return None, []
    if version not in found:
        has = " and ".join(sorted(found))
        return None, [_notice(file, f"it describes plugins for Kestra {has}, not for {version}", version)]
    if lacking := pulled.missing(pulled.widened(types_of(version), found[version]), found[version]):
        return None, [_notice(file, f"it needs what is not known of Kestra {version}: {lacking[0]}", version)]
    return found[version], []


def _notice(file: Path, reason: str, version: str) -> Problem:
    message = f"{file.name} is not used: {reason}"
    return Problem(CHECK, message, severity=Severity.NOTICE, hint=f"kestra-deployer schema pull --kestra {version}")
