"""The hook, run by pre-commit itself: it installs the project from a repository and checks what a commit holds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ("deployer", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
FLOW = "id: {id}\nnamespace: team.a\ntasks:\n  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: hello\n"
GIT = ("git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run([*GIT, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def published(tmp_path: Path) -> tuple[Path, str]:
    """A repository with this project in it, and its commit."""
    folder = tmp_path / "published"
    folder.mkdir()
    for name in PACKAGE:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "all")
    return folder, git(folder, "rev-parse", "HEAD")


def test_the_hook_refuses_a_commit_with_a_broken_flow_and_takes_it_mended(
    published: tuple[Path, str], tmp_path: Path
) -> None:
    folder, revision = published
    project = tmp_path / "project"
    (project / "flows").mkdir(parents=True)
    git(tmp_path, "init", "--quiet", str(project))
    hooks = f"repos:\n  - repo: {folder}\n    rev: {revision}\n    hooks:\n      - id: kestra-check\n"
    (project / ".pre-commit-config.yaml").write_text(hooks)
    for name in ("a", "b"):
        (project / f"flows/{name}.yaml").write_text(FLOW.format(id=name))
    (project / "flows/broken.yaml").write_text(FLOW.format(id="broken").replace("message", "mesage"))
    (project / "other.yaml").write_text("no: flow\n")
    git(project, "add", "--all")
    environment = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "hooks"), "NO_COLOR": "1"}

    def run() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pre_commit", "run", "--color=never"]
        return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)

    refused = run()
    assert refused.returncode == 1, refused.stdout + refused.stderr
    assert "check Kestra flows" in refused.stdout
    assert "flows/broken.yaml:6:5" in refused.stdout
    assert "3 files checked" in refused.stdout
    (project / "flows/broken.yaml").write_text(FLOW.format(id="broken"))
    git(project, "add", "--all")
    mended = run()
    assert mended.returncode == 0, mended.stdout + mended.stderr
