"""Plugins in the engine: checked against this Kestra, then registered, each with its own class loader.

When classes of a jar need a class that this Kestra lacks, Kestra leaves out types with no more than a line in the log;
when only a method mentions such a class, Kestra accepts the type and refuses every flow that uses it (1.3.31, 2.0.0).
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
    """Register the plugins in `jars` with the engine, and return what it has loaded: name, version, number of types.

    `folder` belongs to this function: Kestra takes plugins from folders only. Call it before executor and worker start.
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
    """Load and instantiate every type of a plugin, and make Java resolve the types of its methods and fields."""
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
                    hint=f"use the release of the plugin that was made for Kestra {kestra.version.name}",
                ) from error
    finally:
        loader.close()


def _describe(plugin: Any) -> str:
    return f"{plugin.name()} {plugin.version() or ''}".rstrip() + f" ({len(plugin.allClass())} types)"


def _path(kestra: Kestra, path: Path) -> Any:
    return kestra.java("java.nio.file.Paths").get(str(path))
