"""The environments that the SDK's tests run in, with a package that is made here, so that no network is needed."""

from __future__ import annotations

import subprocess
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sdk.environment import environment

from deployer.cache import VARIABLE as CACHE_VARIABLE

RECORD = "tiny/__init__.py,,14\ntiny-1.dist-info/METADATA,,\ntiny-1.dist-info/WHEEL,,\ntiny-1.dist-info/RECORD,,\n"


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A wheel to install, and a cache of the test's own."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    wheel = tmp_path / "tiny-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny/__init__.py", "ANSWER = 42\n##")
        archive.writestr("tiny-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1\n")
        archive.writestr("tiny-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("tiny-1.dist-info/RECORD", RECORD)
    return str(wheel)


def package_of(python: Path) -> Path:
    asked = subprocess.check_output([python, "-I", "-c", "import tiny; print(tiny.__file__)"], text=True)
    return Path(asked.strip())


def test_it_is_made_once(tiny: str) -> None:
    marked = package_of(environment([tiny])).with_name("kept")
    marked.touch()
    assert package_of(environment([tiny])).with_name("kept").exists()


def test_others_are_needed_for_other_requirements(tiny: str) -> None:
    assert environment([tiny]) != environment([tiny, tiny])


@pytest.mark.parametrize("content", ["ANSWER = 4", None])
def test_a_broken_one_is_made_anew(tiny: str, content: str | None) -> None:
    package = package_of(environment([tiny]))
    if content is None:
        package.unlink()
    else:
        package.write_text(content)
    assert package_of(environment([tiny])).read_text() == "ANSWER = 42\n##"


def test_one_that_was_left_half_made_is_made_anew(tiny: str) -> None:
    python = environment([tiny])
    (python.parents[1] / ".complete").unlink()
    package_of(python).unlink()
    assert package_of(environment([tiny])).exists()


def test_one_whose_python_is_gone_is_made_anew(tiny: str) -> None:
    environment([tiny]).unlink()
    assert package_of(environment([tiny])).exists()


def test_two_at_once_make_one(tiny: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(environment, [[tiny], [tiny]])
    assert first == second
    assert package_of(first).exists()


def test_what_pip_cannot_install_is_an_error(tiny: str) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        environment([tiny.replace("tiny-1", "tiny-2")])
