"""What a server has, looked at and tested without a deploy: `health` and `smoke`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from deployer import leftovers
from deployer.afterwards import smoke_test
from deployer.apply.bookkeeping import now, warn_of_lease
from deployer.health import look
from deployer.health.subjects import of_plan, running
from deployer.model.change import Change
from deployer.model.problem import Problem, Severity
from deployer.model.request import Request
from deployer.model.result import Report, Server
from deployer.pipeline import plan, warn_of_version
from deployer.planning import open_ledger
from deployer.session import Session

_SETTLES = 2.0  # seconds; a look can fall between the end of an execution and what the scheduler makes of it


def health(request: Request, session: Session) -> Iterator[Report]:
    """Judge whether what the files under a path declare runs on the server as it was deployed."""
    planned = yield from plan(request, session)
    if planned is None:
        return
    session.listen("Looking whether it is healthy")
    subjects = of_plan(planned.plan, planned.ledger)
    by_key = {subject.key: subject for subject in subjects}
    looked = look.watch(
        lambda keys: look.judge(session.client, [by_key[key] for key in (by_key if keys is None else keys)]), _SETTLES
    )
    yield replace(planned.report.with_problems(looked.problems), health=looked.found)


def smoke(request: Request, session: Session) -> Iterator[Report]:
    """Run the smoke tests under a path on what the server has, and deploy nothing."""
    planned = yield from plan(request, session)
    if planned is None:
        return
    session = session.with_ledger_if(planned.recorded)
    killed = leftovers.kill(planned.ledger, session, labelled=True)
    there = {change.key: change for change in planned.plan.changes if running(change.live) is not None}
    tested = dict.fromkeys(case.flow for case in planned.cases if case.flow in there and not case.disabled)
    report = planned.report.with_problems([*killed, *_report_other_texts(there[key] for key in tested)])
    yield report
    yield from smoke_test(planned.cases, there.keys(), report, session, planned.ledger.project)


def stop(request: Request, session: Session) -> Iterator[Report]:
    """Kill the smoke tests of a project that are running, whoever started them, and run none."""
    report = Report(request)
    yield report
    server = session.client.server()
    report = replace(report, server=Server(session.client.url, server.version, session.client.tenant))
    report = report.with_problems(warn_of_version(server.note))
    yield report
    session.listen("Looking for smoke tests that are running")
    opened = open_ledger(session, request)
    report = report.with_problems([*opened.problems, *warn_of_lease(opened.ledger, now())])
    yield report
    session = session.with_ledger_if(opened.recorded)
    yield report.with_problems(leftovers.stop(opened.ledger, session, request.project))


def _report_other_texts(changes: Iterable[Change]) -> Iterator[Problem]:
    """Yield a notice for each flow on the server that has another text there than in its file."""
    for change in changes:
        if change.writes or change.held:
            message = f"{change.key.path} is not on the server as in this file: what runs there is tested"
            hint = "deploy it first, or run `sync --smoke`"
            yield Problem("smoke", message, change.origin, severity=Severity.NOTICE, hint=hint)
