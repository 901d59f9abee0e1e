"""What git knows of a folder, asked of real repositories."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from git import Repo

from deployer.read import git, remote


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


def committed(folder: Path) -> str:
    """Make a repository with a commit; return the commit."""
    folder.mkdir(parents=True, exist_ok=True)
    for command in (
        ["init", "-q", "-b", "main"],
        ["remote", "add", "origin", "https://git.example.com/acme/flows.git"],
    ):
        asked("-C", str(folder), *command)
    return again(folder)


def again(folder: Path) -> str:
    asked("-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "x")
    return asked("-C", str(folder), "rev-parse", "HEAD")


def asked(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.parametrize("how", ["branch", "packed", "detached", "work tree", "submodule", "link"])
def test_the_commit_is_known_however_the_checkout_was_made(tmp_path: Path, how: str) -> None:
    here, hash_ = tmp_path / "here", committed(tmp_path / "here")
    if how == "packed":
        asked("-C", str(here), "pack-refs", "--all")
    if how == "detached":
        asked("-C", str(here), "checkout", "-q", "--detach")
    if how == "link":
        (tmp_path / "linked").symlink_to(here)
        here = tmp_path / "linked"
    if how == "work tree":
        asked("-C", str(here), "worktree", "add", "-q", "-b", "feature/a", str(tmp_path / "there"))
        here, hash_ = tmp_path / "there", again(tmp_path / "there")
    if how == "submodule":
        committed(tmp_path / "inner")
        inner = ("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(tmp_path / "inner"), "in")
        asked("-C", str(here), *inner)
        here, hash_ = here / "in", asked("-C", str(tmp_path / "inner"), "rev-parse", "HEAD")
    assert git.commit(here) == hash_


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a checkout to another user")
def test_the_commit_of_a_checkout_that_another_user_owns_is_known(tmp_path: Path) -> None:
    hash_ = committed(tmp_path)
    for each in (tmp_path, *tmp_path.rglob("*")):
        os.chown(each, 1234, 1234)
    assert git.commit(tmp_path) == hash_
    assert remote.name(tmp_path) == "git.example.com/acme/flows"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GIT_CONFIG_COUNT", "x"),
        ("GIT_DIR", "/nowhere"),
        ("GIT_CONFIG_GLOBAL", "/"),
        ("GIT_PYTHON_REFRESH", "x"),
        ("GIT_PYTHON_GIT_EXECUTABLE", "/nowhere"),
        ("PATH", ""),
        ("HOME", "/nowhere"),
    ],
)
def test_no_variable_hides_the_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    hash_ = committed(tmp_path)
    monkeypatch.setenv(name, value)
    assert git.commit(tmp_path) == hash_
    assert remote.name(tmp_path) == (None if name == "GIT_DIR" else "git.example.com/acme/flows")


@pytest.mark.parametrize("content", [b"[core\nfoo", b"\xff\xfe", b'[remote "origin"]\n', b""])
def test_a_broken_configuration_of_gits_hides_no_commit(tmp_path: Path, content: bytes) -> None:
    hash_ = committed(tmp_path)
    (tmp_path / ".git/config").write_bytes(content)
    assert git.commit(tmp_path) == hash_


@pytest.mark.parametrize("content", [b"", b"\xff", b"ref: ", b"ref: refs/../../secret", b"ref: HEAD", b"z" * 40, None])
def test_a_head_that_is_none_is_no_commit(tmp_path: Path, content: bytes | None) -> None:
    committed(tmp_path)
    (tmp_path / ".git/HEAD").unlink()
    os.mkfifo(tmp_path / ".git/HEAD") if content is None else (tmp_path / ".git/HEAD").write_bytes(content)
    assert git.commit(tmp_path) is None


def test_references_that_lead_in_a_circle_are_no_commit(tmp_path: Path) -> None:
    committed(tmp_path)
    (tmp_path / ".git/refs/heads/main").write_text("ref: refs/heads/main\n")
    assert git.commit(tmp_path) is None
