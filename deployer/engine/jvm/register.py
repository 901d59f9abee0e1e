"""Plugins in the engine: checked against this Kestra, then registered, each with its own class loader.

When classes of a jar need a class that this Kestra lacks, Kestra leaves out types with no more than a line in the log;
when only a method mentions such a class, Kestra accepts the type and refuses every flow that uses it (1.3.31, 2.0.0).
Hence the check, which loads each type as Kestra will. A jar that does not pass is left out as a whole, with the reason.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jpype

from deployer.engine.install.plugins import types_in
from deployer.engine.jvm.context import Kestra, root_cause
from deployer.engine.jvm.unfit import Thrown, unfit
from deployer.errors import EngineError
from deployer.model.plugin import Unfit

_PLUGINS = "io.kestra.core.plugins."


@dataclass(frozen=True, slots=True)
class Registered:
    """The plugins that an engine has loaded, each with its version and its number of types, and those left out."""

    loaded: tuple[str, ...] = ()
    left_out: tuple[Unfit, ...] = ()


def register(kestra: Kestra, jars: Sequence[Path], folder: Path) -> Registered:
    """Register the plugins in `jars` that fit this Kestra with the engine.

    `folder` belongs to this function: Kestra takes plugins from folders only. Call it before executor and worker start.
    Raises EngineError where none of the jars fits: nothing of what the engine was to have would be there.
    """
    if not jars:
        return Registered()
    registry = kestra.bean(_PLUGINS + "PluginRegistry")
    checked = {jar: _check(kestra, jar, registry.getClass().getClassLoader()) for jar in jars}
    fitting = [jar for jar, found in checked.items() if found is None]
    left_out = tuple(filter(None, checked.values()))
    if left_out and not fitting:
        more = f"; none of the {len(left_out)} plugins fits" if len(left_out) > 1 else ""
        raise EngineError(left_out[0].reason + more, hint=left_out[0].hint)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for number, jar in enumerate(fitting):
        (folder / f"{number:03}-{jar.stem}.jar").symlink_to(jar)
    registry.registerIfAbsent(_path(kestra, folder))
    return Registered(tuple(sorted(map(_describe, registry.externalPlugins()))), left_out)


def _check(kestra: Kestra, jar: Path, parent: Any) -> Unfit | None:
    """Load and instantiate every type of a plugin, and make Java resolve the types of its methods and fields."""
    try:
        names = types_in(jar)
    except EngineError as error:
        return Unfit(jar.name, str(error), error.hint)
    url = _path(kestra, jar).toUri().toURL()
    loader = kestra.java(_PLUGINS + "PluginClassLoader").of(url, [url], parent)
    try:
        for name in names:
            try:
                loaded = kestra.java("java.lang.Class").forName(name, True, loader)
                loaded.getConstructor().newInstance()
                loaded.getMethods()
                loaded.getDeclaredFields()
            except jpype.JException as error:
                return unfit(jar.name, name, _thrown(error), kestra.version)
    finally:
        loader.close()
    return None


def _thrown(error: Any) -> Thrown:
    root = root_cause(error)
    return Thrown(str(root.getClass().getName()), str(root.getMessage() or "").partition("\n")[0])


def _describe(plugin: Any) -> str:
    return f"{plugin.name()} {plugin.version() or ''}".rstrip() + f" ({len(plugin.allClass())} types)"


def _path(kestra: Kestra, path: Path) -> Any:
    return kestra.java("java.nio.file.Paths").get(str(path))
