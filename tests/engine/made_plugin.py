"""Plugins of our own, made without a compiler: the class files of a task or a trigger, and their jars.

The task extends the base of all script tasks, which every server has and no plugin contains, and does nothing. The
trigger is a realtime one, of which Kestra's core has none, and never starts an execution.
"""

from __future__ import annotations

import struct
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from engine.plugin_jars import TYPES

from deployer.cache import cache_folder

SCRIPT = "io/kestra/plugin/scripts/exec/AbstractExecScript"
TASK = "org.example.Run"
FLOW = f"""\
id: script
namespace: company.team
tasks:
  - id: run
    type: {TASK}
    taskRunner:
      type: io.kestra.plugin.scripts.runner.docker.Docker
      image: python:3
"""
"""A flow whose task is that of the plugin, above a script."""

REALTIME = "org.example.Listen"
_TRIGGERS = "io/kestra/core/models/triggers/"
_CONTEXTS = f"Lio/kestra/core/models/conditions/ConditionContext;L{_TRIGGERS}TriggerContext;"
_EVALUATE = f"({_CONTEXTS})Lorg/reactivestreams/Publisher;"
_RUN = "(Lio/kestra/core/runners/RunContext;)Lio/kestra/core/models/tasks/Output;"
_JAVA_0 = 44  # the version of a class file, less that of Java
_PUBLIC = 1
_CLASS, _NAME_AND_TYPE, _METHOD = 7, 12, 10
_NOTHING = bytes.fromhex("01 b0")  # return null


def a_plugin(path: Path, *, above: str = SCRIPT, name: str = TASK, holds: bool = True, java: int = 21) -> Path:
    """Make the jar of a plugin with one task below the class `above`; without the task itself unless it `holds` it.

    The task needs at least that version of Java.
    """
    entries: dict[str, bytes] = {TYPES: name.encode()}
    if holds:
        entries[f"{name.replace('.', '/')}.class"] = _task(name.replace(".", "/"), above, java)
    return _jar(path, entries)


def a_realtime_plugin(path: Path) -> Path:
    """Make the jar of a plugin with one realtime trigger."""
    entries = {TYPES: REALTIME.encode(), f"{REALTIME.replace('.', '/')}.class": _listener(REALTIME.replace(".", "/"))}
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


def _task(name: str, above: str, java: int) -> bytes:
    """Return the class file of a task that can be created without arguments, and run."""
    pool = _Pool()
    methods = (
        ("run", _RUN, _NOTHING),
        ("getContainerImage", "()Lio/kestra/core/models/property/Property;", _NOTHING),
    )
    return _class(pool, name, above, "io/kestra/core/models/tasks/RunnableTask", methods, java=java)


def _listener(name: str) -> bytes:
    """Return the class file of a realtime trigger that can be created without arguments, and waits forever."""
    pool = _Pool()
    never = pool.method("reactor/core/publisher/Flux", "never", "()Lreactor/core/publisher/Flux;")
    wait = b"\xb8" + struct.pack(">H", never) + b"\xb0"  # return Flux.never()
    methods = (("evaluate", _EVALUATE, wait),)
    return _class(pool, name, _TRIGGERS + "AbstractTrigger", _TRIGGERS + "RealtimeTriggerInterface", methods)


def _class(
    pool: _Pool, name: str, above: str, implements: str, methods: Sequence[tuple[str, str, bytes]], *, java: int = 21
) -> bytes:
    """Return the class file of a public class that can be created without arguments; methods by name, type, code."""
    begin = b"\x2a\xb7" + struct.pack(">H", pool.method(above, "<init>", "()V")) + b"\xb1"  # super(); return
    every = [_method(pool, *each) for each in (("<init>", "()V", begin), *methods)]
    this, base, interface = (pool.cls(each) for each in (name, above, implements))
    body = struct.pack(">HHHHHHH", _PUBLIC, this, base, 1, interface, 0, len(every)) + b"".join(every) + bytes(2)
    return struct.pack(">IHH", 0xCAFEBABE, 0, _JAVA_0 + java) + pool.encode() + body


def _method(pool: _Pool, name: str, kind: str, code: bytes) -> bytes:
    local = max(2, 1 + kind.partition(")")[0].count(";"))  # `this` and the arguments
    inner = struct.pack(">HHI", 1, local, len(code)) + code + bytes(4)  # one value on the stack
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
