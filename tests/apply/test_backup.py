"""The texts of what is deleted are kept where they belong, whatever the server calls it, and for their owner alone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from deployer.apply import backup
from deployer.errors import UsageError
from deployer.kinds import is_known
from deployer.model.change import Action, Change
from deployer.model.resource import FLOW, Key, Resource

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def deletion(namespace: str = "company.team", name: str = "hello") -> Change:
    key = Key(FLOW, namespace, name)
    return Change(Action.PRUNE, key, None, Resource(key, "id: hello\n"))


def files(folder: Path) -> list[str]:
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


def test_they_are_for_their_owner_alone(tmp_path: Path) -> None:
    kept = Path(backup.save([deletion()], tmp_path / "kept", NOW, tmp_path))
    assert files(kept) == ["flow/company.team/hello.yaml"]
    assert (kept.stat().st_mode & 0o777, (kept / "flow/company.team/hello.yaml").stat().st_mode & 0o777) == (
        0o700,
        0o600,
    )


@pytest.mark.parametrize(
    ("namespace", "name"),
    [("ok.ns", "../../../pwn"), ("/elsewhere", "pwn"), ("..", "pwn"), ("ok.ns", "/etc/pwn"), ("a/../../..", "pwn")],
)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, namespace: str, name: str) -> None:
    with pytest.raises(UsageError, match="cannot name a file"):
        backup.save([deletion(namespace, name)], tmp_path / "project/kept", NOW, tmp_path / "project")
    assert [name for name in files(tmp_path) if "pwn" in name] == []


def test_no_link_leads_out_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "victim").mkdir()
    project = tmp_path / "project"
    project.mkdir()
    (project / ".kestra-deployer").symlink_to(tmp_path / "victim")
    with pytest.raises(UsageError, match="leads out of"):
        backup.save([deletion()], project / ".kestra-deployer/deleted", NOW, project)
    assert files(tmp_path / "victim") == []


@pytest.mark.parametrize(
    ("namespace", "name", "sound"),
    [
        ("company.team", "hello", True),
        ("company.team", "a.b-c_D", True),
        ("company.team", "..", False),
        ("company/team", "hello", False),
        ("company.team", "a/b", False),
        ("company.team", "a\n", False),
        ("company.team", "", False),
        ("company.team", "-o", False),
        ("Company", "hello", False),
        ("company.team", "a" * 101, False),
    ],
)
def test_a_name_is_sound_where_kestra_takes_it(namespace: str, name: str, sound: bool) -> None:
    assert is_known(Key(FLOW, namespace, name)) is sound
