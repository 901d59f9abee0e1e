"""Which plugin types a check knows besides Kestra's core: those in the file written by `schema pull`."""

from __future__ import annotations

from pathlib import Path

from deployer.language import pulled
from deployer.language.pulled import Pulled
from deployer.language.types import types_of
from deployer.model.problem import Problem, Severity
from deployer.settings import Settings

CHECK = "plugin-types"


def file_of(settings: Settings, root: Path) -> Path:
    """Return the path of the file, whether it exists or not."""
    return settings.plugin_types or root / pulled.NAME


def plugin_types(settings: Settings, root: Path, version: str) -> tuple[Pulled | None, list[Problem]]:
    """Return the plugins known for a version of Kestra, and a notice if the file exists but cannot be used for it.

    Raises UsageError if the file is broken.
    """
    file = file_of(settings, root)
    found = pulled.read(file)
    if not found:
        return None, []
    if version not in found:
        has = " and ".join(sorted(found))
        return None, [_notice(file, f"it describes plugins for Kestra {has}, not for {version}", version)]
    if lacking := pulled.missing(pulled.widen(types_of(version), found[version]), found[version]):
        return None, [_notice(file, f"it refers to a type that Kestra {version} does not have: {lacking[0]}", version)]
    return found[version], []


def _notice(file: Path, reason: str, version: str) -> Problem:
    message = f"{file.name} is not used: {reason}"
    return Problem(CHECK, message, severity=Severity.NOTICE, hint=f"kestra-deployer schema pull --kestra {version}")
