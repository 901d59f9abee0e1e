"""Executions of smoke tests that go on without a run: what an earlier run left is killed, what this one leaves is kept.

The ledger knows those that could not be killed, their labels tell of those whose run was itself killed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from deployer.errors import DeployerError
from deployer.kestra.answers import Execution
from deployer.model.ledger import Ledger
from deployer.model.problem import Problem, Severity
from deployer.model.smoke import SmokeResult
from deployer.session import Session
from deployer.smoke.sweep import sweep

_CHECK = "left-running"
_LOOK = "look at the execution in Kestra, and kill it there"


def kill(ledger: Ledger, session: Session, *, labelled: bool) -> list[Problem]:
    """Kill what earlier runs of the project left running; return what there is to say about it.

    What the ledger knows of is always killed; what only the labels tell of is looked for where `labelled`, which takes
    a request.
    """
    if not ledger.running and not (labelled and ledger.project):
        return []
    try:
        swept = sweep(session.client, ledger.running, ledger.project if labelled else "", datetime.now(UTC))
        if ledger.running:
            left = tuple(execution.id for execution, _ in swept.failed)
            latest = session.keeper.read()
            new = (each for each in latest.running if each not in ledger.running)
            session.keeper.write(replace(latest, running=(*left, *new)))
    except DeployerError as error:
        message = f"what earlier runs left running could not be looked for: {error}"
        return [Problem(_CHECK, message, severity=Severity.WARNING, hint=error.hint)]
    found = [_report(execution, "it was killed", Severity.NOTICE) for execution in swept.killed]
    return found + [
        _report(execution, f"it could not be killed: {why}", Severity.WARNING) for execution, why in swept.failed
    ]


def record(results: Sequence[SmokeResult], session: Session) -> list[Problem]:
    """Record in the ledger what could not be killed, for the next run; return a warning where that failed."""
    left = tuple(result.execution for result in results if result.left_running and result.execution)
    if not left:
        return []
    try:
        keeper = session.keeper
        ledger = keeper.read()
        keeper.write(replace(ledger, running=(*ledger.running, *left)))
    except DeployerError as error:
        message = f"what was left running could not be recorded in {session.keeper.place}: {error}"
        return [Problem(_CHECK, message, severity=Severity.WARNING, hint=_LOOK)]
    return []


def _report(execution: Execution, end: str, severity: Severity) -> Problem:
    where = f"{execution.namespace}/{execution.flow_id}, {execution.url or execution.id}"
    hint = _LOOK if severity is Severity.WARNING else ""
    return Problem(_CHECK, f"an earlier run left a smoke test running, {end}: {where}", severity=severity, hint=hint)
