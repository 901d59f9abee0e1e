"""The jars of plugins: fetched or found, and known to be plugins, before an engine is started with them.

Not here: loading them, which is the engine's (`register`). What names a plugin is in `deployer.model.plugin`.
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
    """Return the jar of every plugin, each once, having fetched those that are named by coordinates and not there yet.

    Raises UsageError for a path that is not there. Raises EngineError when a jar cannot be fetched, is none or holds no
    plugin, when a folder has no jars, or when two jars hold the same type: which would count is left to chance.
    """
    paths = [jar.absolute() for one in plugins if isinstance(one, Path) for jar in _jars_at(one)]
    named = [
        Jar(one.group, one.artifact, one.version, one.classifier) for one in plugins if isinstance(one, Coordinate)
    ]
    fetched = fetch(named, cache_folder() / "jars", stage=Stage.PLUGINS, progress=progress)
    jars = tuple(dict.fromkeys((*fetched, *paths)))
    holder: dict[str, Path] = {}
    for jar in jars:
        for name in types_in(jar):
            if holder.setdefault(name, jar) != jar:
                raise EngineError(
                    f"the plugins {holder[name]} and {jar} both hold {name}", hint="leave out one of the two"
                )
    return jars


def types_in(jar: Path) -> tuple[str, ...]:
    """Return the classes that a jar offers to Kestra, by full name. Raises EngineError for a jar without any."""
    try:
        with zipfile.ZipFile(jar) as archive:
            listed = archive.read(_TYPES).decode() if _TYPES in archive.namelist() else ""
    except (zipfile.BadZipFile, OSError) as error:
        raise EngineError(f"{jar} is no jar: {error}", hint=f"a plugin is {FORMS}") from error
    names = tuple(dict.fromkeys(filter(None, (line.partition("#")[0].strip() for line in listed.splitlines()))))
    if not names:
        raise EngineError(
            f"there is no plugin in {jar}", hint="plugins are jars that have all they need inside, as Kestra's own are"
        )
    return names


def _jars_at(path: Path) -> list[Path]:
    if not path.exists():
        raise UsageError(f"the plugin {path} is not there", hint=f"a plugin is {FORMS}")
    if path.is_file():
        return [path]
    jars = sorted(path.glob("*.jar"))
    if not jars:
        raise EngineError(f"the plugin folder {path} has no jars", hint="name the folder that the jars are in")
    return jars
