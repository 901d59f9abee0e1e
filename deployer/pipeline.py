"""The one-way flow: read → check → plan → apply → smoke → report, on one screen.

Every stage yields the report as it stands, so that whatever ends a run early, what was found until then is reported.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from deployer import check, smoke
from deployer.apply import apply
from deployer.check import server as kestra_validate
from deployer.errors import DeployerError
from deployer.kestra.client import KestraClient
from deployer.model.document import Document
from deployer.model.flow import Flow
from deployer.model.problem import Problem, Severity
from deployer.model.resource import Live
from deployer.model.result import Outcome, Report, Server, Status
from deployer.model.smoke import SmokeCase, SmokeResult
from deployer.plan import plan
from deployer.read import git
from deployer.read.files import read_files
from deployer.read.parse import parse
from deployer.resource import flow as flows


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked of a run. `root` is where `ignore` patterns start from."""

    path: Path
    root: Path
    ignore: tuple[str, ...] = ()
    dry_run: bool = False
    keep_going: bool = False
    smoke: bool = False
    concurrency: int = 4  # writes, and smoke tests, under way at once


Listen = Callable[[str | Outcome | SmokeResult], None]
"""Hears what the run is about to do (a sentence), and every result as it comes."""


def run(stages: Iterator[Report]) -> Report:
    """Return the last report that the stages yield, with what ended them: nothing, an error, or ^C."""
    began, report = time.monotonic(), Report("")
    try:
        for report in stages:  # noqa: B007  the last one counts
            pass
    except DeployerError as error:
        report = replace(report, error=error)
    except KeyboardInterrupt:
        report = replace(report, interrupted=True)
    return replace(report, seconds=time.monotonic() - began)


def sync(options: Options, client: KestraClient, listen: Listen) -> Iterator[Report]:
    """Deploy every flow under a path. A problem found before the first write ends it with nothing written."""
    report = Report("sync", str(options.path), commit=git.commit(options.root), dry_run=options.dry_run)
    yield report

    found, cases, problems = _read_and_check(options)
    report = replace(report, problems=tuple(problems))
    yield report
    if report.errors and not options.keep_going:
        return

    listen("Reading what is live")
    server = client.server()
    if server.note:
        problems.append(Problem("server-version", server.note, severity=Severity.WARNING))
    report = replace(report, server=Server(client.url, server.version, client.tenant), problems=tuple(problems))
    yield report
    live = flows.read_live(client, {flows.desired(flow).key for flow in found})
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
    results, interrupted = smoke.run(cases, deployed, client, options.concurrency, listen)
    yield replace(report, smokes=tuple(results), interrupted=interrupted)


def _read_and_check(options: Options) -> tuple[list[Flow], list[SmokeCase], list[Problem]]:
    """Return the sound flows and smoke cases, and everything that is wrong with the files."""
    files, problems = read_files(options.path, options.root, options.ignore)
    all_read = not problems
    documents: list[Document] = []
    suites: list[Document] = []
    for file in files:
        document, found = parse(file.name, file.text)
        problems += found
        if document:
            (suites if file.is_smoke_suite else documents).append(document)
    problems += check.check(documents)
    sound = check.sound_flows(documents, problems)
    cases, found = smoke.suites(suites)
    problems += found
    if all_read and len(documents) + len(suites) == len(files):  # else the flow may well be in a file that is not read
        declared = {flows.desired(flow).key for flow in map(check.flow_of, documents) if flow}
        problems += smoke.unknown_flows(cases, declared)
    return sound, cases, sorted(problems, key=lambda problem: problem.place)


def _validate(client: KestraClient, found: list[Flow], report: Report) -> tuple[list[Flow], list[Problem]]:
    """Ask the server about what would be written; return the flows it does not refuse, and what it says."""
    writes = {change.key for change in report.plan.changes if change.writes} if report.plan else set()
    written = [flow for flow in found if flows.desired(flow).key in writes]
    problems = kestra_validate.check(client, written, {(flow.namespace, flow.id) for flow in found})
    refused = {problem.file for problem in problems if problem.stops}
    return [flow for flow in found if flow.document.file not in refused], problems


def _named_unreadable(found: list[Flow], live: Live) -> list[Problem]:
    """Name what the server has, next to ours, and cannot read any more. Ours are named in the plan."""
    ours = {flows.desired(flow).key for flow in found}
    return [
        Problem("unreadable-on-server", f"the server cannot read its flow {key.path}: {why}", severity=Severity.WARNING)
        for key, why in sorted(live.unreadable.items())
        if key not in ours
    ]
