"""Counts what a report holds, under the words that every format uses."""

from __future__ import annotations

from collections import Counter

from deployer.model import upgrade as moves
from deployer.model.change import Action, Change, Standing
from deployer.model.health import Condition
from deployer.model.problem import Severity
from deployer.model.request import Command
from deployer.model.resource import counted as counted_keys
from deployer.model.result import Outcome, Report, RolledBack, Status
from deployer.model.rollback import Way
from deployer.model.smoke import Verdict
from deployer.model.upgrade import Upgrade
from deployer.report import coverage

DONE_WORDS = {
    Action.CREATE: "created",
    Action.UPDATE: "updated",
    Action.PUBLISH: "published",
    Action.ENABLE: "enabled",
    Action.PRUNE: "deleted",
    Action.KEEP: "unchanged",
}
DRY_WORDS = {
    Action.CREATE: "to create",
    Action.UPDATE: "to update",
    Action.PUBLISH: "to publish",
    Action.ENABLE: "to enable",
    Action.PRUNE: "to delete",
    Action.KEEP: "unchanged",
}
KEPT, REFUSED, HELD = "kept", "refused", "held back"
FAILED, SKIPPED = str(Status.FAILED), str(Status.SKIPPED)
_WRITES = [action for action in Action if action is not Action.KEEP]
WORDS = (
    *[DONE_WORDS[action] for action in _WRITES],
    *[DRY_WORDS[action] for action in _WRITES],
    DRY_WORDS[Action.KEEP],
    KEPT,
    REFUSED,
    HELD,
    FAILED,
    SKIPPED,
)
"""What a flow of a deploy, or of the plan of one, is counted under."""

EDITED, DELETED, AS_DEPLOYED, NOT_YET = (
    "edited on the server",
    "deleted on the server",
    "as deployed",
    "not deployed yet",
)
_STANDINGS = {
    Standing.DRIFTED: EDITED,
    Standing.FOREIGN: "not deployed from here",
    Standing.DISABLED: "disabled on the server",
    Standing.DRAFT: "only a draft there",
    Standing.UNREADABLE: "unreadable there",
    Standing.ABSENT: NOT_YET,
}
DRIFTED = (EDITED, DELETED, _STANDINGS[Standing.FOREIGN])
"""Those of them that are drift."""
DRIFT_WORDS = (EDITED, DELETED, *[each for each in _STANDINGS.values() if each != EDITED], AS_DEPLOYED)
"""The words for how a flow stands on the server, which `drift` counts."""


PUT_BACK = {
    Way.DELETE: "deleted again",
    Way.REVERT: "put back",
    Way.RECREATE: "restored",
    Way.DISABLE: "disabled again",
}
LEFT = "left"


def rollback_word(each: RolledBack) -> str:
    """Return what became of what was to be put back: put back, left, failed or skipped, for example."""
    if each.is_left:
        return LEFT
    return PUT_BACK[each.way] if each.outcome.status is Status.DONE else str(each.outcome.status)


def word(outcome: Outcome) -> str:
    """Return what became of a change: created, updated, unchanged, failed or skipped, for example."""
    if outcome.change.held:
        return HELD
    if outcome.status is not Status.DONE:
        return str(outcome.status)
    return _kept(outcome.change) or DONE_WORDS[outcome.change.action]


def foretell(change: Change, *, dry_run: bool) -> str:
    """Return what would become of a change; where the run has ended, what did not become of it."""
    if change.held:
        return REFUSED if change.standing.drifts else HELD
    if change.action is Action.KEEP:
        return _kept(change) or DRY_WORDS[Action.KEEP]
    return DRY_WORDS[change.action] if dry_run else SKIPPED


def standing(change: Change) -> str:
    """Return the words for how a flow stands on the server."""
    return DELETED if change.deleted else _STANDINGS.get(change.standing, AS_DEPLOYED)


def describe(change: Change, report: Report) -> str:
    """Return what a plan says of a change, in words and with the reason."""
    if report.request.command is Command.DRIFT:
        return change.held or change.reason or standing(change)
    found = foretell(change, dry_run=report.request.dry_run)
    words = f"would be {found}" if found == REFUSED and report.request.dry_run else found
    return (f"{words}: {change.held}" if change.held else words) + (f" ({change.reason})" if change.reason else "")


def flows(report: Report) -> dict[str, int]:
    """Return how many flows are counted under each word, in all formats alike; every word is there."""
    changes = report.plan.changes if report.plan else ()
    if report.request.command is Command.DRIFT:
        counts, words = Counter(map(standing, changes)), DRIFT_WORDS
    elif report.outcomes:
        counts, words = Counter(map(word, report.outcomes)), WORDS
    else:
        counts, words = Counter(foretell(change, dry_run=report.request.dry_run) for change in changes), WORDS
    return {name: counts[name] for name in words}


def health(report: Report) -> dict[str, int]:
    """Return how many resources are in each condition; empty where none was looked at."""
    counts = Counter(each.condition for each in report.health)
    return {str(condition): counts[condition] for condition in Condition} if report.health else {}


def _kept(change: Change) -> str:
    return KEPT if change.action is Action.KEEP and change.standing.drifts else ""


def upgrade_words(upgrade: Upgrade) -> dict[moves.Verdict, str]:
    """Return what each verdict says, without those that nothing was found for but that flows run as they are."""
    words = {
        moves.Verdict.AS_IS: "run as they are",
        moves.Verdict.UNVERIFIED: "have types of plugins that are not described, and could not be judged",
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
        foretells = report.request.dry_run and report.request.command is not Command.DRIFT
        counted = {
            f"would be {name}" if name == REFUSED and foretells else name: count
            for name, count in flows(report).items()
        }
        listed = ", ".join(f"{count} {name}" for name, count in counted.items() if count) or "none found"
        parts.append(f"{counted_keys([change.key for change in report.plan.changes])}: {listed}.")
    if report.files is not None and report.request.rules:
        what = plural(report.files, "flow" if report.request.live else "file")
        parts.append(f"{what} checked by the rules of Kestra {report.request.rules.version}:")
        parts.append(f"{problems(report) or 'nothing found'}.")
    elif report.errors:
        parts.append(f"{plural(len(report.errors), 'error')}.")
    if conditions := health(report):
        listed = ", ".join(f"{count} {name}" for name, count in conditions.items() if count)
        parts.append(f"{counted_keys([each.key for each in report.health])} looked at: {listed}.")
    if report.smokes:
        parts.append(_smokes(report))
    if covered := coverage.verdict(report):
        parts.append(f"{covered}.")
    parts += _rollback(report)
    return " ".join(parts)


def _smokes(report: Report) -> str:
    verdicts = [smoke.verdict for smoke in report.smokes]
    failed, skipped = sum(verdict.fails for verdict in verdicts), verdicts.count(Verdict.SKIPPED)
    noun = "test" if report.request.command is Command.TEST else "smoke test"
    words = [f"{plural(len(verdicts) - failed - skipped, noun)} passed"]
    words += [f"{failed} did not"] if failed else []
    words += [f"{skipped} skipped"] if skipped else []
    return ", ".join(words) + "."


def _rollback(report: Report) -> list[str]:
    if report.stands:
        return ["Nothing was put back: what was written stands."]
    if report.rollback is None:
        return []
    counts = Counter(map(rollback_word, report.rollback))
    listed = ", ".join(f"{number} {name}" for name, number in counts.items()) or "nothing had been written"
    return [f"Rollback: {listed}."]


def problems(report: Report) -> str:
    """Return how many problems of each severity there are: `2 errors, 1 warning`, empty where there is none."""
    counts = Counter(problem.severity for problem in report.problems)
    return ", ".join(plural(counts[severity], str(severity)) for severity in Severity if counts[severity])


def plural(count: int, noun: str) -> str:
    """Return `1 flow`, `2 flows`."""
    return f"{count} {noun}" + ("" if count == 1 else "s")
