"""What git knows of a folder, asked of real repositories."""

from __future__ import annotations

from pathlib import Path

from git import Repo

from deployer.read import git


def test_inside_a_repository_its_root_and_commit_are_known(tmp_path: Path) -> None:
    with Repo.init(tmp_path) as repository:
        (tmp_path / "flows").mkdir()
        assert git.commit(tmp_path) is None
        with repository.config_writer() as config:
            config.set_value("user", "name", "a").set_value("user", "email", "a@example.org")
        head = repository.index.commit("first")
    assert git.root(tmp_path / "flows") == tmp_path
    assert git.commit(tmp_path / "flows") == head.hexsha


def test_outside_a_repository_nothing_is_known(tmp_path: Path) -> None:
    assert git.root(tmp_path) is None
    assert git.commit(tmp_path) is None
    assert git.root(tmp_path / "nowhere") is None
