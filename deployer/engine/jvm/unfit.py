"""Why a plugin does not fit a version of Kestra, in words, from what Java throws when its types are loaded. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from deployer.model.plugin import Unfit
from deployer.model.version import KestraVersion

_CLASS = re.compile(r"[\w$./]+")  # as `NoClassDefFoundError` and `ClassNotFoundException` name one
_MISSING = ("java.lang.ClassNotFoundException", "java.lang.NoClassDefFoundError")
_NEWER_JAVA = "java.lang.UnsupportedClassVersionError"
_KESTRAS = "io.kestra."


@dataclass(frozen=True, slots=True)
class Thrown:
    """The root cause of what Java threw: its class, and the first line of its message."""

    cls: str
    message: str = ""

    @property
    def missing(self) -> str:
        """The class that was not found; empty where that is not the cause."""
        found = self.cls in _MISSING and _CLASS.fullmatch(self.message)
        return self.message.replace("/", ".") if found else ""


def unfit(jar: str, type_name: str, thrown: Thrown, version: KestraVersion) -> Unfit:
    """Return why the jar called `jar` does not fit: one of its types could not be loaded because of `thrown`."""
    why, hint = _explain(type_name, thrown, version)
    return Unfit(jar, f"the plugin {jar} does not fit Kestra {version.engine}: {why}", hint)


def _explain(type_name: str, thrown: Thrown, version: KestraVersion) -> tuple[str, str]:
    missing, release = thrown.missing, f"use the release of the plugin that was made for Kestra {version.name}"
    if missing == type_name:
        return f"it lists {type_name}, but does not contain it", "get the jar again: it is not complete"
    if missing.startswith(_KESTRAS):
        return f"{type_name} needs the class {missing}, which Kestra {version.engine} does not have", release
    if missing:
        needs = f"{type_name} needs the class {missing}, which is neither in the jar nor in Kestra"
        return needs, "use a jar that contains the plugin's libraries, as those on Maven Central do"
    if thrown.cls == _NEWER_JAVA:
        return f"{type_name} needs a newer Java: {thrown.message}", release
    return f"{type_name} cannot be loaded: {thrown.cls}: {thrown.message}".removesuffix(": "), release
