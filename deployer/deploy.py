"""Between a plan and the server: the ledger before and after, and what to do about somebody else at work.

What is about to be written is in the ledger before the first write, so that a run that is cut off loses no ownership.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from deployer.apply import apply, backup
from deployer.background import started
from deployer.deploying import BACKUP, Deploying, Planned
from deployer.errors import DeployerError, ExitCode, KestraAccessError
from deployer.kestra.client import KestraClient
from deployer.model.change import Action, Change
from deployer.model.ledger import Entry, Lease, Ledger, digest
from deployer.model.problem import Problem, Severity
from deployer.model.result import Outcome, Report, Status
from deployer.plan import OnDrift
from deployer.resource import flow as flows
from deployer.resource.ledger import Keeper, Nowhere
from deployer.resource.live_flows import revisions

FORBIDDEN = 403
_GRANT = "or name another namespace with `ledger:` in kestra-deployer.yaml"
_LEASE = timedelta(minutes=15)


class ChangedError(DeployerError):
    """What the plan was made of is not there any more."""

    exit_code = ExitCode.REFUSED


class UntoldError(DeployerError):
    """What was written is not in the ledger: as pending only, which is enough for the next run to know it."""

    exit_code = ExitCode.APPLY_INCOMPLETE


def kept(deploying: Deploying, *, needed: bool = False) -> tuple[Deploying, Ledger, list[Problem]]:
    """Return the ledger. Where the server refuses it, it counts as empty, and a warning says what that costs.

    Where it is `needed`, that is an error like any other. Raises DeployerError.
    """
    keeper = deploying.keeper
    if isinstance(keeper, Nowhere):
        return _without_ledger(deploying), keeper.read(), [*deploying.notes]
    try:
        return deploying, keeper.read(), [*deploying.notes]
    except KestraAccessError as error:
        if error.status != FORBIDDEN or needed:
            raise
    message = (
        f"the server does not let us read {keeper.place}: nobody knows what this project deployed, so all that is "
        "there counts as somebody else's"
    )
    told = [Problem("ledger", message, severity=Severity.WARNING, hint=f"let the account read and write it, {_GRANT}")]
    return replace(deploying, keeper=Nowhere()), Ledger(""), [*deploying.notes, *told]


def _without_ledger(deploying: Deploying) -> Deploying:
    """Return how to deploy where nobody knows what was deployed before: everything that differs is written."""
    policy = deploying.policy
    known = replace(policy, on_drift=policy.on_drift or OnDrift.OVERWRITE, takes_over=False)
    return replace(deploying, policy=known)


def at_work(ledger: Ledger, now: datetime) -> list[Problem]:
    """Return a warning where another run holds the lease."""
    lease = ledger.lease
    if lease is None or datetime.fromisoformat(lease.until) < now:
        return []
    message = f"{lease.by or 'another run'} is deploying this project too, or was cut off before {lease.until}"
    return [Problem("ledger", message, severity=Severity.WARNING)]


def carry_out(made: Planned, client: KestraClient, workers: int, listen: Callable[[Outcome], None]) -> Report:
    """Carry a plan out, with the ledger kept before the first write and after the last; return the report of it.

    Raises DeployerError before the first write only; what goes wrong later is in the report.
    """
    plan, deploying, keeper, saved = made.plan, made.deploying, made.deploying.keeper, ""
    before: Ledger | None = None
    notes = list(made.report.problems)
    writes = [change for change in plan.changes if change.writes]
    if writes:
        kept_now = started(
            partial(_again, keeper, made.ledger)
        )  # somebody else may have deployed other things meanwhile, or be about to
        _still(client, writes)
        latest = kept_now.result()
        within = deploying.root if deploying.backup == Path(BACKUP) else None  # what the user names may lie anywhere
        saved = backup.save(writes, deploying.root / deploying.backup, datetime.now(UTC), within)
        if latest.lease != made.ledger.lease:
            notes += at_work(latest, datetime.now(UTC))
        before = _before(latest, made, writes)
        if unkept := _told(keeper, before):
            keeper, before, notes = Nowhere(), None, [*notes, *unkept]
    applied = apply(plan.changes, partial(flows.write, client), workers, listen, made.refused)
    report = replace(
        made.report,
        problems=tuple(notes),
        outcomes=tuple(applied.outcomes),
        saved=saved,
        interrupted=applied.interrupted,
    )
    if not writes and not any(change.takes for change in plan.changes):
        return report
    try:
        told = after(
            _again(keeper, before or made.ledger), made.ledger, applied.outcomes, deploying, _time(datetime.now(UTC))
        )
        notes += _told(keeper, told)
        notes += _taken(made, applied.outcomes)
        return replace(report, problems=tuple(notes))
    except DeployerError as error:
        message = f"what was deployed could not be told to {keeper.place}: {error}"
        untold = UntoldError(message, hint="run it again: what was about to be written is known there")
        return replace(report, error=untold)


def _again(keeper: Keeper, known: Ledger) -> Ledger:
    """Return the ledger as it is now. That one which was there a moment ago is not any more, is never its end."""
    ledger = keeper.read()
    if known.ours and not ledger.ours and not isinstance(keeper, Nowhere):
        message = f"{keeper.place} held what was deployed a moment ago, and seems empty now"
        raise ChangedError(message, hint="a gateway may have answered in its place: run it again")
    return ledger


def _before(ledger: Ledger, made: Planned, writes: Iterable[Change]) -> Ledger:
    """Return the ledger with what is about to be written, what a run that was cut off has written, and the lease."""
    deploying, now = made.deploying, datetime.now(UTC)
    entries, pending = dict(ledger.entries), dict(ledger.pending)
    for change in writes:
        behind = ledger.behind(change.key, change.live.body) if change.live else None
        if behind and change.live:
            entries[change.key] = replace(behind, revision=behind.revision or change.live.revision)
        if change.desired:
            pending[change.key] = _entry(change, None, deploying, _time(now))
    return replace(ledger, entries=entries, pending=pending, lease=Lease(deploying.by, _time(now + _LEASE)))


def _told(keeper: Keeper, ledger: Ledger) -> list[Problem]:
    """Keep a ledger. Where the server refuses that, the run goes on, and a warning says what that costs."""
    try:
        keeper.write(ledger)
    except KestraAccessError as error:
        if error.status != FORBIDDEN:
            raise
    else:
        return []
    message = f"the server does not let us write {keeper.place}: what this run deploys will count as somebody else's"
    return [Problem("ledger", message, severity=Severity.WARNING, hint=f"let the account write it, {_GRANT}")]


def _taken(made: Planned, outcomes: Iterable[Outcome]) -> list[Problem]:
    """Take what was taken over out of the ledgers of those who deployed it before. Raises DeployerError."""
    keys = {each.change.key for each in outcomes if each.status is Status.DONE} & set(made.adopted)
    said: list[Problem] = []
    for keeper, known in made.others:
        if not (theirs := keys & known.ours.keys()):
            continue
        ledger = keeper.read()
        entries, pending = (
            {key: entry for key, entry in each.items() if key not in theirs}
            for each in (ledger.entries, ledger.pending)
        )
        said += _told(keeper, replace(ledger, entries=entries, pending=pending))
    return said


def after(ledger: Ledger, before: Ledger, outcomes: Iterable[Outcome], deploying: Deploying, at: str) -> Ledger:
    """Return the ledger with what was done in it, except where another run has written since `before`, and after us."""
    entries, pending = dict(ledger.entries), dict(ledger.pending)
    for outcome in outcomes:
        change = outcome.change
        if change.held or outcome.status is not Status.DONE:
            continue  # what was cut off stays pending: whether the server did it is not known
        pending.pop(change.key, None)
        if change.desired is None and (change.writes or change.takes):
            entries.pop(change.key, None)
        elif change.writes or change.takes:
            entry, theirs = _entry(change, outcome.revision, deploying, at), entries.get(change.key)
            moved = theirs is not None and theirs != before.entries.get(change.key)
            entries[change.key] = theirs if theirs and moved and _later(theirs, entry) else entry
    return replace(ledger, entries=entries, pending=pending, lease=None)


def _entry(change: Change, revision: int | None, deploying: Deploying, at: str) -> Entry:
    if change.desired is None or (change.live is None and not change.writes):
        raise ValueError(f"{change.key}: nothing was deployed")
    text = change.desired.body if change.writes or change.live is None else change.live.body
    return Entry(
        digest(text),
        digest(change.desired.text),
        _file(change, deploying.top),
        revision,
        deploying.commit,
        at,
        deploying.by,
        change.stops,
        deploying.place,
        deploying.origin,
    )


def _later(one: Entry, other: Entry) -> bool:
    return (one.revision or 0) > (other.revision or 0)


def _file(change: Change, root: Path) -> str:
    return Path(os.path.relpath(change.origin, root)).as_posix() if change.origin else ""


def _still(client: KestraClient, writes: list[Change]) -> None:
    """Raise ChangedError where somebody wrote since the plan was made."""
    now = revisions(client, (change.key for change in writes))
    moved = [
        change.key.path
        for change in writes
        if (now.get(change.key) if change.action is not Action.CREATE else None)
        != (change.live.revision if change.live else None)
    ]
    moved += [change.key.path for change in writes if change.action is Action.CREATE and change.key in now]
    if moved:
        message = f"somebody changed {' and '.join(sorted(set(moved)))} on the server since the plan was made"
        raise ChangedError(message, hint="nothing was written: run it again")


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
