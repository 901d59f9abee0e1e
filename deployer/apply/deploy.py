"""Carries out a plan: keeps what is deleted, records the plan in the ledger, writes, and records what became of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from deployer.apply import backup, bookkeeping
from deployer.apply.bookkeeping import ChangedError, UnrecordedError, now
from deployer.apply.execute import apply
from deployer.background import start
from deployer.errors import DeployerError, begun
from deployer.kestra.client import KestraClient
from deployer.kinds import by_kind, kind_of
from deployer.ledgers import Nowhere
from deployer.model.change import Action, Change, Plan
from deployer.model.ledger import Ledger
from deployer.model.request import BACKUP, Request
from deployer.model.resource import Body, Key
from deployer.model.result import Report, Status, Written
from deployer.model.smoke import SmokeCase
from deployer.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan with what it was made from, and the report so far.

    `request` is as the ledger allows it; `recorded` says whether there is one. `refused` are the resources in which
    something is wrong, so that they are not in the plan. `others` are the ledgers of other projects, as far as they
    were read, and `adopted` is what is taken over from them.
    """

    request: Request
    report: Report
    plan: Plan
    ledger: Ledger
    recorded: bool = True
    cases: Sequence[SmokeCase] = ()
    refused: Collection[Key] = ()
    others: Sequence[Ledger] = ()
    adopted: Collection[Key] = ()


def carry_out(planned: Planned, session: Session) -> Report:
    """Carry out a plan; return the report with what became of it.

    Raises DeployerError before the first write only; what goes wrong later is in the report.
    """
    plan, request, keeper, saved = planned.plan, planned.request, session.keeper, ""
    before: Ledger | None = None
    notes = list(planned.report.problems)
    if writes := [change for change in plan.changes if change.writes]:
        reading = start(partial(bookkeeping.read_again, keeper, planned.ledger))  # others may have deployed meanwhile
        _raise_if_changed(session.client, writes)
        _raise_if_switched(session.client, writes)
        latest = reading.result()
        saved = _save(writes, request)
        if latest.lease != planned.ledger.lease:
            notes += bookkeeping.warn_of_lease(latest, now())
        before = bookkeeping.record_before(latest, writes, request, now())
        if unrecorded := bookkeeping.write(keeper, before):
            keeper, before, notes = Nowhere(), None, [*notes, *unrecorded]
    write = partial(_write, session.client, request)
    applied = apply(
        plan.changes,
        write,
        request.concurrency,
        session.listen,
        planned.refused,
        looked=request.writes_again,
    )
    report = replace(
        planned.report,
        problems=tuple(notes),
        outcomes=tuple(applied.outcomes),
        saved=saved,
        interrupted=applied.interrupted,
    )
    if not writes and not any(change.takes for change in plan.changes):
        return report
    try:
        latest = bookkeeping.read_again(keeper, before or planned.ledger)
        after = bookkeeping.record_after(latest, planned.ledger, applied.outcomes, request, now())
        notes += bookkeeping.write(keeper, after)
        done = {each.change.key for each in applied.outcomes if each.status is Status.DONE}
        notes += bookkeeping.hand_over(session.keeper, planned.others, done & set(planned.adopted))
        return replace(report, problems=tuple(notes))
    except DeployerError as error:
        message = f"the deploy worked, but could not be recorded in {keeper.place}: {error}"
        return replace(report, error=UnrecordedError(message, hint="run it again: what was to be written is known"))


def _write(client: KestraClient, request: Request, change: Change) -> Written:
    kind, recover = kind_of(change.key), request.policy.recover
    if change.enables:
        with begun():
            kind.forget(client, change, recover)
    if change.action is Action.ENABLE and change.live:
        written = Written(change.live.revision)
    else:
        there = _find_theirs(client, change) if request.rollback else None
        written = kind.write(client, change)
        written = replace(written, theirs=written.theirs or (there is not None and written.revision == there))
    if change.enables:
        with begun():
            kind.enable(client, change, recover)
    return written


def _find_theirs(client: KestraClient, change: Change) -> int | None:
    """Return the revision that another user has made since the plan of what is to be updated, None where there is none.

    The same text makes no revision: if the write's answer has this one, it was this text. Raises KestraError.
    """
    if change.live is None or change.desired is None:
        return None
    now = kind_of(change.key).revisions(client, [change.key]).get(change.key)
    return now if now != change.live.revision else None


def _save(writes: Sequence[Change], request: Request) -> str:
    root = request.checkout.root
    within = root if request.backup == BACKUP else None  # what the user names may be anywhere
    return backup.save(writes, root / request.backup, now(), within)


def _raise_if_changed(client: KestraClient, writes: Sequence[Change]) -> None:
    """Raise ChangedError where someone wrote since the plan was made."""
    if changed := find_changed(client, writes):
        message = f"someone changed {_named(changed)} on the server since the plan was made"
        raise ChangedError(message, hint="nothing was written: run it again")


def _raise_if_switched(client: KestraClient, writes: Sequence[Change]) -> None:
    """Raise ChangedError where someone switched something off or on beside a text since the plan was made."""
    if switched := find_switched(client, writes):
        message = f"someone switched a trigger of {_named(switched)} off or on since the plan was made"
        raise ChangedError(message, hint="nothing was written: run it again")


def _named(keys: Collection[Key]) -> str:
    return " and ".join(sorted(key.path for key in keys))


def find_changed(client: KestraClient, writes: Sequence[Change]) -> set[Key]:
    """Return what is no longer on the server as the live sides of changes have it. Raises KestraError."""
    current: dict[Key, int | None] = {}
    bodies: dict[Key, Body] = {}
    for kind, keys in by_kind([change.key for change in writes]):
        current |= (found := kind.revisions(client, keys))
        if unnumbered := [key for key, revision in found.items() if revision is None]:
            bodies |= {key: each.body for key, each in kind.read_live(client, {}, unnumbered).resources.items()}
    return {change.key for change in writes if _has_changed(change, current, bodies)}


def find_switched(client: KestraClient, writes: Sequence[Change]) -> set[Key]:
    """Return what has something switched off or on beside its text since its states were read. Raises KestraError."""
    lives = {change.key: change.live for change in writes if change.live and change.live.states}
    switched: set[Key] = set()
    for kind, keys in by_kind(lives):
        states = kind.read_states(client, keys)
        for key in keys:
            live = lives[key]
            now, meaning = replace(live, states=states.get(key, ())), kind.meaning(live.body)
            if kind.switched_off(live, meaning) != kind.switched_off(now, meaning):
                switched.add(key)
    return switched


def _has_changed(change: Change, current: Mapping[Key, int | None], bodies: Mapping[Key, Body]) -> bool:
    """Whether a resource is no longer what the plan was made for: by its revision, or by its body if it has none."""
    if change.action is Action.CREATE or not change.live:
        return change.key in current
    if change.key in bodies:
        return bodies[change.key] != change.live.body
    return current.get(change.key) != change.live.revision
