"""Executions of smoke tests that go on without a run: what an earlier run left is killed, what this one leaves is kept.

The ledger knows those that could not be killed, their labels tell of those whose run was itself killed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from deployer.errors import DeployerError
from deployer.kestra.answers import Execution
from deployer.kestra.client import KestraClient
from deployer.model.ledger import Ledger
from deployer.model.problem import Problem, Severity
from deployer.model.smoke import SmokeResult
from deployer.resource.ledger import Keeper
from deployer.smoke.sweep import sweep

_CHECK = "left-running"
_LOOK = "look at the execution in Kestra, and kill it there"


def killed(ledger: Ledger, keeper: Keeper, client: KestraClient, *, labelled: bool) -> list[Problem]:
    """Kill what earlier runs of the project left running; return what is to be said of it.

    What the ledger knows of is always killed; what only the labels tell of is looked for where `labelled`, which takes
    a request.
    """
    if not ledger.running and not (labelled and ledger.project):
        return []
    try:
        swept = sweep(client, ledger.running, ledger.project if labelled else "", datetime.now(UTC))
        if ledger.running:
            left = tuple(execution.id for execution, _ in swept.failed)
            latest = keeper.read()
            new = (each for each in latest.running if each not in ledger.running)
            keeper.write(replace(latest, running=(*left, *new)))
    except DeployerError as error:
        message = f"what earlier runs left running could not be looked for: {error}"
        return [Problem(_CHECK, message, severity=Severity.WARNING, hint=error.hint)]
    told = [_told(execution, "it was killed", Severity.NOTICE) for execution in swept.killed]
    return told + [
        _told(execution, f"it could not be killed: {why}", Severity.WARNING) for execution, why in swept.failed
    ]


def kept(results: Sequence[SmokeResult], keeper: Keeper) -> list[Problem]:
    """Keep in the ledger what could not be killed, for the next run; return a warning where that failed."""
    left = tuple(result.execution for result in results if result.left_running and result.execution)
    if not left:
        return []
    try:
        ledger = keeper.read()
        keeper.write(replace(ledger, running=(*ledger.running, *left)))
    except DeployerError as error:
        message = f"what was left running could not be kept in {keeper.place}: {error}"
        return [Problem(_CHECK, message, severity=Severity.WARNING, hint=_LOOK)]
    return []


def _told(execution: Execution, end: str, severity: Severity) -> Problem:
    where = f"{execution.namespace}/{execution.flow_id}, {execution.url}"
    hint = _LOOK if severity is Severity.WARNING else ""
    return Problem(_CHECK, f"an earlier run left a smoke test running, {end}: {where}", severity=severity, hint=hint)
