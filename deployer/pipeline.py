"""The one-way flow: read → check → plan → apply → smoke → report, on one screen.

Every stage yields the report as it stands, so that whatever ends a run early, what was found until then is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from deployer import leftovers
from deployer.apply import unreached
from deployer.check import server as kestra_validate
from deployer.deploy import Deploying, Planned, at_work, carry_out, kept, refusal
from deployer.kestra.client import KestraClient
from deployer.local import Files, Options, check_all, meaning, read_all, relative, upgrade
from deployer.model.change import Change, Detail, Plan
from deployer.model.flow import Flow
from deployer.model.ledger import Ledger
from deployer.model.problem import Problem, Severity
from deployer.model.resource import Key, Live, Resource
from deployer.model.result import Outcome, Report, Server, Status
from deployer.model.sent import Sent
from deployer.model.smoke import SUITE, SmokeCase, SmokeResult
from deployer.model.version import nearest
from deployer.plan import Decider, Scope, orphans, plan, stopped
from deployer.plan.text import counts, difference, edits, only_layout
from deployer.read import git
from deployer.read.declared import declaring
from deployer.resource import flow as flows
from deployer.resource.live_flows import deployed, read_live
from deployer.smoke.run import run as run_smoke
from deployer.smoke.suites import none_found
from deployer.undeclared import callers_of, renamed, spared, told

Listen = Callable[[str | Outcome | SmokeResult], None]
"""Hears what the run is about to do (a sentence), and every result as it comes."""

_EXPORT = "look at what Kestra, or a proxy in front of it, answers to `GET flows/export/by-query`"


def sync(options: Options, deploying: Deploying, client: KestraClient, listen: Listen) -> Iterator[Report]:
    """Deploy every flow under a path. A problem found before the first write ends it with nothing written."""
    made = yield from planned(options, deploying, client, listen, "sync")
    if made is None or options.dry_run or (made.report.errors and not options.keep_going):
        return
    if made.plan.refused:
        yield replace(made.report, error=refusal(made.plan))
        return

    keeper = made.deploying.keeper
    notes = leftovers.killed(made.ledger, keeper, client, labelled=options.smoke)
    made = replace(made, report=replace(made.report, problems=(*made.report.problems, *notes)))
    report = carried_out(made, options, client, listen)
    yield report
    if not options.smoke or report.interrupted or report.error:
        return

    listen("Running smoke tests")
    deployed = {outcome.change.key for outcome in report.outcomes if outcome.status is Status.DONE}
    results, interrupted = run_smoke(
        made.cases, deployed, client, options.concurrency, listen, project=made.ledger.project
    )
    report = replace(report, smokes=tuple(results), interrupted=interrupted)
    yield report
    yield replace(report, problems=(*report.problems, *leftovers.kept(results, keeper)))


def shown(
    options: Options, deploying: Deploying, client: KestraClient, listen: Listen, command: str = "plan"
) -> Generator[Report, None, Planned | None]:
    """Plan a deploy, or look for drift, with what each change does to a text and who else depends on it."""
    made = yield from planned(options, deploying, client, listen, command)
    if made is None:
        return None
    listen("Looking for what depends on it")
    changed = [change for change in made.plan.changes if change.writes or change.held or change.standing.drifts]
    callers = callers_of(client, {change.key for change in changed}) if changed and command == "plan" else {}
    before = made.deployed if command == "drift" else {}
    details = {change.key: _detail(change, callers.get(change.key, ()), before.get(change.key)) for change in changed}
    yield replace(made.report, details=details)
    return made


def carried_out(made: Planned, options: Options, client: KestraClient, listen: Listen) -> Report:
    """Carry out what was planned; return the report with what became of it."""
    listen("Deploying")
    return carry_out(made, client, options.concurrency, listen)


def _detail(change: Change, callers: Sequence[Key], deployed: str | None) -> Detail:
    lines = edits(change, deployed) if deployed is not None and change.standing.drifts else difference(change)
    added, removed = counts(lines)
    return Detail(lines, added, removed, only_layout(change, meaning), tuple(caller.path for caller in callers))


def planned(
    options: Options, deploying: Deploying, client: KestraClient, listen: Listen, command: str = "plan"
) -> Generator[Report, None, Planned | None]:
    """Plan the deploy of every flow under a path; return what was planned, None where it did not come so far."""
    report = Report(command, options.path, commit=git.commit(options.root), dry_run=options.dry_run)
    report = replace(report, detailed=options.detailed, stat=options.stat)
    yield report

    read = read_all(options)
    report = replace(report, problems=tuple(read.problems))
    yield report
    if report.errors and not options.keep_going:
        return None

    server = client.server()
    found, cases, problems = _checked(read, nearest(server.version).name, options)
    report = replace(report, problems=tuple(problems))
    yield report
    if report.errors and not options.keep_going:
        return None

    listen("Reading what is live")
    if server.note:
        problems.append(Problem("server-version", server.note, severity=Severity.WARNING))
    deploying, ledger, notes = kept(deploying, needed=command == "drift")
    problems += [*notes, *at_work(ledger, datetime.now(UTC))]
    report = replace(report, server=Server(client.url, server.version, client.tenant), problems=tuple(problems))
    yield report
    wanted = {flow.key: flow.document.text for flow in found}
    unread = any(problem.stops and problem.file for problem in problems)
    view = _view(options, deploying, read, unread=unread)
    undeclared = orphans(ledger, wanted, view)
    view = replace(view, declared=declaring(deploying.root, undeclared))
    owned = [key for key, entry in ledger.ours.items() if deploying.prune and view.covers(key, entry)]
    live = read_live(client, wanted, owned)
    scope = replace(view, unknown=live.unreadable) if deploying.prune else None
    problems += _told_of_reading(found, live)
    decider = _decider(ledger, deploying, client, live, found)
    plans = plan(map(flows.desired, found), live, decider, scope)
    if deploying.ask and plans.refused:
        decider = replace(decider, policy=replace(decider.policy, on_drift=deploying.ask(plans.refused)))
        plans = plan(map(flows.desired, found), live, decider, scope)

    sound = found
    if command != "drift":
        listen("Asking Kestra to validate what would be written")
        sound, refused = _validate(client, found, plans)
        problems += refused
        if len(sound) < len(found):
            plans = plan(map(flows.desired, sound), live, decider, replace(scope, unread=True) if scope else None)
        plans = spared(plans, client, force=deploying.force)
    gone = [key for key in undeclared if key not in view.declared and not unread]
    problems += told(gone, renamed(client, ledger, gone, plans.changes), prune=deploying.prune)
    refused_here = read.declared - {flow.key for flow in sound}
    problems += _unreached(plans, refused_here) if options.dry_run else ()
    report = replace(report, problems=tuple(problems), plan=plans)
    yield report
    return Planned(report, plans, ledger, deploying, decider.deployed, cases, refused=refused_here)


def _checked(read: Files, version: str, options: Options) -> tuple[list[Flow], list[SmokeCase], list[Problem]]:
    """Check the files by the rules of a version, and say where there are no smoke tests to run."""
    found, cases, problems = check_all(read, version, options, off=("unverified-type",))
    if options.smoke and not any(problem.check == SUITE and problem.stops for problem in problems):
        problems += none_found(cases, read.declared)
    return found, cases, problems


def _unreached(plans: Plan, refused: Collection[Key]) -> list[Problem]:
    """Say what of a plan would not be carried out, for what it calls. A deploy says so in its outcomes."""
    files = {change.key: change.origin for change in plans.changes}
    return [
        Problem(
            "refused-callee",
            f"{key.path} would be skipped: it calls {' and '.join(each.path for each in called)}, which would not be "
            "written",
            files[key],
            severity=Severity.WARNING,
        )
        for key, called in sorted(unreached(plans.changes, refused).items())
    ]


def _view(options: Options, deploying: Deploying, read: Files, *, unread: bool) -> Scope:
    """Return what the run looked at, and how much of it may be deleted."""
    return Scope(
        within=tuple(relative(path, deploying.top) for path in options.paths),
        place=deploying.place,
        unread=unread or not read.whole,
        empty=not read.flows,
        most=deploying.most,
        protected=deploying.protected,
    )


def _decider(ledger: Ledger, deploying: Deploying, client: KestraClient, live: Live, found: list[Flow]) -> Decider:
    """Return what decides, with the texts of ours that somebody has written over since."""
    over = {
        key: entry
        for key, entry in ledger.entries.items()
        if entry.revision is not None and key in live.resources and not ledger.knows(key, live.resources[key].body)
    }
    documents = {flow.key: flow.document for flow in found}

    def with_stops(resource: Resource, stops: tuple[str, ...]) -> Sent | None:
        return stopped(documents[resource.key], stops, meaning)

    moved = {
        key
        for key, document in documents.items()
        if (entry := ledger.entries.get(key)) and entry.file != relative(Path(document.file), deploying.top)
    }
    return Decider(ledger, deploying.policy, meaning, with_stops, deployed(client, over), frozenset(moved))


def check_asking(
    options: Options, client: KestraClient, version: str, notes: Sequence[Problem] = ()
) -> Iterator[Report]:
    """Check as without a server, and ask one for its verdict on every flow in which nothing was found."""
    report = Report("check", options.path, strict=options.strict, kestra=version, rules=options.rules)
    yield report
    read = read_all(options)
    report = replace(report, files=len(read.flows) + len(read.suites))
    found, _, problems = check_all(read, version, options, off=("unverified-type",))
    report = replace(report, problems=(*notes, *problems))
    yield report
    server = client.server()
    report = replace(report, server=Server(client.url, server.version, client.tenant))
    asked = [(flow, Sent(flow.document.text)) for flow in found]
    refused = kestra_validate.check(client, asked, {(flow.namespace, flow.id) for flow in found})
    problems = sorted([*problems, *refused], key=lambda problem: problem.place)
    yield replace(report, problems=(*notes, *problems), upgrade=upgrade(read, version, options, refused))


def _validate(client: KestraClient, found: list[Flow], plans: Plan) -> tuple[list[Flow], list[Problem]]:
    """Ask the server about what would be written; return the flows it does not refuse, and what it says."""
    sent = {change.key: change.desired.sent for change in plans.changes if change.writes and change.desired}
    written = [(flow, sent[flow.key]) for flow in found if flow.key in sent]
    problems = kestra_validate.check(client, written, {(flow.namespace, flow.id) for flow in found})
    refused = {problem.file for problem in problems if problem.stops}
    return [flow for flow in found if flow.document.file not in refused], problems


def _told_of_reading(found: list[Flow], live: Live) -> list[Problem]:
    """Say how what is live had to be read, and name what the server has next to ours and cannot read any more.

    Those of ours are named in the plan.
    """
    told = [Problem("degraded-read", live.degraded, severity=Severity.WARNING, hint=_EXPORT)] if live.degraded else []
    ours = {flow.key for flow in found}
    return told + [
        Problem("unreadable-on-server", f"the server cannot read its flow {key.path}: {why}", severity=Severity.WARNING)
        for key, why in sorted(live.unreadable.items())
        if key not in ours
    ]
