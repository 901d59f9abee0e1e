"""The report as JUnit XML: what a run did and found as test cases, of which one fails wherever the run failed.

There is a suite for the run itself, for files, changes and health, and one for each suite of smoke tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from deployer.errors import ExitCode
from deployer.model.change import Action, Change
from deployer.model.health import Condition, Health
from deployer.model.problem import Problem, Severity
from deployer.model.request import Command, Request
from deployer.model.result import Outcome, Report, RolledBack, Status
from deployer.model.smoke import Checked, SmokeResult, Verdict
from deployer.report import count
from deployer.report.coverage import columns, rows, verdict
from deployer.report.smoke import expectation, history, inputs, missed, repeat, task_run
from deployer.report.testsuites import Case, Found, Kind, Suite, document

_PROGRAM = "kestra-deployer"
_LONGEST = 160  # characters of a value in a sentence
_FAIL_NOTHING = (ExitCode.OK, ExitCode.CHANGES)
"""With the second one a user asked to be told whether there are changes."""
_VERDICTS = {
    Verdict.FAILED: Kind.FAILURE,
    Verdict.TIMED_OUT: Kind.FAILURE,
    Verdict.NOT_RUN: Kind.ERROR,
    Verdict.SKIPPED: Kind.SKIPPED,
}


def render(report: Report) -> str:
    """Return the document with a newline at its end."""
    found = [
        _suite("files", _files(report)),
        _suite("changes", _changes(report)),
        _suite("health", map(_health, report.health)),
        *_smoke_suites(report),
        _suite("coverage", _coverage(report)),
        _suite("rollback", map(_rolled_back, report.rollback or ())),
    ]
    suites = [suite for suite in found if suite.cases]
    run = _run(report, failed=any(case.fails for suite in suites for case in suite.cases))
    first = replace(_suite("run", [run]), properties=_properties(report))
    return document(f"{_PROGRAM} {report.request.command}", [first, *suites], report.seconds)


def _suite(name: str, cases: Iterable[Case]) -> Suite:
    return Suite(name=f"{_PROGRAM}: {name}", classname=f"{_PROGRAM}.{name}", cases=tuple(cases))


def _properties(report: Report) -> dict[str, str]:
    properties = {"exit-code": str(int(report.exit_code)), "commit": report.request.checkout.commit}
    if report.server:
        properties |= {"server": report.server.url, "kestra": report.server.version, "tenant": report.server.tenant}
    return _present(properties)


def _present(values: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _run(report: Report, *, failed: bool) -> Case:
    """The run itself: it fails by what ended it, and where nothing else fails that the exit code comes from."""
    code, sentence = report.exit_code, count.sentence(report)
    word = code.name.lower().replace("_", "-")
    found = None
    if report.error:
        hint = f"hint: {report.error.hint}" if report.error.hint else ""
        found = Found(Kind.ERROR, word, str(report.error), hint)
    elif report.interrupted:
        found = Found(Kind.ERROR, word, "interrupted")
    elif code not in _FAIL_NOTHING and not failed:
        found = Found(Kind.FAILURE, word, sentence or word)
    return Case(
        name=f"{report.request.command} {report.request.path}".strip(),
        seconds=report.seconds,
        found=found,
        output=sentence,
    )


def _files(report: Report) -> Iterator[Case]:
    """Each file that is known to have been checked; what belongs to no file, by its check."""
    problems: dict[str, list[Problem]] = {file: [] for file in _known(report)}
    for problem in report.problems:
        problems.setdefault(problem.file or problem.check, []).append(problem)
    for name, found in sorted(problems.items()):
        yield _file(name, found, strict=report.request.strict)


def _known(report: Report) -> Iterator[str]:
    yield from report.upgrade.verdicts if report.upgrade else ()
    if report.plan and report.request.command is not Command.APPLY:  # it has a plan of another run, and no files
        yield from (change.origin for change in report.plan.changes if change.origin)
    yield from (smoke.case.file for smoke in report.smokes)


def _file(name: str, problems: Sequence[Problem], *, strict: bool) -> Case:
    wrong = [each for each in problems if each.stops or (strict and each.severity is Severity.WARNING)]
    text = "\n".join(map(_problem, problems))
    message = f"{wrong[0].message} (and {len(wrong) - 1} more)" if len(wrong) > 1 else wrong[0].message if wrong else ""
    return Case(
        name=name,
        found=Found(Kind.FAILURE, wrong[0].check, message, text) if wrong else None,
        output="" if wrong else text,
    )


def _problem(problem: Problem) -> str:
    span = problem.span
    place = ":".join(filter(None, (problem.file, f"{span.line}:{span.column}" if span else "")))
    hint = f"\n  hint: {problem.hint}" if problem.hint else ""
    return f"{f'{place}: ' if place else ''}{problem.severity}[{problem.check}] {problem.message}{hint}"


def _changes(report: Report) -> Iterator[Case]:
    if report.outcomes:
        for outcome in report.outcomes:
            yield _outcome(outcome, count.word(outcome), _diff(outcome.change, report))
    elif report.plan:
        yield from (_planned(change, report) for change in report.plan.changes)


def _rolled_back(each: RolledBack) -> Case:
    return _outcome(each.outcome, count.rollback_word(each))


def _outcome(outcome: Outcome, word: str, diff: str = "") -> Case:
    change = outcome.change
    hint = f"hint: {outcome.hint}" if outcome.hint else ""
    text = "\n\n".join(filter(None, (hint, diff)))
    found = None
    if outcome.status is not Status.DONE:
        kind = Kind.FAILURE if outcome.status is Status.FAILED else Kind.ERROR
        found = Found(kind, word, outcome.message or change.held or word, text)
    elif outcome.lost:
        message = f"wrote over revision {outcome.lost}, which another user made meanwhile"
        found = Found(Kind.FAILURE, "overwritten", message, text)
    revision = f", revision {outcome.revision}" if outcome.revision is not None else ""
    said = f"{word}{revision}" + (f" ({change.reason})" if change.reason else "")
    return Case(
        name=change.key.label,
        details=_present({"file": change.origin}),
        seconds=outcome.seconds,
        found=found,
        output="" if found else "\n\n".join(filter(None, (said, text))),
    )


def _planned(change: Change, report: Report) -> Case:
    said, diff = count.describe(change, report), _diff(change, report)
    found = _objection(change, said, diff, report)
    return Case(
        name=change.key.label,
        details=_present({"file": change.origin}),
        found=found,
        output="" if found else "\n\n".join(filter(None, (said, diff))),
    )


def _objection(change: Change, said: str, diff: str, report: Report) -> Found | None:
    """What speaks against a change that was not carried out: `drift` fails by it, a refused deploy, no mere plan."""
    request = report.request
    if request.command is Command.DRIFT:
        drifted = change.deleted or change.standing.drifts
        return Found(Kind.FAILURE, count.standing(change), said, diff) if drifted else None
    if change.held:
        weighs = request.writes or (request.detailed and request.dry_run)
        kind = Kind.FAILURE if weighs and change.standing.drifts else Kind.SKIPPED
        return Found(kind, count.foretell(change, dry_run=request.dry_run), said, diff)
    if request.writes and change.action is not Action.KEEP:
        return Found(Kind.SKIPPED, count.SKIPPED, said, diff)
    return None


def _diff(change: Change, report: Report) -> str:
    detail = (report.details or {}).get(change.key)
    return "\n".join(detail.diff) if detail and not report.request.stat else ""


def _health(health: Health) -> Case:
    reasons = "\n".join(health.reasons)
    found = None
    if health.condition is not Condition.HEALTHY:
        kind = Kind.FAILURE if health.condition is Condition.DEGRADED else Kind.SKIPPED
        message, *more = health.reasons or (str(health.condition),)
        found = Found(kind, str(health.condition), message, "\n".join(more))
    return Case(
        name=health.key.label,
        found=found,
        details=_present({"file": health.origin}),
        output="" if found else reasons,
    )


def _coverage(report: Report) -> Iterator[Case]:
    """Coverage as one case, as only its total can be too low; the table is its output."""
    if report.coverage:
        table = "\n".join(columns(rows(report.coverage)))
        found = Found(Kind.FAILURE, "coverage", verdict(report), table) if report.uncovered else None
        yield Case(name="coverage", found=found, output="" if found else table)


def _smoke_suites(report: Report) -> Iterator[Suite]:
    """The smoke tests by suite; one suite is what a file says of a flow under one id."""
    groups: dict[tuple[str, str, str], list[SmokeResult]] = {}
    for smoke in report.smokes:
        groups.setdefault((smoke.case.file, smoke.case.flow.path, smoke.case.suite), []).append(smoke)
    for (file, path, suite), results in groups.items():
        flow = results[0].case.flow
        yield Suite(
            name=f"{path}: {suite}",
            classname=f"{flow.namespace}.{flow.name}.{suite}",
            cases=tuple(_smoke(each, report.request) for each in results),
            file=file,
        )


def _smoke(smoke: SmokeResult, request: Request) -> Case:
    kind = _VERDICTS.get(smoke.verdict)
    message = smoke.message or next((expectation(each, _LONGEST) for each in missed(smoke)), str(smoke.verdict))
    details = {
        "file": smoke.case.file,
        "url": smoke.url,
        "execution": smoke.execution,
        "state": smoke.state,
        "tries": str(smoke.tries) if smoke.tries > 1 else "",
        "tags": ", ".join(smoke.case.tags),
    }
    return Case(
        name=smoke.case.id,
        seconds=smoke.seconds,
        found=Found(kind, str(smoke.verdict), message, _why(smoke, request)) if kind else None,
        details=_present(details),
        output="\n".join(smoke.logs),
    )


def _why(smoke: SmokeResult, request: Request) -> str:
    """What was expected and what was there, how the execution came to its end, and how to look at it or repeat it."""
    parts = ["\n".join(map(_expectation, missed(smoke)))]
    parts.append(f"inputs: {inputs(smoke)}" if smoke.case.inputs else "")
    parts.append(f"states: {history(smoke)}" if smoke.states else "")
    parts.append("\n".join(["task runs:", *(f"  {task_run(run)}" for run in smoke.runs)]) if smoke.runs else "")
    parts.append(f"{smoke.tries} tries" if smoke.tries > 1 else "")
    parts.append(f"{'it still runs: ' if smoke.left_running else ''}{smoke.url}" if smoke.url else "")
    parts.append(f"file: {smoke.case.file}\nrepeat it: {repeat(request, smoke)}" if smoke.verdict.fails else "")
    return "\n\n".join(filter(None, parts))


def _expectation(checked: Checked) -> str:
    """Both values on lines of their own, so that they can be compared; where nothing was judged, the reason alone."""
    values = [("expected", checked.expected), ("actual", checked.actual)] if checked.expected or checked.actual else []
    lines = [checked.what, *(f"  {name + ':':<10}{value or '(nothing)'}" for name, value in values)]
    return "\n".join([*lines, f"  {checked.message}"] if checked.message else lines)
