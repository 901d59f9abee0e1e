"""The engine's verdicts on texts, kept: what was asked once of an engine is not asked again.

What is kept is held by the text, the engine's jars, the plugins' content and the code that asks, so that none of them
can change without a new verdict.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from filelock import FileLock
from without_engine.sitecustomize import OPTION, VARIABLE

from deployer.cache import cache_folder
from deployer.engine.describe import constraints, deprecations, types, words
from deployer.engine.install.jars import class_path, sha256
from deployer.engine.install.lock import lock_of
from deployer.engine.jvm import context, register, settings
from deployer.engine.process.class_cache import prepare_classes
from deployer.engine.runtime import runtime, runtime_1x, runtime_2x
from deployer.model.version import named

AT_ONCE = 500  # texts in one line to the engine's process
_JUDGE = Path(__file__).with_name("judge.py")
_ASK = (context, settings, register, runtime, runtime_1x, runtime_2x)
_DESCRIBE = (types, constraints, deprecations, words)
_UNUSED = 14 * 24 * 3600  # seconds after which verdicts that nobody asked for are removed


@dataclass(frozen=True)
class Oracle:
    """The engine of a version (`1.3`), with the plugins in these jars."""

    version: str
    plugins: tuple[Path, ...] = ()
    folder: Path | None = None  # that verdicts are kept in; by default in the user's cache

    def verdicts(self, texts: Sequence[str]) -> list[str | None]:
        """Return what the engine says against each text, None where it takes it; ChildProcessError if it dies."""
        self._is_allowed()
        # another process that is after the same verdicts waits, and finds them
        with FileLock(self._kept / f"{self.key}.lock"), closing(self._store()) as store:
            known = dict(self._known(store, texts))
            missing = [text for text in dict.fromkeys(texts) if text not in known]
            for text, verdict in self._asked(missing):
                known[text] = verdict
                store.execute("insert or replace into verdict values (?, ?)", (_hash(text), verdict))
            store.commit()
        return [known[text] for text in texts]

    def described(self) -> dict[str, Any]:
        """Return the engine's own description of what flows consist of, see `deployer.engine.describe.types`."""
        self._is_allowed()
        file = self._kept / f"{self.key}-{_hash(_code(_DESCRIBE))[:8]}.json"
        if not file.exists():
            with self._child(describe=True) as child:
                text, _ = child.communicate()
            _sound(child, text)
            file.write_text(text)
        found: dict[str, Any] = json.loads(file.read_text())
        return found

    def _is_allowed(self) -> None:
        """Raise where no engine may start: what is kept would hide today that one is needed."""
        assert os.environ.get(VARIABLE) != OPTION, "the test lacks the marker `engine`"

    @cached_property
    def key(self) -> str:
        """What tells these verdicts from another engine's, and from this one's when it was asked otherwise."""
        code = _JUDGE.read_text() + _code(_ASK)
        jars = [lock_of(named(self.version)).read_text(), *(sha256(jar) for jar in self.plugins)]
        return f"{named(self.version).engine}-{_hash(''.join([code, *jars]))[:16]}"

    @cached_property
    def _kept(self) -> Path:
        folder = self.folder or cache_folder() / "verdicts"
        folder.mkdir(parents=True, exist_ok=True)
        for other in folder.iterdir():
            if time.time() - other.stat().st_mtime > _UNUSED:
                other.unlink(missing_ok=True)
        return folder

    def _store(self) -> sqlite3.Connection:
        file = self._kept / f"{self.key}.db"
        store = sqlite3.connect(file, timeout=60)
        store.execute("create table if not exists verdict (text text primary key, verdict text) without rowid")
        file.touch()
        return store

    def _known(self, store: sqlite3.Connection, texts: Iterable[str]) -> Iterator[tuple[str, str | None]]:
        for text in texts:
            row = store.execute("select verdict from verdict where text = ?", (_hash(text),)).fetchone()
            if row:
                yield text, row[0]

    def _asked(self, texts: Sequence[str]) -> Iterator[tuple[str, str | None]]:
        if not texts:
            return
        with self._child(describe=False) as child:
            assert child.stdin
            assert child.stdout
            for start in range(0, len(texts), AT_ONCE):
                part = texts[start : start + AT_ONCE]
                child.stdin.write(json.dumps(part) + "\n")
                child.stdin.flush()
                answer = child.stdout.readline()
                _sound(child, answer)
                yield from zip(part, json.loads(answer), strict=True)
            child.stdin.close()

    def _child(self, *, describe: bool) -> subprocess.Popen[str]:
        version = named(self.version)
        jars = class_path(version)
        orders = {
            "version": self.version,
            "jars": [*map(str, jars)],
            "plugins": [*map(str, self.plugins)],
            "prepared": str(prepare_classes(version, jars) or ""),
            "describe": describe,
        }
        child = subprocess.Popen(
            [sys.executable, str(_JUDGE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert child.stdin
        child.stdin.write(json.dumps(orders) + "\n")
        child.stdin.flush()
        return child


def _sound(child: subprocess.Popen[str], answer: str) -> None:
    if not answer:
        raise ChildProcessError(f"the engine's process ended with {child.wait()}; what it said is above")


def _code(modules: Iterable[ModuleType]) -> str:
    return "".join(Path(str(module.__file__)).read_text() for module in modules)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
