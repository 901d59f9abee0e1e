"""A plugin of our own, made without a compiler: the class files of its tasks, and its jar.

A task extends the base of all script tasks, which every server has and no plugin contains, and does nothing.
"""

from __future__ import annotations

import struct
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from engine.plugin_jars import TYPES

from deployer.cache import cache_folder

SCRIPT = "io/kestra/plugin/scripts/exec/AbstractExecScript"
TASK = "org.example.Run"
_RUN = "(Lio/kestra/core/runners/RunContext;)Lio/kestra/core/models/tasks/Output;"
_JAVA_21 = 65
_PUBLIC = 1
_CLASS, _NAME_AND_TYPE, _METHOD = 7, 12, 10
_NOTHING = bytes.fromhex("01 b0")  # return null


def a_plugin(path: Path, *, above: str = SCRIPT, name: str = TASK, holds: bool = True) -> Path:
    """Make the jar of a plugin with one task below the class `above`; without the task itself unless it `holds` it."""
    entries: dict[str, bytes] = {TYPES: name.encode()}
    if holds:
        entries[f"{name.replace('.', '/')}.class"] = _task(name.replace(".", "/"), above)
    return _jar(path, entries)


def kept_plugin() -> Path:
    """Return the jar of that plugin, made once: whoever keeps what an engine said of it finds the same content."""
    path = cache_folder() / "verdicts" / "plugin-run.jar"
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        a_plugin(Path(folder, path.name)).replace(path)
    return path


def _jar(path: Path, entries: Mapping[str, bytes]) -> Path:
    manifest = f"Manifest-Version: 1.0\nX-Kestra-Name: {path.stem}\nX-Kestra-Version: 1.2.3\n"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {"META-INF/MANIFEST.MF": manifest.encode(), **entries}.items():
            archive.writestr(zipfile.ZipInfo(name), content)  # without the time of day
    return path


def _task(name: str, above: str) -> bytes:
    """Return the class file of a task that can be created without arguments, and run."""
    pool = _Pool()
    begin = b"\x2a\xb7" + struct.pack(">H", pool.method(above, "<init>", "()V")) + b"\xb1"  # super(); return
    methods = [
        _method(pool, "<init>", "()V", begin),
        _method(pool, "run", _RUN, _NOTHING),
        _method(pool, "getContainerImage", "()Lio/kestra/core/models/property/Property;", _NOTHING),
    ]
    this, base, runs = (pool.cls(each) for each in (name, above, "io/kestra/core/models/tasks/RunnableTask"))
    body = struct.pack(">HHHHHHH", _PUBLIC, this, base, 1, runs, 0, len(methods)) + b"".join(methods) + bytes(2)
    return struct.pack(">IHH", 0xCAFEBABE, 0, _JAVA_21) + pool.encode() + body


def _method(pool: _Pool, name: str, kind: str, code: bytes) -> bytes:
    inner = struct.pack(">HHI", 1, 2, len(code)) + code + bytes(4)  # one value on the stack, `this` and an argument
    head = struct.pack(">HHHH", _PUBLIC, pool.text(name), pool.text(kind), 1)
    return head + struct.pack(">HI", pool.text("Code"), len(inner)) + inner


class _Pool:
    """The constants of a class file; each method adds what is missing, and returns its number."""

    def __init__(self) -> None:
        self._entries: list[bytes] = []

    def text(self, text: str) -> int:
        return self._add(b"\x01" + struct.pack(">H", len(text)) + text.encode())

    def cls(self, name: str) -> int:
        return self._add(struct.pack(">BH", _CLASS, self.text(name)))

    def method(self, owner: str, name: str, kind: str) -> int:
        named = self._add(struct.pack(">BHH", _NAME_AND_TYPE, self.text(name), self.text(kind)))
        return self._add(struct.pack(">BHH", _METHOD, self.cls(owner), named))

    def encode(self) -> bytes:
        return struct.pack(">H", len(self._entries) + 1) + b"".join(self._entries)

    def _add(self, entry: bytes) -> int:
        if entry not in self._entries:
            self._entries.append(entry)
        return self._entries.index(entry) + 1
