"""A project that changes, deployed to a server on which others have a flow too; and what has to hold after a deploy."""

from __future__ import annotations

import io
import sys
import zipfile
from dataclasses import dataclass, field
from typing import Any

import httpx
from cli.others import create
from cli.project import HELLO, Project

MANY = tuple(f"u{number:02}" for number in range(24))
"""Flows of a deploy that takes a while: several times as many as are written at once."""
LONGEST = 60.0
"""Seconds, which only a failure takes."""
SYNC = ("sync", "--project", "ours", "--prune", "--max-prune", "100%", "--format", "json")
"""The command that is broken off, and then run again as it stands."""
DEPLOYER = (sys.executable, "-m", "deployer")
"""What runs a command line in a process of its own."""

THEIRS = HELLO.replace("id: hello", "id: theirs")


@dataclass
class World:
    """`steps` changes were made; each one changes every flow `u…`, adds a flow, and takes the one before away."""

    project: Project
    api: httpx.Client
    updated: tuple[str, ...] = ("u",)
    steps: int = 0
    files: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        create(self.api, THEIRS)
        self.files["kept"] = self.project.flow("kept")
        self.step()

    def step(self) -> None:
        """Change the files."""
        self.steps += 1
        if self.files.pop(f"c{self.steps - 1}", None):
            self.project.remove(f"c{self.steps - 1}")
        for name in self.updated:
            self.files[name] = self.project.flow(name, message=f"step {self.steps}")
        name = f"c{self.steps}"
        self.files[name] = self.project.flow(name)

    def live(self) -> dict[str, tuple[str, int]]:
        """What the server has: text and revision by name."""
        found = self.api.get("/flows/search", params={"size": 500}).raise_for_status().json()["results"]
        exported = self.api.get("/flows/export/by-query").raise_for_status().content
        with zipfile.ZipFile(io.BytesIO(exported)) as archive:
            texts = {name: archive.read(name).decode() for name in archive.namelist()}
        return {
            str(each["id"]): (texts[f"{each['namespace']}-{each['id']}.yml"], int(each["revision"])) for each in found
        }

    def tells_the_truth(self, report: dict[str, Any], before: dict[str, tuple[str, int]]) -> None:
        """Hold a report against the server: what is done is there, what was not tried is as it was."""
        now = self.live()
        for outcome in report["outcomes"]:
            name = outcome["name"]
            text, revision = now.get(name, (None, None))
            match outcome["status"]:
                case "done":
                    assert text == (None if outcome["action"] == "prune" else self.files[name]), outcome
                    assert revision == outcome["revision"], outcome
                case "skipped":
                    assert now.get(name) == before.get(name), outcome
                case "failed":
                    assert outcome["message"], outcome
        if not report["outcomes"]:
            assert now == before, "a report that tells of no writes"
        written = all(outcome["status"] == "done" for outcome in report["outcomes"])
        assert report["exit_code"] in ((0, 5) if written and report["outcomes"] else (3, 5)), report["exit_code"]
        if report["exit_code"]:
            assert report["problems"] or not written, "a run that ended early says why"

    def is_deployed(self, times: int = 1) -> None:
        """Everything is there as the files say, no change made more revisions, and nothing else was touched."""
        now = self.live()
        assert now.pop("theirs") == (THEIRS, 1)
        assert {name: text for name, (text, _) in now.items()} == self.files
        assert all(self.steps <= now[name][1] <= self.steps * times for name in self.updated)
        assert {now["kept"][1], now[f"c{self.steps}"][1]} <= set(range(1, times + 1))
