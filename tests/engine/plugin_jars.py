"""Plugins for the tests: the genuine one, and spoilt copies that stand for those made for another Kestra."""

from __future__ import annotations

import zipfile
from functools import cache
from pathlib import Path

from deployer.engine.install.plugins import locate
from deployer.model.plugin import Coordinate

COORDINATE = "io.kestra.plugin:plugin-fs:0.17.0"
TYPES = "META-INF/services/io.kestra.core.models.Plugin"
COMMAND = "io/kestra/plugin/fs/ssh/Command.class"


@cache
def plugin_fs() -> Path:
    """The jar of the genuine plugin, from the cache or from Maven Central."""
    return locate([Coordinate(*COORDINATE.split(":"))])[0]


def spoilt(folder: Path, entry: str, old: bytes, new: bytes) -> Path:
    """A copy of the genuine plugin in which one entry says something else of the same length."""
    assert len(old) == len(new)
    copy = folder / "plugin-to-come.jar"
    with zipfile.ZipFile(plugin_fs()) as genuine, zipfile.ZipFile(copy, "w") as archive:
        for each in genuine.namelist():
            content = genuine.read(each)
            if each == entry:
                assert old in content
                content = content.replace(old, new)
            archive.writestr(each, content)
    return copy


def a_jar(path: Path, **entries: str) -> Path:
    """A jar with these entries; without any, one of nothing but a manifest."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n")
        for name, text in entries.items():
            archive.writestr(TYPES if name == "types" else name, text)
    return path
