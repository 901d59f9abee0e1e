"""The report for a person: what was found, what was done, what the smoke tests say.

What ended a run early is not here: the command line says it on stderr.
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.model import upgrade as moves
from deployer.model.change import Action, Change
from deployer.model.health import Condition, Health
from deployer.model.problem import Problem, Severity, Span
from deployer.model.request import Command
from deployer.model.result import Outcome, Report, Status
from deployer.model.smoke import SmokeResult, Verdict
from deployer.model.upgrade import Upgrade
from deployer.report import count
from deployer.report.coverage import columns, rows
from deployer.report.harmless import one_line
from deployer.report.lines import Text
from deployer.report.lines import render as render_lines
from deployer.report.smoke import cut, effort, expectation, history, inputs, repeat, unsaid

_ACTIONS = {
    Action.CREATE: ("+", "green"), Action.UPDATE: ("~", "yellow"), Action.PUBLISH: ("~", "yellow"),
    Action.ENABLE: ("~", "yellow"), Action.PRUNE: ("-", "red"),
}  # fmt: skip
_WIDTH, _BEFORE = 160, 60  # columns of an excerpt, and how many of them before the place
_DIFF = {"+": "green", "-": "red", "@": "cyan"}
_SEVERITIES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTICE: "bold cyan"}

_CONDITIONS = {
    Condition.HEALTHY: ("✓", "green"), Condition.DEGRADED: ("✗", "red"), Condition.UNKNOWN: ("?", "yellow"),
}  # fmt: skip
_MARKS = {Verdict.PASSED: ("✓", "green"), Verdict.SKIPPED: ("-", "dim")}  # of smoke tests; all others fail
_LONGEST = 500  # characters of a line of a log
_VERDICTS = {
    moves.Verdict.AS_IS: "green", moves.Verdict.UNVERIFIED: "yellow", moves.Verdict.DEPRECATED: "yellow",
    moves.Verdict.RENAME: "yellow",
    moves.Verdict.REWRITE: "red", moves.Verdict.REFUSED: "red",
}  # fmt: skip


def render(report: Report, *, color: bool = False) -> str:
    """Return the report as lines for a terminal, with ANSI colours when asked."""
    return render_lines(_lines(report), color=color)


def _lines(report: Report) -> Iterator[Text]:
    if report.server:
        server = report.server
        yield Text(f"{server.url} · Kestra {server.version} · tenant {server.tenant}", style="bold")
    for problem in report.problems:
        yield from _problem(problem)
    if report.upgrade:
        yield from _upgrade(report.upgrade)
    yield from _changes(report)
    if report.saved:
        yield Text(f"What was deleted is saved in {report.saved}")
    yield from _health(report)
    if report.smokes:
        yield Text("Tests" if report.request.command is Command.TEST else "Smoke tests", style="bold")
        for smoke in report.smokes:
            yield from _smoke(smoke)
            if smoke.verdict.fails:
                yield Text(f"      repeat it: {repeat(report.request, smoke)}", style="dim")
    yield from _coverage(report)
    yield from _rollback(report)
    rules = report.request.rules
    if report.files is not None and rules and rules.source:
        yield Text(f"By the rules of Kestra {rules.version}: {rules.source}", style="dim")
    if closing := _closing(report):
        yield Text(closing, style="bold")


def _changes(report: Report) -> Iterator[Text]:
    if report.outcomes:
        for outcome in report.outcomes:
            yield from _outcome(outcome)
            yield from _detail(report, outcome.change)
    elif report.plan:
        for change in report.plan.changes:
            yield from _planned(change, report)
            yield from _detail(report, change)


def _detail(report: Report, change: Change) -> Iterator[Text]:
    detail = (report.details or {}).get(change.key)
    if detail is None:
        return
    if detail.layout:
        yield Text("      only comments and layout differ", style="dim")
    if detail.dependants:
        yield Text(f"      called by {', '.join(detail.dependants)}", style="dim")
    if report.request.stat:
        yield Text(f"      +{detail.added} -{detail.removed}")
        return
    for line in detail.diff:
        style = "bold" if line.startswith(("---", "+++")) else _DIFF.get(line[:1], "default")
        yield Text(f"      {line}", style=style)


def _problem(problem: Problem) -> Iterator[Text]:
    place = problem.file or ""
    if problem.span:
        place += f":{problem.span.line}:{problem.span.column}"
    head = Text(f"{problem.severity}[{problem.check}]", style=_SEVERITIES[problem.severity])
    yield head.append(f" {place}", style="default not bold")
    for line in problem.message.splitlines():
        yield Text(f"  {line}")
    if problem.excerpt and problem.span:
        yield from _excerpt(problem.excerpt, problem.span, _SEVERITIES[problem.severity])
    yield from _hint(problem.hint)


def _excerpt(line: str, span: Span, style: str) -> Iterator[Text]:
    """The line itself, with the place underlined; a tab is shown as one space, so that the marks fit.

    Of a long line, what is around the place.
    """
    number = str(span.line)
    line = line.replace("\t", " ").rstrip()
    column, end = span.column, span.end_column if span.end_line == span.line else len(line) + 1
    if len(line) > _WIDTH:
        first = max(0, min(column - 1 - _BEFORE, len(line) - _WIDTH))
        lead = "… " if first else ""
        column, end = (each - first + len(lead) for each in (column, end))
        line = lead + line[first : first + _WIDTH] + (" …" if first + _WIDTH < len(line) else "")
    before, after = (len(one_line(line[: each - 1])) for each in (column, min(end, len(line) + 1)))
    before += max(0, column - 1 - len(line))  # behind the end of what is shown
    yield Text(f"  {number} | ", style="blue").append(one_line(line), style="default")
    marks = "^" * max(1, after - before)
    yield Text(f"  {' ' * len(number)} | ", style="blue").append(" " * before).append(marks, style=style)


def _hint(hint: str) -> Iterator[Text]:
    if hint:
        yield Text("  hint: ", style="cyan").append(hint, style="default")


def _upgrade(upgrade: Upgrade) -> Iterator[Text]:
    """How many flows each verdict was given on, and which, except for those that need no change."""
    yield Text(f"Upgrade from Kestra {upgrade.from_version} to {upgrade.to_version}", style="bold")
    for verdict, words in count.upgrade_words(upgrade).items():
        files = upgrade.files(verdict)
        yield Text(f"  {len(files):>5}  ", style="bold").append(words, style=_VERDICTS[verdict])
        for file in files if verdict is not moves.Verdict.AS_IS else ():
            yield Text(f"         {file}")


def _outcome(outcome: Outcome) -> Iterator[Text]:
    change = outcome.change
    if outcome.status is Status.DONE and change.action is Action.KEEP:
        if change.reason:
            yield Text(f"  = {change.key.label}  {change.reason}")
        return
    yield from _became(outcome, count.word(outcome))


def _rollback(report: Report) -> Iterator[Text]:
    if report.rollback:
        yield Text("Rollback", style="bold")
    for each in report.rollback or ():
        yield from _became(each.outcome, count.rollback_word(each))


def _became(outcome: Outcome, word: str) -> Iterator[Text]:
    change = outcome.change
    mark, style = _ACTIONS[change.action] if outcome.status is Status.DONE else ("✗", "red")
    revision = f", revision {outcome.revision}" if outcome.revision is not None else ""
    words = f"{word}{revision}" + (f" ({change.reason})" if change.reason else "")
    yield Text(f"  {mark} {change.key.label}", style=style).append(f"  {words}", style="default")
    if outcome.message:
        for line in outcome.message.strip().splitlines():
            yield Text(f"      {line}")
    if outcome.lost:
        yield Text(f"      wrote over revision {outcome.lost}, which another user made meanwhile", style="red")
    if outcome.hint:
        yield Text("      hint: ", style="cyan").append(outcome.hint, style="default")


def _planned(change: Change, report: Report) -> Iterator[Text]:
    if change.action is Action.KEEP:
        if change.reason:
            yield Text(f"  = {change.key.label}  {change.reason}")
        return
    mark, style = _ACTIONS[change.action]
    words = count.describe(change, report)
    yield Text(f"  {mark} {change.key.label}", style=style).append(f"  {words}", style="default")


def _health(report: Report) -> Iterator[Text]:
    """What there is to say of the health of each resource; `health` has a line for the healthy ones, too."""
    every = report.request.command is Command.HEALTH
    shown = [health for health in report.health if every or health.is_notable]
    if shown and not every:
        yield Text("Health", style="bold")
    for health in shown:
        yield from _condition(health)


def _condition(health: Health) -> Iterator[Text]:
    mark, style = _CONDITIONS[health.condition]
    yield Text(f"  {mark} {health.key.label}", style=style).append(f"  {health.condition}", style="default")
    for reason in health.reasons:
        yield from (Text(f"      {line}") for line in reason.splitlines())


def _smoke(smoke: SmokeResult) -> Iterator[Text]:
    mark, style = _MARKS.get(smoke.verdict, ("✗", "red"))
    head = Text(f"  {mark} {smoke.case.flow.path}", style=style)
    yield head.append(f"  {smoke.case.id}: {_verdict(smoke)}", style="dim" if style == "dim" else "default")
    if smoke.verdict.fails:
        yield from _failure(smoke)
    if smoke.left_running:
        yield Text(f"      it still runs: {smoke.url or smoke.execution}", style="red")
    elif smoke.verdict.fails and smoke.url:
        yield Text(f"      {smoke.url}", style="dim")


def _coverage(report: Report) -> Iterator[Text]:
    """How much of each flow was reached, and what was not; the total comes last."""
    if not report.coverage:
        return
    yield Text("Coverage", style="bold")
    table = rows(report.coverage)
    for row, line in zip(table, columns(table), strict=True):
        yield Text(f"  {line}", style="green" if row.is_whole else "yellow")


def _verdict(smoke: SmokeResult) -> str:
    took = effort(smoke)
    if smoke.verdict is Verdict.PASSED:
        return f"{smoke.state} in {took}" if took else str(smoke.verdict)
    return f"{smoke.verdict}: {smoke.message}" + (f" ({took})" if took else "")


def _failure(smoke: SmokeResult) -> Iterator[Text]:
    """The way to the failure, what was expected, and the log: its end, or all of it where that was asked for."""
    if smoke.case.inputs:
        yield Text(f"      inputs: {cut(inputs(smoke), _WIDTH)}", style="dim")
    if smoke.states:
        yield Text(f"      {history(smoke)}", style="dim")
    for checked in unsaid(smoke):
        yield Text(f"      {expectation(checked, _WIDTH)}")
    for line in (line for message in smoke.logs for line in message.splitlines()):
        yield Text(f"      | {cut(line, _LONGEST)}", style="dim")


def _closing(report: Report) -> str:
    sentence = count.sentence(report)
    if report.interrupted:
        return f"Interrupted. {sentence}"
    if sentence and report.request.writes and not report.outcomes and (report.errors or report.error):
        sentence += " Nothing was written."
    return f"{sentence} ({report.seconds:.1f} s)" if sentence else ""
