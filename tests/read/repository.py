"""A git repository with a project in it, as a person works with one."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deployer.model.difference import Difference
from deployer.model.request import Checkout, Command, Request
from deployer.read.difference import find_difference
from deployer.read.everything import read_all

FLOW = """\
id: {name}
namespace: company.team
tasks:
  - {{id: say, type: io.kestra.plugin.core.log.Log, message: {says}}}
"""
SUITE = "id: s\nnamespace: company.team\nflowId: {name}\ntestCases: [{{id: {case}}}]\n"
_USER = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")


@dataclass(frozen=True, slots=True)
class Repository:
    """A checkout whose flows are in `flows/`."""

    root: Path

    def git(self, *arguments: str) -> str:
        command = ["git", "-C", str(self.root), *_USER, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, message: str = "x") -> str:
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def write(self, name: str, content: str | bytes) -> None:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)

    def flow(self, name: str, says: str = "hello", folder: str = "flows") -> None:
        self.write(f"{folder}/{name}.yaml", FLOW.format(name=name, says=says))

    def suite(self, name: str, case: str = "runs") -> None:
        self.write(f"flows/{name}.smoke.yaml", SUITE.format(name=name, case=case))

    def remove(self, name: str) -> None:
        (self.root / name).unlink()

    def difference(self, since: str = "HEAD", path: str = "flows", **more: Any) -> Difference:
        request = Request(
            command=Command.TEST,
            paths=(self.root / path,),
            checkout=Checkout(root=self.root),
            smoke=True,
            since=since,
            **more,
        )
        return find_difference(read_all(request), request)

    def changed(self, since: str = "HEAD", path: str = "flows", **more: Any) -> tuple[list[str], list[str]]:
        """The ids of the flows, and the files of the suites, that changed."""
        found = self.difference(since, path, **more)
        files = (Path(each).name.removesuffix(".smoke.yaml") for each in found.suites)
        return sorted(key.name for key in found.flows), sorted(files)


def made(folder: Path) -> Repository:
    """Return a repository with the branch `main` and two flows with suites, all committed."""
    folder.mkdir(parents=True, exist_ok=True)
    repository = Repository(folder)
    repository.git("init", "--quiet", "-b", "main")
    for name in ("a", "b"):
        repository.flow(name)
        repository.suite(name)
    repository.commit("first")
    return repository
