"""The one-way flow: read → check → plan → apply → smoke → report, on one screen.

Every stage yields the report as it stands, so that whatever ends a run early, what was found until then is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from deployer.apply import apply
from deployer.check import server as kestra_validate
from deployer.kestra.client import KestraClient
from deployer.local import Options, check_all, read_all, upgrade
from deployer.model.flow import Flow
from deployer.model.problem import Problem, Severity
from deployer.model.resource import Live
from deployer.model.result import Outcome, Report, Server, Status
from deployer.model.smoke import SmokeResult
from deployer.model.version import nearest
from deployer.plan import plan
from deployer.read import git
from deployer.resource import flow as flows
from deployer.smoke.run import run as run_smoke

Listen = Callable[[str | Outcome | SmokeResult], None]
"""Hears what the run is about to do (a sentence), and every result as it comes."""


def sync(options: Options, client: KestraClient, listen: Listen) -> Iterator[Report]:
    """Deploy every flow under a path. A problem found before the first write ends it with nothing written."""
    report = Report("sync", options.path, commit=git.commit(options.root), dry_run=options.dry_run)
    yield report

    read = read_all(options)
    report = replace(report, problems=tuple(read.problems))
    yield report
    if report.errors and not options.keep_going:
        return

    server = client.server()
    found, cases, problems = check_all(read, nearest(server.version).name, options, off=("unverified-type",))
    report = replace(report, problems=tuple(problems))
    yield report
    if report.errors and not options.keep_going:
        return

    listen("Reading what is live")
    if server.note:
        problems.append(Problem("server-version", server.note, severity=Severity.WARNING))
    report = replace(report, server=Server(client.url, server.version, client.tenant), problems=tuple(problems))
    yield report
    live = flows.read_live(client, {flow.key for flow in found})
    report = replace(report, plan=plan(map(flows.desired, found), live))
    problems += _named_unreadable(found, live)

    listen("Asking Kestra to validate what would be written")
    found, refused = _validate(client, found, report)
    problems += refused
    report = replace(report, problems=tuple(problems), plan=plan(map(flows.desired, found), live))
    yield report
    if options.dry_run or (report.errors and not options.keep_going) or report.plan is None:
        return

    listen("Deploying")
    applied = apply(report.plan.changes, partial(flows.write, client), options.concurrency, listen)
    report = replace(report, outcomes=tuple(applied.outcomes), interrupted=applied.interrupted)
    yield report
    if not options.smoke or report.interrupted:
        return

    listen("Running smoke tests")
    deployed = {outcome.change.key for outcome in report.outcomes if outcome.status is Status.DONE}
    results, interrupted = run_smoke(cases, deployed, client, options.concurrency, listen)
    yield replace(report, smokes=tuple(results), interrupted=interrupted)


def check_asking(
    options: Options, client: KestraClient, version: str, notes: Sequence[Problem] = ()
) -> Iterator[Report]:
    """Check as without a server, and ask one for its verdict on every flow in which nothing was found."""
    report = Report("check", options.path, strict=options.strict, kestra=version)
    yield report
    read = read_all(options)
    report = replace(report, files=len(read.flows) + len(read.suites))
    found, _, problems = check_all(read, version, options, off=("unverified-type",))
    report = replace(report, problems=(*notes, *problems))
    yield report
    server = client.server()
    report = replace(report, server=Server(client.url, server.version, client.tenant))
    refused = kestra_validate.check(client, found, {(flow.namespace, flow.id) for flow in found})
    problems = sorted([*problems, *refused], key=lambda problem: problem.place)
    yield replace(report, problems=(*notes, *problems), upgrade=upgrade(read, version, options, refused))


def _validate(client: KestraClient, found: list[Flow], report: Report) -> tuple[list[Flow], list[Problem]]:
    """Ask the server about what would be written; return the flows it does not refuse, and what it says."""
    writes = {change.key for change in report.plan.changes if change.writes} if report.plan else set()
    written = [flow for flow in found if flow.key in writes]
    problems = kestra_validate.check(client, written, {(flow.namespace, flow.id) for flow in found})
    refused = {problem.file for problem in problems if problem.stops}
    return [flow for flow in found if flow.document.file not in refused], problems


def _named_unreadable(found: list[Flow], live: Live) -> list[Problem]:
    """Name what the server has, next to ours, and cannot read any more. Ours are named in the plan."""
    ours = {flow.key for flow in found}
    return [
        Problem("unreadable-on-server", f"the server cannot read its flow {key.path}: {why}", severity=Severity.WARNING)
        for key, why in sorted(live.unreadable.items())
        if key not in ours
    ]
