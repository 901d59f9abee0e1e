"""The one-way flow: read → check → plan → apply → smoke → report, on one screen.

Every stage yields the report as it stands, so that whatever ends a run early, what was found until then is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from deployer import leftovers
from deployer import validation as kestra_validate
from deployer.apply import unreached
from deployer.deploy import at_work, carry_out, kept
from deployer.deploying import Deploying, Planned
from deployer.errors import ENDS_ALL, KestraError
from deployer.kestra.client import KestraClient
from deployer.local import Files, Options, check_all, meaning, read_all, upgrade
from deployer.model.change import Action, Change, Detail, Plan
from deployer.model.flow import Flow
from deployer.model.problem import Problem, Severity
from deployer.model.resource import Key
from deployer.model.result import Outcome, Report, Server, Status
from deployer.model.sent import Sent
from deployer.model.smoke import SUITE, SmokeCase, SmokeResult
from deployer.model.version import nearest
from deployer.plan import only_drift
from deployer.plan.text import counts, difference, edits, only_layout
from deployer.planning import gather, looked_at
from deployer.read import git
from deployer.refusal import declined, foretold, refusal
from deployer.smoke.run import run as run_smoke
from deployer.smoke.suites import none_found
from deployer.undeclared import callers_of, renamed, spared, told

Listen = Callable[[str | Outcome | SmokeResult], None]
"""Hears what the run is about to do (a sentence), and every result as it comes."""


def sync(options: Options, deploying: Deploying, client: KestraClient, listen: Listen) -> Iterator[Report]:
    """Deploy every flow under a path. A problem found before the first write ends it with nothing written."""
    made = yield from planned(options, deploying, client, listen, "sync")
    if made is None or options.dry_run or (made.report.errors and not options.keep_going):
        return
    if made.plan.refused:
        yield replace(made.report, error=refusal(made.plan))
        return
    deleted = [change for change in made.plan.changes if change.action is Action.PRUNE and change.writes]
    if deleted and deploying.ask and not deploying.ask.about_deleting(deleted):
        yield replace(made.report, error=declined(deleted))
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
    callers, unknown = _callers(client, {change.key for change in changed} if command == "plan" else ())
    before = made.deployed if command == "drift" else {}
    details = {change.key: _detail(change, callers.get(change.key, ()), before.get(change.key)) for change in changed}
    yield replace(made.report, details=details, problems=(*made.report.problems, *unknown))
    return made


def carried_out(made: Planned, options: Options, client: KestraClient, listen: Listen) -> Report:
    """Carry out what was planned; return the report with what became of it."""
    listen("Deploying")
    return carry_out(made, client, options.concurrency, listen)


def _callers(client: KestraClient, keys: Collection[Key]) -> tuple[dict[Key, list[Key]], list[Problem]]:
    """Return who calls these flows; where the server gives no export of its flows, a warning that nobody knows."""
    try:
        return (callers_of(client, keys) if keys else {}), []
    except ENDS_ALL:
        raise
    except KestraError as error:
        message = f"who calls what would change is not known, as the server gave no export of its flows: {error}"
        return {}, [Problem("degraded-read", message, severity=Severity.WARNING, hint=error.hint)]


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
    unread = any(problem.stops and problem.file for problem in problems)
    ground = gather(client, ledger, deploying, found, looked_at(options, deploying, read, unread=unread))
    plans = ground.plan(found)
    if deploying.ask and plans.refused and deploying.policy.on_drift is None:
        ground = ground.answered(deploying.ask.about_drift(plans.refused))
        plans = ground.plan(found)
    problems += ground.problems

    sound = found
    if command != "drift":
        listen("Asking Kestra to validate what would be written")
        sound, refused = _validate(client, found, plans)
        problems += refused
        if len(sound) < len(found):
            plans = ground.partly().plan(sound)
        plans = spared(plans, client, force=deploying.force)
    renames = renamed(client, ledger, ground.gone, plans.changes)
    problems += told(ground.gone, renames, prune=deploying.prune)
    refused_here = read.declared - {flow.key for flow in sound}
    if command == "drift":
        plans = only_drift(plans)
    elif options.dry_run:
        problems += [*_unreached(plans, refused_here), *foretold(plans)]
    report = replace(report, problems=tuple(problems), plan=plans)
    yield report
    return Planned(
        report, plans, ledger, deploying, ground.decider.deployed, cases, refused_here,
        others=ground.others, adopted=ground.decider.adopted,
    )  # fmt: skip


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
