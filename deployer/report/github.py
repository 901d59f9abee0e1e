"""The report for GitHub Actions: annotations for the log, a summary in Markdown, and the step's outputs.

Source of the escapes and the limit: GitHub's documentation of workflow commands and of step summaries.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deployer.model.change import Action
from deployer.model.health import Condition, Health
from deployer.model.problem import Problem, Severity
from deployer.model.request import Command
from deployer.model.result import Outcome, Report, RolledBack, Status
from deployer.model.smoke import SmokeResult
from deployer.model.upgrade import Upgrade
from deployer.report import count
from deployer.report.coverage import rows, verdict
from deployer.report.harmless import harmless, one_line
from deployer.report.markdown import cell, markdown
from deployer.report.smoke import cut, effort, explain, repeat

_MOST = 500
"""Rows of one table."""
_LARGEST = 1000 * 1000  # bytes of the whole
_LONGEST = 300  # characters of a cell
_MOST_LOGS, _MOST_LINES = 20, 20  # logs of smoke tests, and lines of each
_ICONS = {
    "created": "🟢",
    "updated": "🟡",
    "published": "🟡",
    "enabled": "🟡",
    "deleted": "🔴",
    "failed": "❌",
    "skipped": "⏭️",
}


def commands(report: Report) -> str:
    """Return the annotations as workflow commands, one a line, errors first: every problem, every failure."""
    lines = sorted(_annotations(report), key=lambda line: not line.startswith("::error"))
    return "".join(f"{line}\n" for line in lines)


def outputs(report: Report) -> dict[str, str]:
    """Return the step's outputs: how many flows were created, would be created and so on, and exit-code.

    `changes` is how many a plan would write, `drifted` how many are not on the server as they were deployed.
    `healthy`, `degraded` and `unknown` are of those that were looked at.
    """
    counts = count.flows(report)
    numbers = {name: counts.get(name, 0) for name in count.WORDS}
    numbers["changes"] = sum(numbers[name] for name in count.DRY_WORDS.values() if name.startswith("to "))
    numbers["drifted"] = sum(counts.get(name, 0) for name in count.DRIFTED)
    conditions = count.health(report)
    numbers |= {str(condition): conditions.get(condition, 0) for condition in Condition}
    named = {name.replace(" ", "-"): str(number) for name, number in numbers.items()}
    return {**named, "exit-code": str(int(report.exit_code))}


def summary(report: Report) -> str:
    """Return the step summary in Markdown: the closing sentence, then tables of problems, changes and smoke tests."""
    sound = "✅" if report.exit_code == 0 else "❌"
    lines = [
        f"### {sound} kestra-deployer {report.request.command}",
        "",
        markdown(count.sentence(report) or str(report.error or "")),
    ]
    if report.server:
        server = report.server
        lines += ["", markdown(f"Server {server.url}, Kestra {server.version}, tenant `{server.tenant}`")]
    rules = report.request.rules
    if rules and rules.source and report.files is not None:
        lines += ["", markdown(f"By the rules of Kestra {rules.version}: {rules.source}")]
    lines += _table(("Problem", "Where", "Check"), _problem_rows(report))
    lines += _table(("Upgrade", "Flows"), _upgrade_rows(report.upgrade) if report.upgrade else ())
    lines += _table((_heading(report), "Result", "Revision"), _flow_rows(report))
    if report.saved:
        lines += ["", markdown(f"What was deleted is saved in `{report.saved}`")]
    lines += _table(("Health", "Condition"), _health_rows(report))
    lines += _table(("Smoke test", "Result", "Time"), _smoke_rows(report))
    lines += _table(("Coverage", "Reached", "Percent", "Not reached"), _coverage_rows(report))
    lines += _logs(report)
    lines += _repeats(report)
    lines += _table(("Rollback", "Result", "Revision"), [_rollback_row(each) for each in report.rollback or ()])
    return _within_limit(lines)


def _within_limit(lines: Sequence[str]) -> str:
    """Return the lines as far as GitHub takes them; it drops the whole of a summary that is too large."""
    size = 0
    for number, line in enumerate(lines):
        size += len(line.encode()) + 1
        if size > _LARGEST:
            return "\n".join([*lines[:number], "", f"{len(lines) - number} more lines are in the log."]) + "\n"
    return "\n".join(lines) + "\n"


def _annotations(report: Report) -> Iterator[str]:
    for problem in report.problems:
        yield _command(problem)
    for outcome in report.outcomes:
        if outcome.status is Status.FAILED:
            message = f"{outcome.change.key.label}: {outcome.message}"
            yield _command(Problem("deploy", message, outcome.change.origin, hint=outcome.hint))
        elif outcome.change.held:
            yield _command(
                Problem("deploy", f"{outcome.change.key.label}: {outcome.message}", severity=Severity.WARNING)
            )
    for change in () if report.outcomes else report.refused:
        severity = Severity.WARNING if report.request.dry_run else Severity.ERROR
        message = f"{change.key.label}: {count.describe(change, report)}"
        yield _command(Problem("drift", message, change.origin, severity=severity))
    yield from map(_health_command, (health for health in report.health if health.condition is not Condition.HEALTHY))
    for smoke in report.smokes:
        if smoke.verdict.fails:
            message = f"{smoke.case.flow.path}, {smoke.case.id}: {explain(smoke, _LONGEST)}"
            yield _command(Problem("smoke", message, smoke.case.file))
    if report.uncovered:
        yield _command(Problem("smoke", verdict(report)))
    yield from map(_rollback_command, (each for each in report.rollback or () if each.is_left or each.fails))
    if report.error:
        yield _command(Problem("run", str(report.error), hint=report.error.hint))


def _command(problem: Problem) -> str:
    fields = {"file": problem.file, "title": f"kestra-deployer: {problem.check}"}
    if span := problem.span:
        single = span.line == span.end_line
        fields |= {"line": str(span.line), "endLine": str(span.end_line)}
        fields |= {"col": str(span.column), "endColumn": str(span.end_column)} if single else {}
    properties = ",".join(f"{name}={_escape(one_line(value), ':,')}" for name, value in fields.items() if value)
    text = problem.message.strip() + (f" (hint: {problem.hint})" if problem.hint else "")
    return f"::{problem.severity} {properties}::{_escape(harmless(text))}"


def _escape(text: str, more: str = "") -> str:
    for character in f"%\r\n{more}":
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def _problem_rows(report: Report) -> list[tuple[str, str, str]]:
    found = sorted(report.problems, key=lambda problem: problem.severity is not Severity.ERROR)
    rows = [(problem.message, _place(problem), problem.check) for problem in found]
    return rows + ([(str(report.error), "", "run")] if report.error and rows else [])


def _upgrade_rows(upgrade: Upgrade) -> list[tuple[str, str]]:
    return [(words, str(len(upgrade.files(verdict)))) for verdict, words in count.upgrade_words(upgrade).items()]


def _place(problem: Problem) -> str:
    return f"{problem.file or ''}{f':{problem.span.line}' if problem.span else ''}"


def _heading(report: Report) -> str:
    """Return what the rows of a table are: flows, or resources of several kinds."""
    nouns = {change.key.noun for change in (report.plan.changes if report.plan else ())}
    return nouns.pop().capitalize() if len(nouns) == 1 else "Resource"


def _flow_rows(report: Report) -> list[tuple[str, str, str]]:
    if report.outcomes:
        return [_outcome_row(outcome) for outcome in report.outcomes if count.word(outcome) != "unchanged"]
    changes = report.plan.changes if report.plan else ()
    rows = [change for change in changes if change.action is not Action.KEEP]
    return [(change.key.label, count.describe(change, report), "") for change in rows]


def _outcome_row(outcome: Outcome) -> tuple[str, str, str]:
    word = count.word(outcome)
    return (
        outcome.change.key.label,
        f"{_ICONS.get(word, '')} {word} {outcome.message}".strip(),
        str(outcome.revision or ""),
    )


def _health_rows(report: Report) -> list[tuple[str, str]]:
    every = report.request.command is Command.HEALTH
    shown = (health for health in report.health if every or health.is_notable)
    return [(health.key.label, f"{health.condition} {'; '.join(health.reasons)}".strip()) for health in shown]


def _health_command(health: Health) -> str:
    severity = Severity.ERROR if health.condition is Condition.DEGRADED else Severity.WARNING
    message = f"{health.key.label} is {health.condition}: {'; '.join(health.reasons)}"
    return _command(Problem("health", message, health.origin, severity=severity))


def _smoke_rows(report: Report) -> list[tuple[str, str, str]]:
    return [(f"{smoke.case.flow.path}: {smoke.case.id}", _smoke_words(smoke), effort(smoke)) for smoke in report.smokes]


def _coverage_rows(report: Report) -> Sequence[tuple[str, ...]]:
    """The total, and the flows of which something was not reached."""
    if not report.coverage:
        return []
    *flows, total = rows(report.coverage)
    return [total, *(row for row in flows if not row.is_whole)]


def _smoke_words(smoke: SmokeResult) -> str:
    """Return the verdict and why, with the address of what was left running."""
    return f"{smoke.verdict} {explain(smoke, _LONGEST)}".strip()


def _logs(report: Report) -> Iterator[str]:
    """The ends of the logs of cases that failed, as code: each line is indented, so that none can end it."""
    told = [smoke for smoke in report.smokes if smoke.verdict.fails and smoke.logs]
    for smoke in told[:_MOST_LOGS]:
        lines = harmless("\n".join(smoke.logs)).splitlines()[-_MOST_LINES:]
        yield from ("", f"Log of {markdown(f'{smoke.case.flow.path}: {smoke.case.id}')}", "")
        yield from (f"    {cut(line, _LONGEST)}" for line in lines)
    if len(told) > _MOST_LOGS:
        yield from ("", f"{len(told) - _MOST_LOGS} more logs are in other reports.")


def _repeats(report: Report) -> Iterator[str]:
    """The commands that run the cases again that failed, as code."""
    commands = [repeat(report.request, smoke) for smoke in report.smokes if smoke.verdict.fails]
    if commands:
        yield from ("", "To repeat what failed:", "")
        yield from (f"    {one_line(command)}" for command in dict.fromkeys(commands[:_MOST_LOGS]))
    if len(commands) > _MOST_LOGS:
        yield from ("", f"{len(commands) - _MOST_LOGS} more commands are in other reports.")


def _rollback_command(each: RolledBack) -> str:
    change = each.outcome.change
    message = f"{change.key.label} was not put back: {each.outcome.message}"
    return _command(Problem("rollback", message, change.origin, hint=each.outcome.hint))


def _rollback_row(each: RolledBack) -> tuple[str, str, str]:
    change, outcome = each.outcome.change, each.outcome
    words = "; ".join(filter(None, (change.reason if outcome.status is Status.DONE else "", outcome.message)))
    return change.key.label, f"{count.rollback_word(each)} {words}".strip(), str(outcome.revision or "")


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    if not rows:
        return []
    shown = [tuple(cell(text, _LONGEST) for text in row) for row in rows[:_MOST]]
    lines = [head, ("---",) * len(head), *shown]
    table = ["", *(f"| {' | '.join(cells)} |" for cells in lines)]
    return [*table, "", f"{len(rows) - _MOST} more rows are in the log."] if len(rows) > _MOST else table
