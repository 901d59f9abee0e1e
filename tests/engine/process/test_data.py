from __future__ import annotations

from pathlib import Path

import pytest

from deployer.engine.process.data import MARK, claim
from deployer.errors import EngineError


def test_a_new_folder_is_made_and_marked_with_the_release(tmp_path: Path) -> None:
    claim(tmp_path / "new" / "data", "1.3.31")
    assert (tmp_path / "new" / "data" / MARK).read_text() == "1.3.31\n"


def test_a_folder_in_use_is_refused_until_it_is_free_again(tmp_path: Path) -> None:
    first = claim(tmp_path, "1.3.31")
    with pytest.raises(EngineError, match="in use by another engine"):
        claim(tmp_path, "1.3.31")
    first.release()
    claim(tmp_path, "1.3.31")


def test_a_newer_releases_folder_is_refused_and_stays_as_it_was(tmp_path: Path) -> None:
    claim(tmp_path, "2.0.0").release()
    with pytest.raises(EngineError, match=r"written by Kestra 2\.0\.0, which is newer than 1\.3\.31") as caught:
        claim(tmp_path, "1.3.31")
    assert "start that version" in caught.value.hint
    assert (tmp_path / MARK).read_text() == "2.0.0\n"
    claim(tmp_path, "2.0.0")  # and is not held by the refusal


def test_an_older_releases_folder_is_taken_over(tmp_path: Path) -> None:
    claim(tmp_path, "1.3.9").release()
    claim(tmp_path, "1.3.31")
    assert (tmp_path / MARK).read_text() == "1.3.31\n"


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    with pytest.raises(EngineError, match="contains something other"):
        claim(tmp_path, "1.3.31")
    assert [entry.name for entry in tmp_path.iterdir()] == ["README.md"]


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EngineError, match="cannot be written"):
        claim(tmp_path / "file", "1.3.31")
