"""The jars of plugins: fetched or found, and checked to be plugins, before an engine starts with them.

Not here: loading them into Kestra (`jvm.register`), and how users name a plugin (`deployer.model.plugin`).
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

from deployer.cache import cache_folder
from deployer.engine.install.jars import fetch
from deployer.engine.install.lock import Jar
from deployer.engine.install.progress import Listener, Stage, silent
from deployer.errors import EngineError, UsageError
from deployer.model.plugin import FORMS, Coordinate, Plugin

_TYPES = "META-INF/services/io.kestra.core.models.Plugin"


def locate(plugins: Sequence[Plugin], *, progress: Listener = silent) -> tuple[Path, ...]:
    """Return the jar of every plugin, without duplicates, after fetching those named by coordinates that are missing.

    A file of a folder may be no plugin: the engine leaves it out, with the reason. Raises UsageError for a path that
    does not exist. Raises EngineError when a jar cannot be fetched, when one that is named itself is not a jar or has
    no plugin, when a folder has no jars, or when two jars have the same type: which one Kestra uses is undefined.
    """
    paths = [jar.absolute() for one in plugins if isinstance(one, Path) for jar in _jars_at(one)]
    named = [
        Jar(one.group, one.artifact, one.version, one.classifier) for one in plugins if isinstance(one, Coordinate)
    ]
    fetched = fetch(named, cache_folder() / "jars", stage=Stage.PLUGINS, progress=progress)
    jars = tuple(dict.fromkeys((*fetched, *paths)))
    among_others = {jar for jar in paths if not any(isinstance(one, Path) and one.absolute() == jar for one in plugins)}
    holder: dict[str, Path] = {}
    for jar in jars:
        for name in _types_if_any(jar) if jar in among_others else types_in(jar):
            if holder.setdefault(name, jar) != jar:
                raise EngineError(
                    f"the plugins {holder[name]} and {jar} both contain {name}", hint="leave out one of the two"
                )
    return jars


def types_in(jar: Path) -> tuple[str, ...]:
    """Return the full names of the classes that a jar offers to Kestra. Raises EngineError for a jar without any."""
    try:
        with zipfile.ZipFile(jar) as archive:
            listed = archive.read(_TYPES).decode() if _TYPES in archive.namelist() else ""
    except (zipfile.BadZipFile, OSError) as error:
        raise EngineError(f"{jar} is not a jar: {error}", hint=f"a plugin is {FORMS}") from error
    names = tuple(dict.fromkeys(filter(None, (line.partition("#")[0].strip() for line in listed.splitlines()))))
    if not names:
        raise EngineError(
            f"there is no plugin in {jar}",
            hint=f"the jar of a plugin lists its types in {_TYPES}, as those on Maven Central do",
        )
    return names


def _types_if_any(jar: Path) -> tuple[str, ...]:
    try:
        return types_in(jar)
    except EngineError:
        return ()


def _jars_at(path: Path) -> list[Path]:
    if not path.exists():
        raise UsageError(f"the plugin {path} does not exist", hint=f"a plugin is {FORMS}")
    if path.is_file():
        return [path]
    jars = sorted(path.glob("*.jar"))
    if not jars:
        raise EngineError(f"the plugin folder {path} has no jars", hint="name the folder that contains the jars")
    return jars
