"""Puts back what a run has written: reads what is live, records what is about to be done, writes, and records it.

What is put back, and what is left alone, is decided in `reversal`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from deployer.apply import bookkeeping, reversal
from deployer.apply.bookkeeping import UnrecordedError, now
from deployer.apply.clean_up import clean_up
from deployer.apply.deploy import Planned, find_changed, find_switched
from deployer.apply.execute import Run, write_groups
from deployer.apply.order import waves
from deployer.errors import DeployerError, KestraAccessError, KestraError, KestraNotFoundError, KestraRefusedError
from deployer.interrupt import finish
from deployer.kestra.client import KestraClient
from deployer.kinds import by_kind, kind_of
from deployer.ledgers import FORBIDDEN, Keeper, Nowhere
from deployer.model.change import Change
from deployer.model.ledger import Ledger
from deployer.model.live import Live
from deployer.model.problem import Problem
from deployer.model.resource import Key
from deployer.model.result import Outcome, Report, RolledBack, Status, Written
from deployer.model.rollback import WAYS, Reversal, Way
from deployer.session import Session

_NOT_FOUND = 404
_HINT = "find out who else deploys there, and put it back by hand"


def roll_back(planned: Planned, report: Report, session: Session) -> Report:
    """Put back all that a run has written and that is still as it wrote it; return the report with what became of it.

    Where it cannot begin, the report says so of each.
    """
    tried = [outcome.change for outcome in report.outcomes if reversal.is_tried(outcome)]
    if not tried:
        return replace(report, rollback=())
    try:
        live = _read(session.client, tried)
        latest = bookkeeping.read_again(session.keeper, planned.ledger)
    except DeployerError as error:
        return replace(report, rollback=_none_of(tried, error))
    by_key = {each.change.key: each for each in reversal.reverse(report.outcomes, live)}
    rollback = _Rollback(planned, session, by_key, latest, _known(planned))
    run = Run({key: "" for key, each in by_key.items() if each.change.held or each.impossible})
    report, interrupted = finish(lambda: rollback.carry_out(report, run), run.interrupted)
    return replace(report, interrupted=interrupted)


@dataclass(frozen=True, slots=True)
class _Rollback:
    """One rollback: what takes each change back, and the ledger: as it was read for it, and as the run found it."""

    planned: Planned
    session: Session
    by_key: Mapping[Key, Reversal]
    latest: Ledger
    known: Ledger

    def carry_out(self, report: Report, run: Run) -> Report:
        """Record what is about to be done, do it, and record what became of it."""
        keeper, problems = self.session.keeper, list(report.problems)
        changes = [change for change in self.planned.plan.changes if change.key in self.by_key]
        mine = [each for each in changes if self.by_key[each.key].writes or self.by_key[each.key].is_done]
        before = bookkeeping.record_before_rollback(self.latest, self.known, mine, self.planned.request, now())
        try:
            if mine and (unrecorded := bookkeeping.write(keeper, before)):
                keeper, problems = Nowhere(), [*problems, *(each for each in unrecorded if each not in problems)]
        except DeployerError as error:
            return replace(report, rollback=_none_of(changes, error))
        outcomes = self._write(run)
        report = replace(
            report, rollback=tuple(RolledBack(self.by_key[each.key].way, outcomes[each.key]) for each in changes)
        )
        try:
            problems += self._record(keeper, before, [(each, outcomes[each.key]) for each in mine])
        except DeployerError as error:
            message = f"what was put back could not be recorded in {keeper.place}: {error}"
            hint = "run it again: both texts of each flow are known"
            report = replace(report, error=UnrecordedError(message, hint=hint))
        return replace(report, problems=(*problems, *clean_up(self.session.client, outcomes.values())))

    def _write(self, run: Run) -> dict[Key, Outcome]:
        """Return what became of each. What failed is looked up: it may have been done all the same."""
        client, waiting = self.session.client, {key for key, each in self.by_key.items() if each.writes}
        waves_back = reversed(waves(self.planned.plan.changes))
        written = write_groups(
            [[self.by_key[each.key].change for each in wave if each.key in waiting] for wave in waves_back],
            partial(_write, client, self.by_key),
            run,
            why_not=lambda change, run: reversal.why_not(change, run.missed, self.by_key),
            workers=self.planned.request.concurrency,
            listen=self.session.listen,
        )
        unwritten = {key: _without_writing(each) for key, each in self.by_key.items() if key not in waiting}
        return {**unwritten, **_look_up(client, written, self.by_key)}

    def _record(self, keeper: Keeper, before: Ledger, became: Sequence[tuple[Change, Outcome]]) -> list[Problem]:
        """Record what was put back; return what there is to say of that. Raises DeployerError."""
        if not became:
            return []
        ledger = bookkeeping.read_again(keeper, before)
        after = bookkeeping.record_after_rollback(ledger, (self.latest, before), self.known, became)
        return bookkeeping.write(keeper, after)


def _read(client: KestraClient, changes: Iterable[Change]) -> Live:
    """Return what is live of these, with the states of triggers as far as the server shows them. Raises KestraError."""
    live = Live()
    keys = [change.key for change in changes]
    for kind, mine in by_kind(keys):
        live = live.join(kind.read_live(client, {}, mine))
    for kind, mine in by_kind([change.key for change in changes if change.alone]):
        try:
            live = live.with_states(kind.read_states(client, mine))
        except (KestraAccessError, KestraNotFoundError) as error:
            if error.status not in (FORBIDDEN, _NOT_FOUND):
                raise
    return live


def _none_of(changes: Iterable[Change], error: DeployerError) -> tuple[RolledBack, ...]:
    """Return that nothing was put back."""
    message = f"not tried: {error}"
    return tuple(
        RolledBack(WAYS[each.action], Outcome(each, Status.SKIPPED, message, hint=error.hint)) for each in changes
    )


def _known(planned: Planned) -> Ledger:
    """Return the ledger as the run found it; what the run took over from others stays ours, as it was deployed."""
    checkout, ledger = planned.request.checkout, planned.ledger
    theirs = {key: entry for other in planned.others for key, entry in other.ours.items()} | {**ledger.ours}
    files = {change.key: checkout.name(change.origin) for change in planned.plan.changes if change.origin}
    adopted = {
        key: replace(theirs[key], root=checkout.place, origin=checkout.origin, file=files.get(key, theirs[key].file))
        for key in planned.adopted
    }
    return replace(ledger, entries={**ledger.entries, **adopted})


def _write(client: KestraClient, by_key: Mapping[Key, Reversal], change: Change) -> Written:
    """Put one thing back, if nobody has touched it since it was read. Raises KestraError."""
    kind, back = kind_of(change.key), by_key[change.key]
    if find_changed(client, [change]) or find_switched(client, [change]):
        message = f"{change.key.path} was changed on the server meanwhile: it is left as it is"
        raise KestraRefusedError(message, method="PUT", url=client.url, hint=_HINT)
    if back.disables:
        kind.disable(client, change.key, back.disables)
    if back.way is Way.DISABLE:
        return Written(change.live.revision if change.live else None)
    return kind.write(client, change)


def _without_writing(back: Reversal) -> Outcome:
    """Return the outcome of what is left alone, cannot be put back, or need not be."""
    change = back.change
    if change.held:
        return Outcome(change, Status.SKIPPED, change.held)
    if back.impossible:
        return Outcome(change, Status.FAILED, back.impossible)
    revision = change.live.revision if change.live else None
    return Outcome(change, Status.DONE, "it was as before already", revision=revision)


def _look_up(
    client: KestraClient, written: Mapping[Key, Outcome], by_key: Mapping[Key, Reversal]
) -> Mapping[Key, Outcome]:
    """Return the outcomes, with those as done that failed and that the server has carried out all the same."""
    failed = {key: each for key, each in written.items() if each.status is Status.FAILED}
    if not failed:
        return written
    try:
        live = _read(client, [each.change for each in failed.values()])
    except KestraError:
        return written
    found = {key: live.resources.get(key) for key in failed if key not in live.unreadable}
    done = {
        key: replace(failed[key], status=Status.DONE, message="", hint="", revision=there.revision if there else None)
        for key, there in found.items()
        if reversal.is_before(by_key[key], there)
    }
    return {**written, **done}
