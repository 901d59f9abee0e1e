"""What the action installs is written down, with hashes, and is what the project needs."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from action.github_runner import step
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
NEEDED = [*PROJECT["build-system"]["requires"], *PROJECT["project"]["dependencies"]]
LOCKS = {
    ".github/requirements.txt": NEEDED,
    ".github/requirements-engine.txt": [*NEEDED, *PROJECT["project"]["optional-dependencies"]["engine"]],
}
_LINE = re.compile(r"(?P<name>[\w.-]+)==(?P<version>\S+)(?P<hashes>( \\\n    --hash=sha256:[0-9a-f]{64})+)\n")


def locked(file: str) -> dict[str, str]:
    """The versions that a lock names, all of whose lines are as they should be."""
    head, lines = (ROOT / file).read_text().split("\n", 1)
    assert head.startswith("# Made by scripts/lock-action")
    assert _LINE.sub("", lines) == ""
    return {canonicalize_name(match["name"]): match["version"] for match in _LINE.finditer(lines)}


@pytest.mark.parametrize("file", LOCKS)
def test_a_lock_has_all_that_the_project_names_in_versions_that_it_takes(file: str) -> None:
    versions = locked(file)
    for text in LOCKS[file]:
        requirement = Requirement(text)
        assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)]), text


def test_the_action_installs_nothing_else() -> None:
    script = step("install")["run"]
    installs = [line for line in script.splitlines() if line.strip().startswith("pip ")]
    assert [("--require-hashes" in line, "--no-build-isolation" in line) for line in installs] == [
        (True, False),
        (False, True),
    ]
    assert "--no-deps" in script


def test_a_file_with_another_hash_is_refused(tmp_path: Path) -> None:
    text = (ROOT / ".github/requirements.txt").read_text()
    [line] = [match[0] for match in _LINE.finditer(text) if match["name"] == "mdurl"]
    (tmp_path / "requirements.txt").write_text(re.sub("[0-9a-f]{64}", "0" * 64, line))
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes", "-r", "requirements.txt"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert "DO NOT MATCH THE HASHES" in ended.stderr
