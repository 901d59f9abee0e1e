"""What was done: an outcome for each change, and the report of a whole run, from which the exit code follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, replace
from enum import StrEnum

from deployer.errors import DeployerError, ExitCode
from deployer.model.change import Change, Detail, Plan
from deployer.model.coverage import Coverage
from deployer.model.health import Condition, Health
from deployer.model.problem import Problem, Severity
from deployer.model.request import Command, Request
from deployer.model.resource import Key
from deployer.model.rollback import Way
from deployer.model.smoke import LEFT_RUNNING, SmokeResult
from deployer.model.upgrade import Upgrade


class Status(StrEnum):
    """DONE: as planned. FAILED: tried and refused. SKIPPED: not tried."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Written:
    """What a write made: the server's revision, None where it is not known.

    `lost` is the revision that another user wrote in between, with another text, and that no longer runs. `theirs` says
    that another user was faster with the very same: what is there now is not this write's.
    """

    revision: int | None = None
    lost: int | None = None
    theirs: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a change. `revision`, `lost` and `theirs` are as in `Written`.

    A FAILED one is `theirs` where nothing of it was carried out for certain: whatever is there, another user made it.
    """

    change: Change
    status: Status
    message: str = ""
    _: KW_ONLY
    hint: str = ""
    revision: int | None = None
    seconds: float = 0.0
    lost: int | None = None
    theirs: bool = False


@dataclass(frozen=True, slots=True)
class RolledBack:
    """What became of taking a change of the run back. The outcome's change is held where it was left alone."""

    way: Way
    outcome: Outcome

    @property
    def is_left(self) -> bool:
        """Whether it was left alone, as another user has written since."""
        return bool(self.outcome.change.held)

    @property
    def fails(self) -> bool:
        """Whether it should have been put back, and was not."""
        return self.outcome.status is not Status.DONE and not self.is_left


@dataclass(frozen=True, slots=True)
class Server:
    """The Kestra that was deployed to. `url` holds no credentials."""

    url: str
    version: str
    tenant: str


@dataclass(frozen=True, slots=True)
class Report:
    """A run as far as it came. `error` is what ended it early, `plan` is None where it ended before planning."""

    request: Request
    _: KW_ONLY
    server: Server | None = None
    files: int | None = None  # how many files were checked, where that is all that was done
    problems: tuple[Problem, ...] = ()
    upgrade: Upgrade | None = None  # where flows of an earlier version were checked by the rules of a later one
    plan: Plan | None = None
    details: Mapping[Key, Detail] | None = None  # of the changes, where they were asked for
    outcomes: tuple[Outcome, ...] = ()
    health: tuple[Health, ...] = ()  # ordered by key
    smokes: tuple[SmokeResult, ...] = ()
    coverage: Coverage | None = None  # where it was asked for
    rollback: tuple[RolledBack, ...] | None = None  # None where none was begun
    error: DeployerError | None = None
    saved: str = ""  # the folder with the texts of what was deleted
    interrupted: bool = False
    seconds: float = 0.0

    def with_problems(self, problems: Iterable[Problem]) -> Report:
        """Return the report with more problems."""
        return replace(self, problems=(*self.problems, *problems))

    @property
    def ends(self) -> bool:
        """Whether what was found ends the run."""
        return bool(self.errors) and not self.request.keep_going

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop a deploy."""
        return tuple(problem for problem in self.problems if problem.stops)

    @property
    def refused(self) -> tuple[Change, ...]:
        """The changes that are not allowed while another user's edit would be lost."""
        return self.plan.refused if self.plan else ()

    @property
    def drifted(self) -> bool:
        """Whether anything on the server is not what was deployed."""
        gone = self.plan is not None and any(change.deleted for change in self.plan.changes)
        return gone or bool(self.plan and self.plan.drifted)

    @property
    def unhealthy(self) -> tuple[Health, ...]:
        """What will not run as it should."""
        return tuple(health for health in self.health if health.condition is Condition.DEGRADED)

    @property
    def uncovered(self) -> bool:
        """Whether the tests reached less than they have to."""
        least = self.request.min_coverage
        return self.coverage is not None and least is not None and not self.coverage.count.meets(least)

    @property
    def stands(self) -> bool:
        """Whether a run that was to put back what it wrote ended before it came to that."""
        ended = self.interrupted or (self.error is not None and self.error.exit_code is not ExitCode.BUG)
        wrote = any(each.change.writes and each.status is Status.DONE for each in self.outcomes)
        return self.request.rollback and self.rollback is None and ended and wrote

    @property
    def exit_code(self) -> ExitCode:
        """The process's exit code: where several apply, the first in the order below."""
        request = self.request
        foretold = request.detailed and request.dry_run
        refused = bool(self.refused) and not self.outcomes and (request.writes or foretold)
        back = self.rollback or ()
        lost = any(each.lost for each in (*self.outcomes, *(each.outcome for each in back)))
        incomplete = any(each.status is not Status.DONE for each in self.outcomes) or any(each.fails for each in back)
        warned = request.strict and any(problem.severity is Severity.WARNING for problem in self.problems)
        changes = self.plan is not None and any(change.writes for change in self.plan.changes)
        causes = (
            (self.interrupted, ExitCode.INTERRUPTED),
            (self.error is not None, self.error.exit_code if self.error else ExitCode.OK),
            (lost or refused, ExitCode.REFUSED),
            (incomplete, ExitCode.APPLY_INCOMPLETE),
            (bool(self.unhealthy) and not back, ExitCode.UNHEALTHY),  # what was put back is judged no more
            (any(smoke.verdict.fails for smoke in self.smokes) or self.uncovered, ExitCode.SMOKE_FAILED),
            (any(problem.check == LEFT_RUNNING for problem in self.errors), ExitCode.SMOKE_FAILED),  # `smoke --stop`
            (bool(self.errors) or warned, ExitCode.PROBLEMS),
            (request.command is Command.DRIFT and self.drifted, ExitCode.DRIFT),
            (request.detailed and changes, ExitCode.CHANGES),
        )
        return next((code for applies, code in causes if applies), ExitCode.OK)
