"""Between a plan and the server: the ledger before and after, and what to do about somebody else at work.

What is about to be written is in the ledger before the first write, so that a run that is cut off loses no ownership.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from deployer.apply import Applied, apply
from deployer.errors import DeployerError, ExitCode, KestraAccessError
from deployer.kestra.client import KestraClient
from deployer.model.change import Action, Change, Plan
from deployer.model.ledger import Entry, Lease, Ledger, digest
from deployer.model.problem import Problem, Severity
from deployer.model.resource import Live
from deployer.model.result import Outcome, Status
from deployer.model.smoke import SmokeCase
from deployer.plan import OnDrift, Policy
from deployer.resource import flow as flows
from deployer.resource.ledger import Keeper, Nowhere

FORBIDDEN = 403
_LEASE = timedelta(minutes=15)


class ChangedError(DeployerError):
    """What the plan was made of is not there any more."""

    exit_code = ExitCode.REFUSED


@dataclass(frozen=True, slots=True)
class Deploying:
    """How a run deploys: where it keeps what it did, and what the user allows."""

    keeper: Keeper = field(default_factory=Nowhere)
    policy: Policy = field(default_factory=Policy)
    prune: bool = False
    most: float | None = None  # how many may be deleted, as a float which share; None for the usual
    protected: tuple[str, ...] = ("system",)
    root: Path = field(default_factory=Path)  # that files are named from in the ledger
    commit: str = ""
    by: str = ""  # who deploys: the CI run's address, or a person


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with what it was made of."""

    plan: Plan
    ledger: Ledger
    deploying: Deploying
    live: Live
    cases: Sequence[SmokeCase] = ()


def kept(deploying: Deploying) -> tuple[Deploying, Ledger, list[Problem]]:
    """Return the ledger. Where the server refuses it, the run goes on without, and a warning says what that costs."""
    keeper = deploying.keeper
    if isinstance(keeper, Nowhere):
        return _without_ledger(deploying), keeper.read(), []
    try:
        return deploying, keeper.read(), []
    except KestraAccessError as error:
        if error.status != FORBIDDEN:
            raise
    message = f"the server does not let us read {keeper.place}: what others edited is not told from what was deployed"
    hint = "let the account read and write it, or name another namespace with `ledger:` in kestra-deployer.yaml"
    told = [Problem("ledger", message, severity=Severity.WARNING, hint=hint)]
    return _without_ledger(replace(deploying, keeper=Nowhere())), Ledger(""), told


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


def carry_out(made: Planned, client: KestraClient, workers: int, listen: Callable[[Outcome], None]) -> Applied:
    """Carry a plan out, with the ledger kept before the first write and after the last. Raises DeployerError."""
    plan, ledger, deploying = made.plan, made.ledger, made.deploying
    keeper, writes = deploying.keeper, [change for change in plan.changes if change.writes]
    if not writes and not any(change.takes for change in plan.changes):
        return apply(plan.changes, partial(flows.write, client), workers, listen)
    if writes:
        _still(client, writes)
        pending = {change.key: digest(change.desired.body) for change in writes if change.desired}
        until = datetime.now(UTC) + _LEASE
        keeper.write(replace(ledger, pending={**ledger.pending, **pending}, lease=Lease(deploying.by, _time(until))))
    applied = apply(plan.changes, partial(flows.write, client), workers, listen)
    latest = keeper.read() if writes else ledger  # somebody else may have deployed other things meanwhile
    keeper.write(after(latest, applied.outcomes, deploying, _time(datetime.now(UTC))))
    return applied


def after(ledger: Ledger, outcomes: Iterable[Outcome], deploying: Deploying, at: str) -> Ledger:
    """Return the ledger with what was done in it. Pure."""
    entries, pending = dict(ledger.entries), dict(ledger.pending)
    for outcome in outcomes:
        change = outcome.change
        if change.held or outcome.status is not Status.DONE:
            continue  # what was cut off stays pending: whether the server did it is not known
        pending.pop(change.key, None)
        if change.desired is None:
            entries.pop(change.key, None)
        elif change.writes or change.takes:
            entries[change.key] = _entry(change, outcome.revision, deploying, at)
    return replace(ledger, entries=entries, pending=pending, lease=None)


def _entry(change: Change, revision: int | None, deploying: Deploying, at: str) -> Entry:
    if change.desired is None or (change.live is None and not change.writes):
        raise ValueError(f"{change.key}: nothing was deployed")
    text = change.desired.body if change.writes or change.live is None else change.live.body
    return Entry(
        digest(text),
        digest(change.desired.text),
        _file(change, deploying.root),
        revision,
        deploying.commit,
        at,
        deploying.by,
        change.stops,
    )


def _file(change: Change, root: Path) -> str:
    return Path(os.path.relpath(change.origin, root)).as_posix() if change.origin else ""


def _still(client: KestraClient, writes: list[Change]) -> None:
    """Raise ChangedError where somebody wrote since the plan was made."""
    now = flows.revisions(client, (change.key for change in writes))
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
