"""Why a run is refused, in words: to protect what another user wrote, or because a person said no."""

from __future__ import annotations

from collections.abc import Sequence

from deployer.errors import DeployerError, ExitCode
from deployer.model.change import Change, Plan, Standing
from deployer.model.problem import Problem, Severity
from deployer.model.resource import counted, listed

_DECIDE = (
    "`kestra-deployer drift` shows what was edited, `plan` what would be written; bring it into git, "
    "or give --on-drift overwrite or keep"
)


class RefusedError(DeployerError):
    """Another user's edit would be lost, and nothing says what must become of it."""

    exit_code = ExitCode.REFUSED


def refuse(plan: Plan) -> RefusedError:
    """Return why a plan is not carried out: to protect what another user wrote."""
    return RefusedError(f"refused: {_by_others(plan)}. Nothing was written", hint=_DECIDE)


def foretell(plan: Plan) -> list[Problem]:
    """Return a warning where a deploy would be refused, with the same reason."""
    if not plan.refused:
        return []
    message = f"a deploy would be refused: {_by_others(plan)}"
    return [Problem("drift", message, severity=Severity.WARNING, hint=_DECIDE)]


def _by_others(plan: Plan) -> str:
    """Return in words what others wrote and would be lost."""
    edited = [change.key for change in plan.refused if change.standing is not Standing.FOREIGN]
    foreign = [change.key for change in plan.refused if change.standing is Standing.FOREIGN]
    said = []
    if edited:
        were, their = ("was", "its") if len(edited) == 1 else ("were", "their")
        said.append(f"{counted(edited)} {were} edited on the server since {their} last deploy: {listed(edited)}")
    if foreign:
        were = "was" if len(foreign) == 1 else "were"
        said.append(f"{counted(foreign)} on the server {were} not deployed from here: {listed(foreign)}")
    return "; ".join(said)


def decline(changes: Sequence[Change]) -> RefusedError:
    """Return why nothing was done: a person did not want these to be deleted."""
    what = listed([change.key for change in changes])
    return RefusedError(f"refused: {what} would be deleted. Nothing was written", hint="run it again without --prune")
