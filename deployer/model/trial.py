"""A trial of a server: each promise that this deployer makes, and whether it holds there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from deployer.errors import DeployerError, ExitCode
from deployer.model.result import Server


class Verdict(StrEnum):
    """KEPT: as promised. BROKEN: something differs. NOT_JUDGED: it could not be seen, or does not apply."""

    KEPT = "kept"
    BROKEN = "broken"
    NOT_JUDGED = "not-judged"


@dataclass(frozen=True, slots=True)
class Judged:
    """A promise, and what came of it.

    `found` says what differs, a sentence each; of what was not judged, why. `requests` were answered meanwhile.
    """

    step: str
    promise: str
    verdict: Verdict
    found: tuple[str, ...] = ()
    hint: str = ""
    requests: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial as far as it came. `left` names, with addresses, what it made and could not remove."""

    namespace: str
    read_only: bool = False
    server: Server | None = None
    promises: tuple[Judged, ...] = ()
    left: tuple[str, ...] = ()
    error: DeployerError | None = None
    interrupted: bool = False
    seconds: float = 0.0

    def of(self, verdict: Verdict) -> tuple[Judged, ...]:
        """Return the promises with this verdict."""
        return tuple(judged for judged in self.promises if judged.verdict is verdict)

    @property
    def exit_code(self) -> ExitCode:
        """The process's exit code: where several apply, the first in the order below."""
        if self.interrupted:
            return ExitCode.INTERRUPTED
        if self.error is not None:
            return self.error.exit_code
        return ExitCode.PROBLEMS if self.of(Verdict.BROKEN) or self.left else ExitCode.OK
