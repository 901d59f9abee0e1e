"""What git knows of a folder: every answer is None outside a repository, or without git. Its remote is `remote`'s."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from git import Repo


def root(folder: Path) -> Path | None:
    """Return the top of the work tree that holds `folder`."""
    here = folder.absolute()
    return next((above for above in (here, *here.parents) if (above / ".git").exists()), None)


def commit(folder: Path) -> str | None:
    """Return the full hash of the commit that is checked out around `folder`; None before the first commit."""
    repository = _repository(folder)
    return repository.head.commit.hexsha if repository and repository.head.is_valid() else None


def _repository(folder: Path) -> Repo | None:
    try:
        import git  # noqa: PLC0415  slow to import, and fails where no git is installed
    except ImportError:
        return None
    try:
        return git.Repo(folder, search_parent_directories=True)
    except (git.InvalidGitRepositoryError, git.NoSuchPathError):
        return None
