"""What a repository's remote is called: with real repositories, and without a git program."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deployer.errors import UsageError
from deployer.read import remote

Git = Callable[..., None]


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """Run git in the test's folder, with a home of its own."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL", "GIT_DIR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "home").mkdir()

    def run(*arguments: str, folder: Path = tmp_path) -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "protocol.file.allow=always"]
        subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)

    return run


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/acme/flows",
        "https://github.com/acme/flows.git",
        "https://github.com/Acme/Flows.git/",
        "https://GitHub.com:443/acme/flows",
        "https://x-access-token:s3cret@github.com/acme/flows?token=s3cret#s3cret",
        "http://github.com/acme/flows",
        "git@github.com:acme/flows.git",
        "github.com:acme/flows",
        "ssh://git@github.com/acme/flows.git",
        "ssh://git@github.com:22/acme/flows.git",
        "ssh://git@ssh.github.com:443/acme/flows.git",
        "git://github.com/acme/flows",
    ],
)
def test_the_same_repository_has_the_same_name_whatever_its_address(url: str) -> None:
    assert remote.canonical(url) == "github.com/acme/flows"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("", ""),
        ("ssh://git@host:2222/acme/flows", "host/acme/flows"),
        ("/srv/git/flows.git", "/srv/git/flows"),
        ("file:///srv/git/flows.git", "/srv/git/flows"),
        ("https://user@dev.azure.com/acme/p/_git/flows", "dev.azure.com/acme/p/_git/flows"),
    ],
)
def test_other_addresses_keep_what_tells_them_apart(url: str, name: str) -> None:
    assert remote.canonical(url) == name


def test_it_is_the_remote_origin(tmp_path: Path, git: Git) -> None:
    git("init")
    assert remote.name(tmp_path) is None
    git("remote", "add", "upstream", "https://github.com/kestra-io/kestra.git")
    assert remote.name(tmp_path) == "github.com/kestra-io/kestra"
    git("remote", "add", "fork", "https://github.com/ann/kestra.git")
    assert remote.name(tmp_path) is None
    git("remote", "add", "origin", "https://github.com/acme/flows.git")
    assert remote.name(tmp_path) == "github.com/acme/flows"
    (tmp_path / "flows").mkdir()
    assert remote.name(tmp_path / "flows") == "github.com/acme/flows"


def test_a_work_tree_and_a_submodule_have_a_remote_of_their_own(tmp_path: Path, git: Git) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        git("init", folder=tmp_path / name)
        git("commit", "--allow-empty", "-m", "first", folder=tmp_path / name)
        git("remote", "add", "origin", f"https://example.com/acme/{name}.git", folder=tmp_path / name)
    git("worktree", "add", "../tree", folder=tmp_path / "one")
    assert remote.name(tmp_path / "tree") == "example.com/acme/one"

    git("submodule", "add", str(tmp_path / "two"), "below", folder=tmp_path / "one")
    git("remote", "set-url", "origin", "https://example.com/acme/below.git", folder=tmp_path / "one/below")
    assert remote.name(tmp_path / "one/below") == "example.com/acme/below"
    assert remote.name(tmp_path / "one") == "example.com/acme/one"


def test_an_address_may_be_short_for_another(tmp_path: Path, git: Git) -> None:
    git("init")
    git("config", "--global", "url.https://git.example.com/.insteadOf", "work:")
    git("config", "--global", "url.https://git.example.com/acme/.insteadOf", "work:mine/")
    git("remote", "add", "origin", "work:acme/flows")
    assert remote.name(tmp_path) == "git.example.com/acme/flows"
    git("remote", "set-url", "origin", "work:mine/flows")
    assert remote.name(tmp_path) == "git.example.com/acme/flows"


def test_git_dir_names_another_repository(tmp_path: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bare").mkdir()
    git("init", "--bare", folder=tmp_path / "bare")
    git("remote", "add", "origin", "https://example.com/acme/bare.git", folder=tmp_path / "bare")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "bare"))
    assert remote.name(tmp_path) == "example.com/acme/bare"


@pytest.mark.parametrize("text", ["[core\nfoo", "\xff\xfe", "nonsense"])
def test_a_configuration_that_cannot_be_read_is_said_to_be_so(tmp_path: Path, git: Git, text: str) -> None:
    git("init")
    (tmp_path / ".git/config").write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match=r"\.git/config cannot be read as git's configuration") as caught:
        remote.name(tmp_path)
    assert "--project" in caught.value.hint


def test_no_git_program_is_needed(tmp_path: Path, git: Git) -> None:
    git("init")
    git("remote", "add", "origin", "https://github.com/acme/flows.git")
    code = "from pathlib import Path; from deployer.read import remote; print(remote.name(Path()))"
    environ = {**os.environ, "PATH": str(tmp_path / "nothing")}
    command = [sys.executable, "-c", code]
    ended = subprocess.run(command, check=True, cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert (ended.stdout, ended.stderr) == ("github.com/acme/flows\n", "")


def test_outside_a_repository_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GIT_DIR", raising=False)
    assert remote.name(tmp_path) is None
