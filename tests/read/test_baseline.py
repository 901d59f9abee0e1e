"""Which commit files are compared with, and what is said where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from read.repository import Repository, made

from deployer.errors import UsageError
from deployer.read.baseline import Baseline, baseline


@pytest.fixture
def origin(tmp_path: Path) -> Repository:
    return made(tmp_path / "origin")


def cloned(origin: Repository, folder: Path, *options: str) -> Repository:
    origin.git("clone", "--quiet", *options, origin.root.as_uri(), str(folder))
    return Repository(folder)


def found(repository: Repository, ref: str = "") -> Baseline:
    return baseline(repository.root / "flows", ref)


def refused(repository: Repository, ref: str = "") -> UsageError:
    with pytest.raises(UsageError) as raised:
        found(repository, ref)
    return raised.value


def test_it_is_where_the_branch_left_the_remotes_main_branch(tmp_path: Path, origin: Repository) -> None:
    origin.git("branch", "--quiet", "-m", "trunk")
    left = origin.commit()
    clone = cloned(origin, tmp_path / "clone")
    origin.commit("others went on")
    clone.git("switch", "--quiet", "-c", "mine")
    clone.git("fetch", "--quiet")
    clone.commit("mine")
    assert (found(clone).commit, found(clone).name) == (left, "the merge base of HEAD with origin/trunk")
    assert not found(clone).is_head


@pytest.mark.parametrize(
    ("there", "taken"),
    [
        (["refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main"], "origin/main"),
        (["refs/remotes/origin/master", "refs/heads/main"], "origin/master"),
        (["refs/heads/main", "refs/heads/master"], "main"),
        (["refs/heads/master"], "master"),
    ],
)
def test_where_the_remote_does_not_say_it_names_are_tried(origin: Repository, there: list[str], taken: str) -> None:
    first = origin.git("rev-parse", "HEAD")
    origin.git("switch", "--quiet", "-c", "mine")
    origin.git("branch", "--quiet", "-D", "main")
    for name in there:
        origin.git("update-ref", name, first)
    origin.commit()
    assert (found(origin).commit, found(origin).name) == (first, f"the merge base of HEAD with {taken}")


def test_a_head_of_the_remote_that_points_nowhere_is_passed_over(origin: Repository) -> None:
    origin.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/gone")
    assert found(origin).name == "the merge base of HEAD with main"


def test_on_the_main_branch_it_is_what_is_checked_out(origin: Repository) -> None:
    assert (found(origin).is_head, found(origin).commit) == (True, origin.git("rev-parse", "HEAD"))


@pytest.mark.parametrize("ref", ["main", "HEAD", "v1", "HEAD~1", "{hash}", "{short}"])
def test_a_commit_has_many_names(origin: Repository, ref: str) -> None:
    first = origin.git("rev-parse", "HEAD")
    if ref == "HEAD~1":
        origin.commit()
    origin.git("tag", "-a", "v1", "-m", "x", first)
    ref = ref.format(hash=first, short=first[:10])
    assert (found(origin, ref).commit, found(origin, ref).called) == (first, f"{ref} ({first[:7]})")


@pytest.mark.parametrize(
    "ref", ["nowhere", "--all", "-h", "a\nb", "\udcff", "HEAD:flows", "@{", "a b", "^HEAD", "x" * 9999]
)
def test_what_names_no_commit_is_refused(origin: Repository, ref: str) -> None:
    assert "--changed: git " in str(refused(origin, ref))


def test_outside_of_a_repository_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    error = refused(Repository(tmp_path))
    assert "is in no git repository" in str(error)
    assert "leave --changed out" in error.hint


def test_before_the_first_commit_there_is_none(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.git("init", "--quiet")
    assert "has no commit yet" in str(refused(repository))


def test_without_a_main_branch_a_name_is_asked_for(origin: Repository) -> None:
    origin.git("branch", "--quiet", "-m", "work")
    error = refused(origin)
    assert "no main branch is known in this clone" in str(error)
    assert "--changed=REF" in error.hint
    assert "fetch-depth: 0" in error.hint


def test_a_shallow_clone_says_what_to_fetch(tmp_path: Path, origin: Repository) -> None:
    origin.git("switch", "--quiet", "-c", "mine")
    origin.commit("mine")
    origin.git("switch", "--quiet", "main")
    origin.commit("others went on")
    clone = cloned(origin, tmp_path / "clone", "--depth", "1", "--no-single-branch", "--branch", "mine")
    error = refused(clone)
    assert str(error) == "--changed: HEAD and origin/main have no commit in common in this clone, which is shallow"
    assert "fetch-depth: 0" in error.hint
    assert "fetch-depth: 0" in refused(clone, "HEAD~1").hint
    assert found(clone, "origin/main").blobs


def test_histories_that_never_met_are_refused(origin: Repository) -> None:
    origin.git("switch", "--quiet", "--orphan", "mine")
    origin.flow("a")
    origin.commit()
    error = refused(origin)
    assert str(error).endswith("HEAD and main have no commit in common in this clone")
    assert "--changed=REF" in error.hint


def test_without_the_program_git_it_says_so(origin: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert str(refused(origin)) == "--changed needs the program git"


def test_a_checkout_that_git_does_not_trust_is_named(origin: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "true")
    error = refused(origin)
    assert "dubious ownership" in str(error)
    assert f"safe.directory {origin.root}" in error.hint


def test_a_content_that_is_missing_is_said(tmp_path: Path, origin: Repository) -> None:
    found_ = found(origin)
    blob = found_.blobs["flows/a.yaml"]
    (origin.root / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(UsageError, match="git has no content of"):
        found_.contents([blob])


def test_no_program_that_a_configuration_names_is_run(tmp_path: Path, origin: Repository) -> None:
    mark = tmp_path / "ran"
    for name in (
        "core.fsmonitor",
        "diff.external",
        "core.pager",
        "filter.x.smudge",
        "filter.x.clean",
        "diff.x.textconv",
    ):
        origin.git("config", name, f"touch {mark}")
    origin.write(".git/info/attributes", "*.yaml filter=x diff=x\n")
    origin.write("flows/a.yaml", "x: y")
    before = found(origin)
    assert before.contents([before.blobs["flows/a.yaml"]])
    assert not mark.exists()
