"""Counts what a report holds, under the words that every format uses."""

from __future__ import annotations

from collections import Counter

from deployer.model import upgrade as moves
from deployer.model.change import Action
from deployer.model.problem import Severity
from deployer.model.result import Outcome, Report, Status
from deployer.model.smoke import Verdict
from deployer.model.upgrade import Upgrade

DONE_WORDS = {
    Action.CREATE: "created",
    Action.UPDATE: "updated",
    Action.PUBLISH: "published",
    Action.PRUNE: "deleted",
    Action.KEEP: "unchanged",
}
DRY_WORDS = {
    Action.CREATE: "to create",
    Action.UPDATE: "to update",
    Action.PUBLISH: "to publish",
    Action.PRUNE: "to delete",
    Action.KEEP: "unchanged",
}


def word(outcome: Outcome) -> str:
    """Return what became of a change: created, updated, unchanged, failed or skipped."""
    return DONE_WORDS[outcome.change.action] if outcome.status is Status.DONE else str(outcome.status)


def flows(report: Report) -> dict[str, int]:
    """Return how many flows were created, updated, unchanged, failed and skipped; every word is there."""
    counts = Counter(word(outcome) for outcome in report.outcomes)
    return {name: counts[name] for name in (*DONE_WORDS.values(), str(Status.FAILED), str(Status.SKIPPED))}


def planned(report: Report) -> dict[str, int]:
    """Return how many flows a plan would create, update and leave unchanged."""
    counts = Counter(DRY_WORDS[change.action] for change in (report.plan.changes if report.plan else ()))
    return {name: counts[name] for name in DRY_WORDS.values()}


def upgrade_words(upgrade: Upgrade) -> dict[moves.Verdict, str]:
    """Return what each verdict says, without those that nothing was found for but that flows run as they are."""
    words = {
        moves.Verdict.AS_IS: "run as they are",
        moves.Verdict.DEPRECATED: "run, with what is deprecated",
        moves.Verdict.RENAME: "need a mechanical rename",
        moves.Verdict.REWRITE: "need a rewrite by hand",
        moves.Verdict.REFUSED: f"are refused by Kestra {upgrade.from_version} already",
    }
    return {each: said for each, said in words.items() if each is moves.Verdict.AS_IS or upgrade.files(each)}


def sentence(report: Report) -> str:
    """Return the whole report in one line, such as `8 flows: 2 created, 6 unchanged. 5 smoke tests passed.` has."""
    parts = []
    if report.plan:
        counted = planned(report) if report.dry_run or not report.outcomes else flows(report)
        listed = ", ".join(f"{count} {name}" for name, count in counted.items() if count) or "none found"
        parts.append(f"{plural(len(report.plan.changes), 'flow')}: {listed}.")
    if report.files is not None:
        parts.append(f"{plural(report.files, 'file')} checked by the rules of Kestra {report.kestra}:")
        parts.append(f"{problems(report) or 'nothing found'}.")
    elif report.errors:
        parts.append(f"{plural(len(report.errors), 'error')}.")
    if report.smokes:
        passed = sum(smoke.verdict is Verdict.PASSED for smoke in report.smokes)
        missed = len(report.smokes) - passed
        parts.append(f"{plural(passed, 'smoke test')} passed" + (f", {missed} did not." if missed else "."))
    return " ".join(parts)


def problems(report: Report) -> str:
    """Return how many problems of each severity there are: `2 errors, 1 warning`, empty where there is none."""
    counts = Counter(problem.severity for problem in report.problems)
    return ", ".join(plural(counts[severity], str(severity)) for severity in Severity if counts[severity])


def plural(count: int, noun: str) -> str:
    """Return `1 flow`, `2 flows`."""
    return f"{count} {noun}" + ("" if count == 1 else "s")
