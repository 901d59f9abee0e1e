"""The ledger before the first write and after the last.

What is about to be written is recorded first, so that a run that is cut off loses no ownership.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from deployer.errors import DeployerError, ExitCode, KestraAccessError
from deployer.ledgers import FORBIDDEN, GRANT, Keeper, Nowhere
from deployer.model.change import Change
from deployer.model.ledger import Entry, Lease, Ledger, digest
from deployer.model.problem import Problem, Severity
from deployer.model.request import Request
from deployer.model.resource import Key
from deployer.model.result import Outcome, Status

_LEASE = timedelta(minutes=15)


class ChangedError(DeployerError):
    """What the plan was made from has changed."""

    exit_code = ExitCode.REFUSED


class UnrecordedError(DeployerError):
    """What was written is in the ledger as pending only, which is enough for the next run to know it."""

    exit_code = ExitCode.APPLY_INCOMPLETE


def warn_of_lease(ledger: Ledger, now: datetime) -> list[Problem]:
    """Return a warning where another run holds the lease."""
    lease = ledger.lease
    if lease is None or datetime.fromisoformat(lease.until) < now:
        return []
    message = f"{lease.by or 'another run'} is deploying this project too, or was cut off before {lease.until}"
    return [Problem("ledger", message, severity=Severity.WARNING)]


def read_again(keeper: Keeper, known: Ledger) -> Ledger:
    """Return the current ledger. Raises ChangedError where one that was there a moment ago seems to be gone."""
    ledger = keeper.read()
    if known.ours and not ledger.ours and not isinstance(keeper, Nowhere):
        message = f"{keeper.place} held what was deployed a moment ago, and seems empty now"
        raise ChangedError(message, hint="a gateway may have answered in its place: run it again")
    return ledger


def record_before(ledger: Ledger, writes: Iterable[Change], request: Request, now: datetime) -> Ledger:
    """Return the ledger with what is about to be written, what a run that was cut off has written, and the lease."""
    entries, pending = dict(ledger.entries), dict(ledger.pending)
    for change in writes:
        if entry := entry_behind(ledger, change):
            entries[change.key] = entry
        if change.desired:
            pending[change.key] = _entry(change, None, request, now)
    return replace(ledger, entries=entries, pending=pending, lease=Lease(request.by, _iso(now + _LEASE)))


def entry_behind(ledger: Ledger, change: Change) -> Entry | None:
    """Return the entry of what a change finds live: what a run that was cut off has written counts as deployed."""
    live = change.live
    if live and (behind := ledger.behind(change.key, live.body)):
        return replace(behind, revision=behind.revision or live.revision)
    return ledger.entries.get(change.key)


def record_after(
    ledger: Ledger, before: Ledger, outcomes: Iterable[Outcome], request: Request, now: datetime
) -> Ledger:
    """Return the ledger with what was done, except where another run has written since `before`, and after this one."""
    entries, pending = dict(ledger.entries), dict(ledger.pending)
    for outcome in outcomes:
        change = outcome.change
        if change.held or outcome.status is not Status.DONE:
            continue  # what was cut off stays pending: whether the server did it is not known
        pending.pop(change.key, None)
        if change.desired is None and (change.writes or change.takes):
            entries.pop(change.key, None)
        elif change.writes or change.takes:
            entry, theirs = _entry(change, outcome.revision, request, now), entries.get(change.key)
            moved = theirs is not None and theirs != before.entries.get(change.key)
            entries[change.key] = theirs if theirs and moved and _is_later(theirs, entry) else entry
    return replace(ledger, entries=entries, pending=pending, lease=None)


def record_before_rollback(
    ledger: Ledger, known: Ledger, changes: Iterable[Change], request: Request, now: datetime
) -> Ledger:
    """Return the ledger as a run found it, with what it wrote as pending: so both texts of each change are known."""
    entries, pending = dict(ledger.entries), dict(ledger.pending)
    for change in changes:
        _put(entries, change.key, entry_behind(known, change))
        if change.desired:
            pending[change.key] = _entry(change, None, request, now)
    return replace(ledger, entries=entries, pending=pending, lease=Lease(request.by, _iso(now + _LEASE)))


def record_after_rollback(
    ledger: Ledger, before: tuple[Ledger, Ledger], known: Ledger, outcomes: Iterable[tuple[Change, Outcome]]
) -> Ledger:
    """Return the ledger with what was put back, except where another run has written since.

    `before` is it without and with what was recorded before the rollback, `known` as the run found it. Each change of
    the run comes with the outcome of what took it back. What failed stays pending.
    """
    latest, recorded = before
    entries, pending = dict(ledger.entries), dict(ledger.pending)
    for change, outcome in outcomes:
        key, skipped = change.key, outcome.status is Status.SKIPPED
        if outcome.status is Status.FAILED or entries.get(key) != recorded.entries.get(key):
            continue
        _put(pending, key, latest.pending.get(key) if skipped else None)
        _put(entries, key, latest.entries.get(key) if skipped else _put_back(entry_behind(known, change), outcome))
    return replace(ledger, entries=entries, pending=pending, lease=None)


def _put_back(entry: Entry | None, outcome: Outcome) -> Entry | None:
    """Return an entry with the revision that has its text now. With a stop in it, it is still the one before's."""
    now = outcome.change.desired
    if entry and now and outcome.revision and digest(now.body) == entry.sent:
        return replace(entry, revision=outcome.revision)
    return entry


def _put(entries: dict[Key, Entry], key: Key, entry: Entry | None) -> None:
    if entry:
        entries[key] = entry
    else:
        entries.pop(key, None)


def write(keeper: Keeper, ledger: Ledger) -> list[Problem]:
    """Write a ledger. Where the server refuses that, the run goes on, and a warning says what that costs."""
    try:
        keeper.write(ledger)
    except KestraAccessError as error:
        if error.status != FORBIDDEN:
            raise
    else:
        return []
    message = f"the server does not let us write {keeper.place}: what this run deploys will count as another user's"
    return [Problem("ledger", message, severity=Severity.WARNING, hint=f"let the account write it, {GRANT}")]


def hand_over(keeper: Keeper, others: Sequence[Ledger], keys: Collection[Key]) -> list[Problem]:
    """Take resources out of the ledgers of those who deployed them before. Raises DeployerError."""
    problems: list[Problem] = []
    for known in others:
        if not (theirs := set(keys) & known.ours.keys()):
            continue
        owner = keeper.of(known)
        ledger = owner.read()
        entries, pending = (
            {key: entry for key, entry in each.items() if key not in theirs}
            for each in (ledger.entries, ledger.pending)
        )
        problems += write(owner, replace(ledger, entries=entries, pending=pending))
    return problems


def now() -> datetime:
    """Return the current time, in UTC."""
    return datetime.now(UTC)


def _entry(change: Change, revision: int | None, request: Request, at: datetime) -> Entry:
    if change.desired is None or (change.live is None and not change.writes):
        raise ValueError(f"{change.key}: nothing was deployed")
    checkout = request.checkout
    return Entry(
        sent=digest(change.desired.body if change.writes or change.live is None else change.live.body),
        source=digest(change.desired.wanted),
        file=checkout.name(change.origin) if change.origin else "",
        revision=revision,
        commit=checkout.commit,
        at=_iso(at),
        by=request.by,
        stops=change.stops,
        off=change.off,
        root=checkout.place,
        origin=checkout.origin,
    )


def _is_later(one: Entry, other: Entry) -> bool:
    return (one.revision or 0) > (other.revision or 0)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
