"""What of a project has changed since a commit: compared by content, in real repositories."""

from __future__ import annotations

from pathlib import Path

import pytest
from read.repository import FLOW, Repository, made

NOTHING: tuple[list[str], list[str]] = ([], [])


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return made(tmp_path / "project")


def test_without_a_change_there_is_none(repository: Repository) -> None:
    assert repository.changed() == NOTHING
    assert repository.difference().is_empty


@pytest.mark.parametrize("how", ["committed", "staged", "not staged", "untracked"])
def test_a_change_counts_however_far_it_has_come(repository: Repository, how: str) -> None:
    if how == "untracked":
        repository.flow("c")
        repository.suite("c")
    else:
        repository.flow("a", says="good day")
        repository.suite("b", case="runs-again")
    if how == "staged":
        repository.git("add", ".")
    if how == "committed":
        repository.commit()
    assert repository.changed("main~0" if how != "committed" else "HEAD~1") == {
        "untracked": (["c"], ["c"]),
    }.get(how, (["a"], ["b"]))


def test_a_deleted_flow_has_changed(repository: Repository) -> None:
    repository.remove("flows/a.yaml")
    repository.remove("flows/a.smoke.yaml")
    assert repository.changed() == (["a"], [])


def test_a_renamed_flow_is_a_new_one_and_the_old_is_gone(repository: Repository) -> None:
    repository.remove("flows/a.yaml")
    repository.flow("c")
    assert repository.changed() == (["a", "c"], [])


def test_what_was_only_moved_is_the_same(repository: Repository) -> None:
    (repository.root / "flows/team").mkdir()
    for name in ("a.yaml", "a.smoke.yaml"):
        (repository.root / "flows" / name).rename(repository.root / "flows/team" / name)
    assert repository.changed() == NOTHING


def test_what_was_moved_and_edited_has_changed(repository: Repository) -> None:
    repository.remove("flows/a.yaml")
    repository.flow("a", says="good day", folder="flows/team")
    assert repository.changed() == (["a"], [])


def test_a_copy_of_another_folders_flow_is_a_change(repository: Repository) -> None:
    repository.flow("a", says="the next one", folder="staging")
    repository.commit()
    repository.flow("a", says="the next one")
    assert repository.changed() == (["a"], [])


def test_what_was_a_draft_or_a_backup_is_new(repository: Repository) -> None:
    repository.flow("c", folder="flows/drafts")
    repository.write("flows/d.yaml.bak", FLOW.format(name="d", says="x"))
    repository.flow("e", folder="flows/.hidden")
    repository.commit()
    repository.flow("c")
    repository.remove("flows/drafts/c.yaml")
    repository.write("flows/d.yaml", FLOW.format(name="d", says="x"))
    repository.flow("e")
    assert repository.changed(ignore=("drafts/",)) == (["c", "d", "e"], [])


def test_other_line_ends_are_no_change(repository: Repository) -> None:
    for name in ("flows/a.yaml", "flows/a.smoke.yaml"):
        repository.write(name, (repository.root / name).read_bytes().replace(b"\n", b"\r\n"))
    assert repository.changed() == NOTHING


def test_a_comment_is_a_change(repository: Repository) -> None:
    repository.write("flows/a.yaml", "# why\n" + (repository.root / "flows/a.yaml").read_text())
    assert repository.changed() == (["a"], [])


def test_only_what_is_under_the_path_is_looked_at(repository: Repository) -> None:
    repository.flow("x", folder="other")
    repository.commit()
    repository.flow("x", says="good day", folder="other")
    repository.remove("flows/b.yaml")
    assert repository.changed() == (["b"], [])
    assert repository.changed(path="other") == (["x"], [])


def test_of_a_single_file_its_suites_anywhere_in_the_project_count(repository: Repository) -> None:
    repository.write("tests/more.smoke.yaml", (repository.root / "flows/a.smoke.yaml").read_text())
    repository.commit()
    assert repository.changed(path="flows/a.yaml") == NOTHING
    repository.write("tests/more.smoke.yaml", (repository.root / "flows/a.smoke.yaml").read_text() + "# x\n")
    assert repository.changed(path="flows/a.yaml") == ([], ["more"])


def test_a_file_that_a_suite_passes_counts_as_part_of_it(repository: Repository) -> None:
    passes = "{id: runs, fixtures: {inputs: {rows: data/rows.csv}}}"
    repository.write("flows/a.smoke.yaml", f"id: s\nnamespace: company.team\nflowId: a\ntestCases: [{passes}]\n")
    repository.write("flows/data/rows.csv", "1,2")
    repository.commit()
    assert repository.changed() == NOTHING
    repository.write("flows/data/rows.csv", b"\xff\x00")
    assert repository.changed() == ([], ["a"])


def test_names_with_any_characters_are_compared(repository: Repository) -> None:
    repository.flow("grüße", folder="flows/a\tb \n")
    repository.write("flows/a\tb \n/grüße.yaml", FLOW.format(name="greets", says="x"))
    repository.commit()
    assert repository.changed() == NOTHING
    repository.write("flows/a\tb \n/grüße.yaml", FLOW.format(name="greets", says="y"))
    assert repository.changed() == (["greets"], [])


def test_a_file_that_declared_nothing_then_harms_nothing(repository: Repository) -> None:
    repository.write("flows/broken.yaml", "id: [")
    repository.write("flows/notes.yaml", "a: list")
    repository.write("flows/binary.yaml", b"\xff\xfe")
    repository.commit()
    for name in ("broken", "notes", "binary"):
        repository.remove(f"flows/{name}.yaml")
    assert repository.changed() == NOTHING


def test_a_project_may_be_anywhere_in_its_repository_and_behind_a_link(tmp_path: Path) -> None:
    whole = made(tmp_path / "whole")
    below = Repository(whole.root / "team")
    below.flow("x")
    below.commit()
    (tmp_path / "linked").symlink_to(below.root)
    below.flow("x", says="good day")
    assert below.changed() == (["x"], [])
    assert Repository(tmp_path / "linked").changed() == (["x"], [])


def test_a_repository_of_long_hashes_is_read(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.git("init", "--quiet", "-b", "main", "--object-format=sha256")
    repository.flow("a")
    repository.flow("b")
    repository.commit()
    repository.flow("a", says="good day")
    assert repository.changed() == (["a"], [])
