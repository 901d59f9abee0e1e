"""Why a run is refused, in words: for the sake of what somebody else wrote, or as a person said so."""

from __future__ import annotations

from collections.abc import Sequence

from deployer.errors import DeployerError, ExitCode
from deployer.model.change import Change, Plan, Standing
from deployer.model.problem import Problem, Severity
from deployer.model.resource import listed

_DECIDE = (
    "`kestra-deployer drift` shows what was edited, `plan` what would be written; bring it into git, "
    "or give --on-drift overwrite or keep"
)


class RefusedError(DeployerError):
    """Somebody else's text would be lost, and nobody said what is to become of it."""

    exit_code = ExitCode.REFUSED


def refusal(plan: Plan) -> RefusedError:
    """Return why a plan is not carried out: for the sake of what somebody else wrote."""
    return RefusedError(f"refused: {_by_others(plan)}. Nothing was written", hint=_DECIDE)


def foretold(plan: Plan) -> list[Problem]:
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
        flows_were, their = ("flow was", "its") if len(edited) == 1 else ("flows were", "their")
        said.append(f"{len(edited)} {flows_were} edited on the server since {their} last deploy: {listed(edited)}")
    if foreign:
        flows_were = "flow on the server was" if len(foreign) == 1 else "flows on the server were"
        said.append(f"{len(foreign)} {flows_were} not deployed from here: {listed(foreign)}")
    return "; ".join(said)


def declined(changes: Sequence[Change]) -> RefusedError:
    """Return why nothing was done: a person does not want these to be deleted."""
    what = listed([change.key for change in changes])
    return RefusedError(f"refused: {what} would be deleted. Nothing was written", hint="run it again without --prune")
