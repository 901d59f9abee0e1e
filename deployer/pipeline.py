"""The one-way flow: read → check → desire → compare → apply → health → smoke → rollback → report, on one screen.

Every stage yields the report so far, so that whatever ends a run early, what was found until then is reported.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from deployer import leftovers, undeclared
from deployer.afterwards import look_after, smoke_test
from deployer.apply import unreached
from deployer.apply.bookkeeping import now, warn_of_lease
from deployer.apply.clean_up import clean_up
from deployer.apply.deploy import Planned, carry_out
from deployer.apply.rollback import roll_back
from deployer.checking import Plugins, check_files, desire, upgrade
from deployer.errors import ENDS_ALL, KestraError
from deployer.kestra.client import KestraClient
from deployer.model.change import Action, Change, Detail, Plan
from deployer.model.desired import Desired
from deployer.model.policy import OnDrift
from deployer.model.problem import Problem, Severity
from deployer.model.request import Command, Request, Rules
from deployer.model.resource import Key
from deployer.model.result import Report, Server, Status
from deployer.model.smoke import SUITE, SmokeCase, SmokeResult
from deployer.model.version import nearest
from deployer.plan import only_drift
from deployer.plan.text import counts, difference, edits, only_layout
from deployer.plan.trigger_notes import tell_states
from deployer.planning import Ground, gather, open_ledger
from deployer.read.difference import find_difference
from deployer.read.everything import read_all
from deployer.read.stored import read_stored
from deployer.read.suites import none_found
from deployer.refusal import decline, foretell, refuse
from deployer.session import Session
from deployer.smoke.select import of_difference, of_written, report_difference, report_none, select
from deployer.validation import validate

_OFF = ("unverified-type",)
"""Checks that a server answers better: it knows its plugins."""

_Sound = tuple[Report, Desired, Sequence[SmokeCase]]
"""The report so far, and what of the files is sound."""


def sync(request: Request, session: Session) -> Iterator[Report]:
    """Deploy everything under a path. A problem found before the first write ends it with nothing written."""
    planned = yield from plan(request, session)
    if planned is None or request.dry_run or (planned.report.errors and not request.keep_going):
        return
    if planned.plan.refused:
        yield replace(planned.report, error=refuse(planned.plan))
        return
    deleted = [change for change in planned.plan.changes if change.action is Action.PRUNE and change.writes]
    if deleted and session.ask and not session.ask.about_deleting(deleted):
        yield replace(planned.report, error=decline(deleted))
        return

    session = session.with_ledger_if(planned.recorded)
    killed = leftovers.kill(planned.ledger, session, labelled=request.smoke)
    report = apply(replace(planned, report=planned.report.with_problems(killed)), session)
    yield report
    report = yield from look_after(report, session)
    if request.smoke and not report.interrupted and not report.error:
        done = {outcome.change.key for outcome in report.outcomes if outcome.status is Status.DONE}
        cases = of_written(planned.cases, report.outcomes)
        report = report.with_problems(report_none(planned.cases, cases, report.outcomes))
        report = yield from smoke_test(cases, done, report, session, planned.ledger.project)
        if request.rollback and not report.interrupted and _fails(report.smokes, done):
            session.listen("Putting back what was written")
            yield roll_back(planned, report, session)


def plan(request: Request, session: Session) -> Generator[Report, None, Planned | None]:
    """Plan a deploy, or look for drift; return the plan, None where the run did not come so far."""
    report, desired, cases = yield from read_and_check(request, session)
    if report.ends:
        return None

    session.listen("Reading what is live")
    opened = open_ledger(session, request)
    report = report.with_problems([*opened.problems, *warn_of_lease(opened.ledger, now())])
    yield report
    ground = gather(opened, session, desired)
    ground, changes, desired, problems = _compare(ground, desired, session)
    report = report.with_problems(
        [
            *ground.problems,
            *problems,
            *tell_states(changes.changes, request.policy.recover, now()),
            *_report_undeclared(ground, changes, session.client),
        ]
    )
    if request.command is Command.DRIFT:
        changes = only_drift(changes)
    elif request.command.deploys and request.dry_run:
        report = report.with_problems([*_report_unreached(changes, desired.refused), *foretell(changes)])
    planned = Planned(
        request=opened.request,
        report=report if request.command.looks else replace(report, plan=changes),
        plan=changes,
        ledger=ground.ledger,
        recorded=opened.recorded,
        cases=cases,
        refused=desired.refused,
        others=ground.others,
        adopted=ground.decider.adopted,
    )
    yield planned.report
    if not request.details:
        return planned
    report = _detail(planned, ground, session)
    yield report
    return replace(planned, report=report)


def apply(planned: Planned, session: Session) -> Report:
    """Carry out what was planned; return the report with what became of it."""
    session.listen("Deploying")
    report = carry_out(planned, session.with_ledger_if(planned.recorded))
    return report.with_problems(clean_up(session.client, report.outcomes))


def check_asking(request: Request, rules: Rules, client: KestraClient, plugins: Plugins) -> Iterator[Report]:
    """Check the files, or with `live` what the server has stored, and ask the server for its verdict on what is sound.

    Of what it has stored, it is asked only where the user wants that.
    """
    report = Report(request)
    yield report
    files = read_stored(client) if request.live else read_all(request)
    asks = request.server or not request.live
    report = replace(report, files=files.count)
    checked = check_files(files, request, rules.version, plugins=plugins, off=_OFF if asks else ())
    report = replace(report, problems=(*request.notes, *checked.problems))
    yield report
    server = client.server()
    report = replace(report, server=Server(client.url, server.version, client.tenant))
    wanted = desire(files, checked.problems).resources
    refused = validate(client, [*wanted.values()], wanted.keys()) if asks else []
    problems = sorted([*checked.problems, *refused], key=lambda problem: problem.place)
    report = replace(report, problems=(*request.notes, *problems))
    verified = asks and nearest(server.version).name == rules.version
    moves = upgrade(files, request, rules, plugins, checked.judged, refused=refused, verified=verified)
    yield replace(report, upgrade=moves)


def read_and_check(request: Request, session: Session) -> Generator[Report, None, _Sound]:
    """Read the files, and check them by the rules of the server's version; return what they want of the server.

    Of their smoke tests, those that the request selects. The report says where that ends the run.
    """
    report = Report(request)
    yield report
    files = read_all(request)
    report = report.with_problems(files.problems)
    yield report
    if report.ends:
        return report, Desired(), ()
    changed = None if request.since is None else find_difference(files, request)
    server = session.client.server()
    checked = check_files(files, request, nearest(server.version).name, off=_OFF)
    report = replace(report, problems=tuple(checked.problems))  # those of reading are among them
    if request.smoke and not any(problem.check == SUITE and problem.stops for problem in checked.problems):
        report = report.with_problems(none_found(checked.cases, files.declared))
    yield report
    desired = desire(files, checked.problems)
    if report.ends:
        return report, desired, checked.cases
    report = replace(report, server=Server(session.client.url, server.version, session.client.tenant))
    report = report.with_problems(warn_of_version(server.note))
    cases = select(checked.cases, request)
    if changed is not None and cases:
        chosen = of_difference(cases, changed, {key: each.needs for key, each in desired.resources.items()})
        report = report.with_problems([report_difference(changed, cases, chosen)])
        cases = chosen
    return report, desired, cases


def _compare(ground: Ground, wanted: Desired, session: Session) -> tuple[Ground, Plan, Desired, list[Problem]]:
    """Compare, ask a person about edits and the server about what would be written, and hold what must not be done.

    Return the ground, the plan, what is desired without what the server refuses, and what it says.
    """
    plan = ground.compare(wanted)
    seen = ground.with_states(plan, session.client)
    if seen is not ground:
        ground, plan = seen, seen.compare(wanted)
    if answers := _ask(ground, plan, session):
        ground = ground.with_answers(answers)
        plan = ground.compare(wanted)
    desired, problems = _validate(plan, wanted, session, ground.request)
    if desired is not wanted:
        plan = ground.compare(desired)
    return ground, undeclared.hold_called(plan, session.client, force=ground.request.force), desired, problems


def _ask(ground: Ground, plan: Plan, session: Session) -> Mapping[Key, OnDrift]:
    """Return a person's answers, where a deploy would be refused, no option says what to do, and someone is there."""
    if not session.ask or not plan.refused or ground.decider.policy.on_drift is not None:
        return {}
    return session.ask.about_drift(plan.refused)


def _validate(plan: Plan, desired: Desired, session: Session, request: Request) -> tuple[Desired, list[Problem]]:
    """Ask the server about what would be written; return what is desired without what it refuses, and what it says."""
    if not request.command.deploys:
        return desired, []
    session.listen("Asking Kestra to validate what would be written")
    written = [change.desired for change in plan.changes if change.writes and change.desired]
    problems = validate(session.client, written, desired.resources.keys())
    broken = {problem.file for problem in problems if problem.stops}
    return desired.without({resource.key for resource in written if resource.origin in broken}), problems


def _report_undeclared(ground: Ground, plan: Plan, client: KestraClient) -> Iterator[Problem]:
    renames = undeclared.find_renames(client, ground.ledger, ground.undeclared, plan.changes)
    return undeclared.report(ground.undeclared, renames, prune=ground.request.prune)


def _report_unreached(plan: Plan, refused: Collection[Key]) -> Iterator[Problem]:
    """Yield what of a plan would not be carried out because of what it calls. A deploy says so in its outcomes."""
    files = {change.key: change.origin for change in plan.changes}
    for key, called in sorted(unreached(plan.changes, refused).items()):
        names = " and ".join(each.path for each in called)
        message = f"{key.path} would be skipped: it calls {names}, which would not be written"
        yield Problem("refused-callee", message, files[key], severity=Severity.WARNING)


def _detail(planned: Planned, ground: Ground, session: Session) -> Report:
    """Return the report with what each change does to a text; of a plan, also with who depends on it."""
    changed = [change for change in planned.plan.changes if change.writes or change.held or change.standing.drifts]
    callers: dict[Key, list[Key]] = {}
    problems: list[Problem] = []
    if planned.request.command is Command.PLAN and changed:
        session.listen("Looking for what depends on it")
        try:
            callers = undeclared.find_callers(session.client, [change.key for change in changed])
        except ENDS_ALL:
            raise
        except KestraError as error:
            message = f"who calls what would change is not known, as the server gave no export of its flows: {error}"
            problems.append(Problem("degraded-read", message, severity=Severity.WARNING, hint=error.hint))
    details = {change.key: _of_change(change, callers.get(change.key, ()), ground) for change in changed}
    return replace(planned.report.with_problems(problems), details=details)


def _of_change(change: Change, callers: Sequence[Key], ground: Ground) -> Detail:
    deployed = ground.decider.deployed.get(change.key) if ground.request.command is Command.DRIFT else None
    lines = edits(change, deployed) if deployed is not None and change.standing.drifts else difference(change)
    added, removed = counts(lines)
    return Detail(
        lines,
        added=added,
        removed=removed,
        layout=only_layout(change),
        dependants=tuple(caller.path for caller in callers),
    )


def _fails(smokes: Iterable[SmokeResult], deployed: Collection[Key]) -> bool:
    """Whether a smoke test failed. One that was not run, as its flow was not deployed, says nothing of what runs."""
    return any(each.verdict.fails and each.case.flow in deployed for each in smokes)


def warn_of_version(note: str) -> list[Problem]:
    """Return a warning of what a server says of its version, none where it says nothing."""
    return [Problem("server-version", note, severity=Severity.WARNING)] if note else []
