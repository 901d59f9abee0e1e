"""A project in a folder, a fake Kestra, and the pipeline run on them."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from pipeline.fake import FakeKestra

from deployer.kestra.client import KestraClient
from deployer.ledgers import InFile, Keeper, OnServer
from deployer.model.request import Checkout, Command, Request
from deployer.model.result import Report
from deployer.pipeline import plan, sync
from deployer.running import run
from deployer.session import Asking, Session

HELLO = """\
id: {name}
namespace: company.team
tasks:
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: {message}
"""


@dataclass
class Project:
    """Files below `flows/`, and what a run makes of them. The ledger is in a file."""

    root: Path
    kestra: FakeKestra = field(default_factory=FakeKestra)

    def write(self, name: str, content: str | bytes) -> None:
        file = self.root / "flows" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)

    def flow(self, name: str, message: str = "hello") -> str:
        text = HELLO.format(name=name, message=message)
        self.write(f"{name}.yaml", text)
        return text

    def remove(self, name: str) -> None:
        (self.root / "flows" / name).unlink()

    @property
    def client(self) -> KestraClient:
        return cast("KestraClient", self.kestra)

    @property
    def keeper(self) -> Keeper:
        return InFile(self.root / "ledger.json", "project")

    def session(self, ask: Asking | None = None, *, on_server: bool = False) -> Session:
        keeper = OnServer(self.client, "project") if on_server else self.keeper
        return Session(client=self.client, keeper=keeper, ask=ask)

    def request(self, command: Command = Command.SYNC, **more: Any) -> Request:
        checkout = Checkout(root=self.root, top=self.root, commit="c0ffee")
        return Request(command=command, paths=(self.root / "flows",), checkout=checkout, by="ann", **more)

    def sync(self, ask: Asking | None = None, **more: Any) -> Report:
        request = self.request(**more)
        return run(request, sync(request, self.session(ask)))

    def plan(self, command: Command = Command.PLAN, **more: Any) -> Report:
        request = self.request(command, dry_run=True, **more)
        return run(request, _reports(plan(request, self.session())))


def _reports(stages: Generator[Report, None, Any]) -> Generator[Report, None, None]:
    yield from stages
