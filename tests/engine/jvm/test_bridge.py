"""JPype's own jar is taken from one place, so that what Java keeps for one virtual environment is good for others."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

from deployer.cache import VARIABLE
from deployer.engine.jvm.bridge import NAME, bridge

_START = """
import sys
from pathlib import Path
from deployer.engine.jvm.context import _start_jvm
import jpype
_start_jvm([], Path(sys.argv[1]), sys.argv[2:])
print("JPype", jpype.__file__, jpype.java.lang.System.getProperty("java.class.path"), flush=True)
jpype.java.lang.System.exit(0)
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


def java(folder: Path, *options: str, installed: Path | None = None) -> tuple[Path, Path, list[str]]:
    """Start Java by JPype; return where JPype is, Java's class path, and all that was written."""
    folder.mkdir()
    other = f"import sys; sys.path.insert(0, {str(installed)!r})" if installed else ""
    command = [sys.executable, "-c", other + _START, str(folder), *options]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    [(_, file, class_path)] = [line.split() for line in said if line.startswith("JPype ")]
    return Path(file), Path(class_path), said


def installed_again(folder: Path) -> Path:
    """JPype as another virtual environment has it."""
    ours = distribution("jpype1")
    for file in ours.files or ():
        if ".." not in file.parts and file.suffix != ".pyc":
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(ours.locate_file(file)), folder / file)
    return folder


@pytest.mark.engine
def test_java_starts_with_the_copy_and_nothing_of_the_environment(tmp_path: Path) -> None:
    _, class_path, _ = java(tmp_path / "engine")
    assert class_path == bridge()


@pytest.mark.engine
def test_a_cache_of_classes_is_good_for_another_installation(tmp_path: Path) -> None:
    made, other = tmp_path / "classes.aot", installed_again(tmp_path / "other")
    first, _, _ = java(tmp_path / "one", f"-XX:AOTCacheOutput={made}")
    second, _, said = java(tmp_path / "two", f"-XX:AOTCache={made}", "-Xlog:class+load", installed=other)
    assert other not in first.parents
    assert other in second.parents
    assert any("org.jpype.JPypeContext source: shared objects file" in line for line in said)


def test_a_copy_that_is_not_whole_is_made_again() -> None:
    copy = bridge()
    whole = copy.read_bytes()
    copy.write_bytes(whole[:100])
    assert bridge() == copy
    assert copy.read_bytes() == whole
    assert [file.name for file in copy.parent.iterdir()] == [NAME]


@pytest.mark.engine
def test_where_it_cannot_be_kept_java_starts_with_the_installed_one(tmp_path: Path, cache: Path) -> None:
    cache.write_text("no folder")
    _, class_path, _ = java(tmp_path / "engine")
    assert class_path == bridge() == Path(str(distribution("jpype1").locate_file(NAME)))
