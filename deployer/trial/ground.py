"""What the steps of a trial share: the server, the temporary project, and running the product."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deployer.errors import DeployerError, ExitCode, KestraError, KestraNotFoundError, KestraUnreachableError
from deployer.kestra.answers import StoredFlow
from deployer.kestra.client import KestraClient
from deployer.kestra.traffic import Exchange, Traffic
from deployer.ledgers import InFile, Keeper, OnServer
from deployer.looking import smoke
from deployer.model.policy import OnDrift, Policy
from deployer.model.request import Checkout, Command, Request
from deployer.model.result import Report, Status
from deployer.model.smoke import SmokeResult
from deployer.pipeline import plan, sync
from deployer.running import run
from deployer.session import Session
from deployer.trial.project import Project

UNAUTHORIZED = 401
_CONFIGS = 1  # request for the server's version, sent once for the whole trial
_VALIDATE = "flows/validate"


class NotJudgedError(Exception):
    """A promise that cannot be judged; says why."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A run of the product, and its requests to the server."""

    report: Report
    exchanges: Sequence[Exchange]

    @property
    def writes(self) -> list[Exchange]:
        """Every request that changed the server, or tried to."""
        return [each for each in self.exchanges if each.writes]

    @property
    def flow_writes(self) -> list[Exchange]:
        """The writes of flows, without those of the ledger."""
        return [each for each in self.writes if each.path.split("/")[0] == "flows"]

    @property
    def reads(self) -> int:
        """The number of requests that a separate process needs to read live flows: all but `validate`."""
        return _CONFIGS + sum(not each.writes and each.path != _VALIDATE for each in self.exchanges)

    def differs(self, expected: ExitCode = ExitCode.OK) -> Iterator[str]:
        """Yield what is wrong with how the run ended."""
        code = self.report.exit_code
        if code is not expected:
            yield f"the run ended with exit code {int(code)}, not {int(expected)}"
            yield from self._messages()

    def _messages(self) -> Iterator[str]:
        if self.report.error:
            yield str(self.report.error)
        yield from (problem.message for problem in self.report.errors)
        for outcome in self.report.outcomes:
            if outcome.status is not Status.DONE:
                yield f"{outcome.change.key.path}: {outcome.message}"
        yield from (f"{change.key.path}: {change.held}" for change in self.report.refused)


@dataclass(slots=True)
class Ground:
    """A running trial. `keeper` stores its ledger; `started` are the executions that it knows."""

    client: KestraClient
    project: Project
    traffic: Traffic
    keeper: Keeper
    users_ledger: str = ""  # the namespace with the ledger of the user's own deploys, "" if none
    workers: int = 4
    wrote: bool = False  # from here on, something may be on the server
    probed: bool = False  # whether a key was written to find out whether that is allowed
    created: frozenset[str] = frozenset()
    smokes: Sequence[SmokeResult] = ()
    started: set[str] = field(default_factory=set)

    @property
    def on_server(self) -> bool:
        """Whether the ledger is on the server."""
        return isinstance(self.keeper, OnServer)

    def keep_in_file(self) -> None:
        """Keep the ledger in a file from now on: the server denies it."""
        self.keeper = InFile(self.project.root / "ledger.json", self.project.mark)

    def needs(self, *names: str) -> None:
        """Raise NotJudgedError unless these flows were created."""
        if missing := sorted(set(names) - self.created):
            raise NotJudgedError(f"{' and '.join(self.project.key(name).path for name in missing)} was not created")

    def live(self, name: str) -> StoredFlow:
        """Return a flow from the server. Raises KestraError."""
        key = self.project.key(name)
        return self.client.flow(key.namespace, key.name)

    def is_live(self, name: str, text: str) -> Iterator[str]:
        """Yield what is wrong unless a flow's newest source is exactly this one."""
        key = self.project.key(name)
        try:
            source = self.live(name).source or ""
        except KestraNotFoundError:
            yield f"{key.path} does not exist"
            return
        if source != text:
            yield f"{key.path} differs from what was sent: {difference(text, source)}"

    def sync(self, *, dry_run: bool = False, prune: bool = False, on_drift: OnDrift | None = None) -> Ran:
        """Deploy the project, as `kestra-deployer sync` does. Raises what `_ran` raises."""
        request = self._request(command=Command.SYNC, dry_run=dry_run, prune=prune, policy=Policy(on_drift))
        mark = self.traffic.count
        self.wrote = self.wrote or not dry_run
        return self._ran(run(request, sync(request, self._session())), mark)

    def smoke(self) -> Ran:
        """Run the project's smoke tests, as `kestra-deployer smoke` does. Raises what `_ran` raises."""
        request = self._request(command=Command.SMOKE, smoke=True)
        mark = self.traffic.count
        ran = self._ran(run(request, smoke(request, self._session())), mark)
        self.started |= {each.execution for each in ran.report.smokes if each.execution}
        return ran

    def drift(self) -> Ran:
        """Look for drift, as `kestra-deployer drift` does. Raises what `_ran` raises."""
        request = self._request(command=Command.DRIFT, dry_run=True)
        mark = self.traffic.count
        return self._ran(run(request, plan(request, self._session())), mark)

    def _session(self) -> Session:
        return Session(client=self.client, keeper=self.keeper)

    def _request(self, **more: Any) -> Request:
        project = self.project
        return Request(
            paths=(project.flows,),
            checkout=Checkout(root=project.root),
            max_prune=len(project.keys),
            protected=(),
            by="kestra-deployer trial",
            backup=Path("deleted"),
            concurrency=self.workers,
            **more,
        )

    def _ran(self, report: Report, mark: int) -> Ran:
        """Return the run. Raises KeyboardInterrupt if ^C ended it, and the errors that end a trial."""
        ran = Ran(report, self.traffic.since(mark))
        if report.interrupted:
            self.started |= {each.execution for each in report.smokes if each.execution}
            raise KeyboardInterrupt
        if report.error and ends(report.error):
            raise report.error
        return ran


def ends(error: DeployerError) -> bool:
    """Whether any other request would meet the same error: no answer, or no access."""
    return isinstance(error, KestraUnreachableError) or (
        isinstance(error, KestraError) and error.status == UNAUTHORIZED
    )


def difference(sent: str, found: str) -> str:
    """Return where two texts differ, as a sentence."""
    at = next((at for at, (one, other) in enumerate(zip(sent, found, strict=False)) if one != other), None)
    if at is None:
        at = min(len(sent), len(found))
    return f"from character {at + 1} on it is {found[at : at + 20]!r}, but {sent[at : at + 20]!r} was sent"


def describe(exchanges: Collection[Exchange]) -> str:
    """Return requests as text for users."""
    return ", ".join(map(str, exchanges)) or "none"
