"""Executions of smoke tests that go on without a run: what an earlier run left is killed, what this one leaves is kept.

`stop` kills all that are there, whether or not their run has ended.

The ledger knows those that could not be killed, their labels tell of those whose run was itself killed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from deployer.errors import DeployerError
from deployer.kestra.answers import Execution
from deployer.model.ledger import Ledger
from deployer.model.problem import Problem, Severity
from deployer.model.smoke import LEFT_RUNNING, SmokeResult
from deployer.session import Session
from deployer.smoke.sweep import Swept, sweep

_CHECK = LEFT_RUNNING
_UNSEEN = "before Kestra 1.2, TEST executions cannot be searched: only those that the ledger knows of were looked for"
_LOOK = "look at the execution in Kestra, and kill it there"


def kill(ledger: Ledger, session: Session, *, labelled: bool) -> list[Problem]:
    """Kill what earlier runs of the project left running; return what there is to say about it.

    What the ledger knows of is always killed; what only the labels tell of is looked for where `labelled`, which takes
    a request.
    """
    if not ledger.running and not (labelled and ledger.project):
        return []
    try:
        swept = _sweep(ledger, session, ledger.project if labelled else "", datetime.now(UTC))
    except DeployerError as error:
        message = f"what earlier runs left running could not be looked for: {error}"
        return [Problem(_CHECK, message, severity=Severity.WARNING, hint=error.hint)]
    return [*_report(swept, "an earlier run left a smoke test running", Severity.WARNING)]


def stop(ledger: Ledger, session: Session, project: str) -> list[Problem]:
    """Kill every smoke test of a project that is running; return what there is to say, an error for what goes on.

    Raises DeployerError if the server, or the ledger, cannot be asked.
    """
    shows = session.client.shows_tests
    swept = _sweep(ledger, session, project if shows else "", None)
    found = [*_report(swept, "a smoke test of this project was running", Severity.ERROR)]
    if not found:
        known = "" if shows else " that the ledger knows of"
        found.append(Problem(_CHECK, f"no smoke test of {project} is running{known}", severity=Severity.NOTICE))
    if not shows:
        found.append(Problem(_CHECK, _UNSEEN, severity=Severity.WARNING, hint="look for others in Kestra"))
    return found


def _sweep(ledger: Ledger, session: Session, project: str, now: datetime | None) -> Swept:
    """Kill what the ledger knows of and what is labelled (see `sweep`), and keep in the ledger what goes on."""
    swept = sweep(session.client, ledger.running, project, now)
    if ledger.running:
        left = tuple(execution.id for execution, _ in swept.failed)
        latest = session.keeper.read()
        new = (each for each in latest.running if each not in ledger.running)
        session.keeper.write(replace(latest, running=(*left, *new)))
    return swept


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


def _report(swept: Swept, what: str, left: Severity) -> Iterator[Problem]:
    """Yield a notice for each execution that was killed, and one of the severity `left` for each that goes on."""
    for execution in swept.killed:
        yield Problem(_CHECK, f"{what}, it was killed: {_place(execution)}", severity=Severity.NOTICE)
    for execution, why in swept.failed:
        message = f"{what}, it could not be killed: {why}: {_place(execution)}"
        yield Problem(_CHECK, message, severity=left, hint=_LOOK)


def _place(execution: Execution) -> str:
    return f"{execution.namespace}/{execution.flow_id}, {execution.url or execution.id}"
