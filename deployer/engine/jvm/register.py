"""Plugins in the engine: checked against this Kestra, then registered, each with a class loader of its own.

Asked of 1.3.31 and 2.0.0: of a jar whose classes need a class that this Kestra lacks, types are left out with no more
than a line in the log; where only a method mentions such a class, its type is there and every flow with it refused.
Hence the check, which loads each type as Kestra will.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jpype

from deployer.engine.install.plugins import types_in
from deployer.engine.jvm.context import Kestra, reason
from deployer.errors import EngineError

_PLUGINS = "io.kestra.core.plugins."


def register(kestra: Kestra, jars: Sequence[Path], folder: Path) -> tuple[str, ...]:
    """Make the plugins in `jars` known to the engine, and return what it has loaded: name, version, number of types.

    `folder` is this function's own: Kestra takes plugins from folders only. Call it before executor and worker start.
    Raises EngineError for a plugin that does not fit this Kestra.
    """
    if not jars:
        return ()
    registry = kestra.bean(_PLUGINS + "PluginRegistry")
    for jar in jars:
        _check(kestra, jar, registry.getClass().getClassLoader())
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for number, jar in enumerate(jars):
        (folder / f"{number:03}-{jar.stem}.jar").symlink_to(jar)
    registry.registerIfAbsent(_path(kestra, folder))
    return tuple(sorted(map(_describe, registry.externalPlugins())))


def _check(kestra: Kestra, jar: Path, parent: Any) -> None:
    """Load every type of a plugin, make one of it, and let Java look at what its methods and fields mention."""
    url = _path(kestra, jar).toUri().toURL()
    loader = kestra.java(_PLUGINS + "PluginClassLoader").of(url, [url], parent)
    try:
        for name in types_in(jar):
            try:
                loaded = kestra.java("java.lang.Class").forName(name, True, loader)
                loaded.getConstructor().newInstance()
                loaded.getMethods()
                loaded.getDeclaredFields()
            except jpype.JException as error:
                raise EngineError(
                    f"the plugin {jar.name} does not fit Kestra {kestra.version.engine}: {name}: {reason(error)}",
                    hint=f"take the release of the plugin that was made for Kestra {kestra.version.name}",
                ) from error
    finally:
        loader.close()


def _describe(plugin: Any) -> str:
    return f"{plugin.name()} {plugin.version() or ''}".rstrip() + f" ({len(plugin.allClass())} types)"


def _path(kestra: Kestra, path: Path) -> Any:
    return kestra.java("java.nio.file.Paths").get(str(path))
