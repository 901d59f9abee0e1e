"""Which files are found under a path, and what is said of those that cannot be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from deployer.errors import UsageError
from deployer.model.problem import Problem, Severity
from deployer.read.files import SourceFile, read_files


def write(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"id: {name}\n")


def found(path: Path, root: Path, *ignore: str) -> tuple[list[SourceFile], list[Problem]]:
    return read_files(path, root, ignore, lambda name: name.endswith((".yaml", ".yml")))


def names(path: Path, root: Path, *ignore: str) -> list[str]:
    files, problems = found(path, root, *ignore)
    assert problems == []
    return [str(Path(file.name).relative_to(root)) for file in files]


def test_nested_yaml_files_are_found_in_a_stable_order(tmp_path: Path) -> None:
    write(tmp_path, "b/two.yml", "a/deep/er/one.yaml", "three.yaml", "notes.md", "b/data.json")
    assert names(tmp_path, tmp_path) == ["three.yaml", "a/deep/er/one.yaml", "b/two.yml"]


def test_hidden_files_and_folders_are_skipped(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", ".b.yaml", ".github/c.yaml")
    assert names(tmp_path, tmp_path) == ["a.yaml"]


def test_ignore_patterns_are_read_as_git_reads_them(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "draft-b.yaml", "old/c.yaml", "old/keep.yaml", "sub/old/d.yaml")
    assert names(tmp_path, tmp_path, "draft-*", "/old/*", "!/old/keep.yaml") == [
        "a.yaml",
        "old/keep.yaml",
        "sub/old/d.yaml",
    ]


def test_ignore_patterns_start_from_the_root_not_from_the_path(tmp_path: Path) -> None:
    write(tmp_path, "flows/a.yaml", "flows/b.yaml")
    assert names(tmp_path / "flows", tmp_path, "/flows/b.yaml") == ["flows/a.yaml"]


def test_kestraignore_hides_no_flow(tmp_path: Path) -> None:
    write(tmp_path, "flows/a.yaml")
    (tmp_path / ".kestraignore").write_text("flows/\n")
    assert names(tmp_path / "flows", tmp_path) == ["flows/a.yaml"]


def test_a_single_file_can_be_named(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "b.yaml")
    assert names(tmp_path / "b.yaml", tmp_path) == ["b.yaml"]


def test_a_path_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no such file or folder: .*nowhere") as caught:
        found(tmp_path / "nowhere", tmp_path)
    assert caught.value.hint


def test_an_unreadable_file_is_a_problem_and_the_rest_is_read(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml")
    (tmp_path / "broken.yaml").symlink_to(tmp_path / "gone")
    files, problems = found(tmp_path, tmp_path)
    assert [Path(file.name).name for file in files] == ["a.yaml"]
    assert [problem.message for problem in problems] == ["cannot be read: No such file or directory"]


def test_what_is_no_file_of_a_sensible_size_is_a_problem_and_is_not_opened(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml")
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "zero.yaml").symlink_to("/dev/zero")
    with (tmp_path / "large.yaml").open("wb") as large:
        large.truncate(50_000_000)
    files, problems = found(tmp_path, tmp_path)
    assert [Path(file.name).name for file in files] == ["a.yaml"]
    assert [problem.message for problem in problems] == [
        "has 50,000,000 bytes, but Kestra reads at most 3,145,728 characters",
        "is a named pipe, not a file",
        "is a symbolic link that leads out of the folder",
    ]
    _, [problem] = found(Path("/dev/zero"), tmp_path)
    assert problem.message == "is a device, not a file"


def test_links_that_loop_or_leave_the_folder_are_problems_and_others_are_read(tmp_path: Path) -> None:
    write(tmp_path, "flows/a.yaml", "shared/b.yaml", "elsewhere.yaml")
    (tmp_path / "flows/b.yaml").symlink_to("../shared/b.yaml")
    (tmp_path / "flows/loop.yaml").symlink_to("loop.yaml")
    (tmp_path / "flows/self").symlink_to(".")
    files, problems = found(tmp_path / "flows", tmp_path)
    assert [Path(file.name).name for file in files] == ["a.yaml", "b.yaml"]
    assert [(problem.message, problem.severity) for problem in problems] == [
        ("is a symbolic link to a folder, which is not followed", Severity.WARNING),
        ("cannot be read: Too many levels of symbolic links", Severity.ERROR),
    ]
    _, problems = found(tmp_path / "flows", tmp_path / "flows")
    assert "is a symbolic link that leads out of the folder" in [problem.message for problem in problems]


def test_a_folder_that_cannot_be_listed_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.yaml", "closed/b.yaml")
    genuine = os.scandir

    def refuse(folder: str) -> object:
        if str(folder).endswith("closed"):  # root may list everything, whatever its mode
            raise PermissionError(13, "Permission denied", str(folder))
        return genuine(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    files, [problem] = found(tmp_path, tmp_path)
    assert len(files) == 1
    assert (problem.message, Path(problem.file or "").name) == ("cannot be listed: Permission denied", "closed")


def test_a_name_that_is_no_text_can_be_shown(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.yaml")).write_text("")
    [file], problems = found(tmp_path, tmp_path)
    assert (Path(file.name).name, file.content, problems) == ("caf\\xe9.yaml", b"", [])


def test_line_ends_and_byte_order_mark_survive(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfid: a\r\n")
    [file], _ = found(tmp_path, tmp_path)
    assert file.content == b"\xef\xbb\xbfid: a\r\n"


def test_names_are_relative_to_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "flows/a.yaml")
    monkeypatch.chdir(tmp_path)
    [file], _ = found(Path("flows"), tmp_path)
    assert file.name == "flows/a.yaml"
