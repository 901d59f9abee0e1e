"""What a version of Kestra must have here, and that one which has not all of it yet stops no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from differential.samples import FOLDERS

from deployer.check import check
from deployer.engine.install.lock import lock_of
from deployer.errors import UsageError
from deployer.language.types import DESCRIBED, types_of
from deployer.model.version import NAMES, VERSIONS, KestraVersion, nearest
from deployer.parsing.parse import parse

ROOT = Path(__file__).parents[1]
TYPO = "id: a\nnamespace: a.b\ntasks:\n  - {id: say, type: io.kestra.plugin.core.log.Log, massage: x}\n"


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
def test_a_version_has_a_lock_a_description_samples_and_its_place(version: KestraVersion) -> None:
    assert lock_of(version).is_file()
    assert types_of(version.name).plugins
    assert nearest(version.engine) is version
    assert version.dialect == f"{version.name[0]}.x"


@pytest.mark.parametrize("version", NAMES)
def test_samples_are_said_to_be_for_each_version(version: str) -> None:
    assert version in {name for folder, names in FOLDERS.items() for name in names if folder != "every"}


def test_the_readme_says_twice_which_versions_there_are() -> None:
    assert (ROOT / "README.md").read_text().count(f"1.0 to {NAMES[-1]}") == 2


def test_versions_stand_in_their_order() -> None:
    assert [*NAMES] == sorted(NAMES, key=lambda name: tuple(map(int, name.split("."))))


def test_a_version_that_is_not_described_yet_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    assert DESCRIBED == NAMES
    with pytest.raises(UsageError, match="there is no description of") as caught:
        types_of("9.9")
    assert "scripts/describe-engine 9.9" in caught.value.hint
    for module in ("deployer.language.words", "deployer.language.types"):
        monkeypatch.setattr(f"{module}.NAMES", (*NAMES, "9.9"))
    document, _ = parse("a.yaml", TYPO)
    assert document
    for name in NAMES:
        assert "unknown-property" in {problem.check for problem in check([document], name)}
