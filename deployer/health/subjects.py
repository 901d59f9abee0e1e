"""What is judged: what is on the server now, and why that is not what was deployed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from deployer.kinds import kind_of
from deployer.model.change import Action, Change, Plan, Standing
from deployer.model.health import Subject
from deployer.model.ledger import Entry, Ledger
from deployer.model.live import Live
from deployer.model.resource import Body, Resource
from deployer.model.result import Outcome, Status


def of_plan(plan: Plan, ledger: Ledger) -> list[Subject]:
    """Return what files declare, as it is live: held against what was deployed last, and where nothing was, the file.

    What is about to be deleted is left out.
    """
    return [_of_change(change, ledger.entries.get(change.key)) for change in plan.changes if change.desired]


def of_outcomes(written: Iterable[Outcome], live: Live) -> list[Subject]:
    """Return what a run has written, as it is live now, held against what it wrote."""
    return [_of_outcome(outcome, live) for outcome in written]


def written(outcomes: Iterable[Outcome]) -> Sequence[Outcome]:
    """Return the outcomes of what was created or updated."""
    done = (each for each in outcomes if each.status is Status.DONE and each.change.writes)
    return [each for each in done if each.change.action is not Action.PRUNE]


def _of_change(change: Change, entry: Entry | None) -> Subject:
    kept = (*entry.stops, *entry.off) if entry else ()
    found = change.standing is Standing.DISABLED
    return Subject(
        change.key,
        running(change.live),
        origin=change.origin,
        wrong=_wrong(change, entry),
        stopped=tuple(each for each in change.stops if each not in kept) if found else (),
        kept=kept,
    )


def running(live: Resource | None) -> Body | None:
    """Return what would run of what is live: a draft does not."""
    return None if live is None or kind_of(live.key).is_unpublished(live) else live.body


def _wrong(change: Change, entry: Entry | None) -> str:
    """Return why what is live is not what was deployed; empty where it is."""
    match change.standing:
        case Standing.UNREADABLE:
            return f"{change.held or change.reason}: deploy it with another text"
        case Standing.DRAFT:
            return "only a draft of it is on the server, which does not run: publish it, or deploy it"
        case Standing.DRIFTED:
            since = f" as revision {entry.revision}" if entry and entry.revision else ""
            edited = f"it was edited on the server since it was deployed{since}, and runs as edited"
            return f"{edited}: `kestra-deployer drift` shows how"
        case Standing.FOREIGN:
            return f"the server has another text of it than {change.origin or 'the file'}: deploy it"
        case Standing.ABSENT:
            deleted = "it was deleted on the server since it was deployed: deploy it again"
            return deleted if entry else "it is not on the server: deploy it"
    return ""


def _of_outcome(outcome: Outcome, live: Live) -> Subject:
    change = outcome.change
    there = live.resources.get(change.key)
    body = running(there)
    wrong = ""
    if broken := live.unreadable.get(change.key, ""):
        wrong = f"the server cannot read it any more: {broken}: deploy it with another text"
    elif there is None:
        wrong = "it is not on the server any more, though this run wrote it: find out who deleted it"
    elif body is None:
        wrong = "only a draft of it is on the server, which does not run, though this run wrote it: publish it"
    elif change.desired and body != change.desired.body:
        now = f", as revision {there.revision}" if there.revision else ""
        wrong = f"another text of it is on the server{now}, since this run wrote it: find out who else writes there"
    return Subject(
        change.key, body, origin=change.origin, wrong=wrong, kept=(*change.stops, *change.off), off=change.off
    )
