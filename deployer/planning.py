"""What a plan is made from: the ledger, what is live, and who else deployed it. Read before anything is decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from deployer.errors import DeployerError, KestraAccessError, KestraError, KestraNotFoundError
from deployer.kestra.client import KestraClient
from deployer.kinds import by_kind
from deployer.ledgers import FORBIDDEN, GRANT, Keeper, Nowhere
from deployer.model.change import Plan
from deployer.model.desired import Desired
from deployer.model.ledger import Claim, Entry, Ledger
from deployer.model.live import Live
from deployer.model.policy import OnDisabled, OnDrift
from deployer.model.problem import Problem, Severity
from deployer.model.request import Command, Request
from deployer.model.resource import Body, Key, counted, listed
from deployer.plan import Decider, Scope, compare, orphans
from deployer.session import Session

_NOT_FOUND = 404
_STATES = "let the account read `triggers/search` (permission TRIGGER in the Enterprise Edition)"
_EXPORT = "look at what Kestra, or a proxy in front of it, answers to `GET flows/export/by-query`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a plan is made from.

    `ledger` is as it is kept, `others` are those of other projects, where they had to be read. `scope` says what may be
    deleted, None for nothing. `undeclared` is what this project deployed and no file declares any more.
    """

    request: Request
    ledger: Ledger
    live: Live
    decider: Decider
    scope: Scope | None
    undeclared: Sequence[Key]
    problems: tuple[Problem, ...]
    others: Sequence[Ledger] = ()

    def compare(self, desired: Desired) -> Plan:
        """Return what a deploy of what is desired does."""
        scope = replace(self.scope, unread=self.scope.unread or bool(desired.refused)) if self.scope else None
        return compare(desired, self.live, self.decider, scope)

    def with_states(self, plan: Plan, client: KestraClient) -> Ground:
        """Return the ground with the states of the triggers that a plan is about.

        Read only where a flow with triggers is to be written, or something may be switched on, or drift is looked for.
        Where the server does not let us, a warning says what that costs.
        """
        wants = self.request.command is Command.DRIFT or self.decider.policy.on_disabled is OnDisabled.ENABLE
        keys = [each.key for each in plan.changes if each.live and each.alone and (wants or each.writes)]
        try:
            states = {key: each for kind, mine in by_kind(keys) for key, each in kind.read_states(client, mine).items()}
        except (KestraAccessError, KestraNotFoundError) as error:
            if error.status not in (FORBIDDEN, _NOT_FOUND):
                raise
            return replace(self, problems=(*self.problems, _without_states(error)))
        return replace(self, live=self.live.with_states(states)) if any(states.values()) else self

    def with_answers(self, of_each: Mapping[Key, OnDrift]) -> Ground:
        """Return the ground after a person has said what becomes of other users' edits."""
        policy = replace(self.decider.policy, of_each=of_each)
        return replace(self, decider=replace(self.decider, policy=policy))


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The ledger, the request as it allows it, and what there is to say of that. `recorded`: whether there is one."""

    request: Request
    ledger: Ledger
    problems: Sequence[Problem]
    recorded: bool = True


def open_ledger(session: Session, request: Request) -> Opened:
    """Return the ledger, and the request as it allows it: without one, nothing protects what others edited.

    Where the server refuses it, it counts as empty, and a warning says what that costs; `drift` needs it, so that there
    it is an error like any other. Raises DeployerError.
    """
    keeper = session.keeper
    if isinstance(keeper, Nowhere):
        policy = request.policy
        policy = replace(policy, on_drift=policy.on_drift or OnDrift.OVERWRITE, takes_over=False)
        request = replace(request, policy=policy)
        return Opened(request=request, ledger=keeper.read(), problems=request.notes)
    try:
        return Opened(request=request, ledger=keeper.read(), problems=request.notes)
    except KestraAccessError as error:
        if error.status != FORBIDDEN or request.command is Command.DRIFT:
            raise
    message = (
        f"the server does not let us read {keeper.place}: what this project deployed is not known, so everything on "
        "the server counts as another user's"
    )
    hint = f"let the account read and write it, {GRANT}"
    problem = Problem("ledger", message, severity=Severity.WARNING, hint=hint)
    return Opened(request=request, ledger=Ledger(""), problems=[*request.notes, problem], recorded=False)


def gather(opened: Opened, session: Session, desired: Desired) -> Ground:
    """Read what is live, and what else a plan of what is desired needs to know."""
    request, ledger = opened.request, opened.ledger
    session = session.with_ledger_if(opened.recorded)
    checkout, wanted = request.checkout, {key: resource.body for key, resource in desired.resources.items()}
    mine = ledger.of(checkout.place, checkout.origin)
    scope = _scope(request, desired)
    undeclared = orphans(mine, wanted, scope)
    scope = replace(scope, declared=_declared_elsewhere(request, undeclared))
    owned = [key for key, entry in mine.ours.items() if request.prune and scope.covers(key, entry)]
    live = _read_live(session.client, wanted, owned)
    unknown = [key for key in wanted if key in live.resources and not mine.owns(key)]
    pruned = undeclared if request.prune else []
    others, problems = _read_others(session.keeper) if unknown or pruned else ([], [])
    claims = {**_claims(others), **ledger.claims(checkout.place, checkout.origin)}
    theirs = {key: claims[key] for key in unknown if key in claims}
    adopts = bool(theirs) and (request.adopt or bool(session.ask and session.ask.about_adopting(theirs)))
    problems += _report_claims(theirs, adopts=adopts)
    if adopts:
        mine = replace(mine, entries={**mine.entries, **{key: claim.entry for key, claim in theirs.items()}})
    decider = Decider(
        mine,
        request.policy,
        _edited_since(session.client, mine, live),
        moved=frozenset(_moved(request, mine, desired)),
        claims=({} if adopts else theirs) | {key: claims[key] for key in pruned if key in claims},
        adopted=frozenset(theirs) if adopts else frozenset(),
    )
    return Ground(
        request=request,
        ledger=ledger,
        live=live,
        decider=decider,
        scope=replace(scope, unknown=live.unreadable) if request.prune else None,
        undeclared=[key for key in undeclared if key not in scope.declared and not scope.unread],
        problems=(*problems, *_report_reading(desired, live)),
        others=others,
    )


def _scope(request: Request, desired: Desired) -> Scope:
    """Return what the run looked at, and how much of it may be deleted."""
    return Scope(
        within=tuple(request.checkout.name(path) for path in request.paths),
        place=request.checkout.place,
        unread=not desired.whole,
        empty=not desired.declared,
        most=request.max_prune,
        protected=request.protected,
    )


def _declared_elsewhere(request: Request, keys: Sequence[Key]) -> dict[Key, str]:
    """Return which of these resources a file that was not read declares, and which file."""
    return {
        key: file
        for kind, mine in by_kind(keys)
        for key, file in kind.find_declarations(request.checkout.root, mine).items()
    }


def _read_live(client: KestraClient, wanted: Mapping[Key, Body], owned: Sequence[Key]) -> Live:
    live = Live()
    for kind, keys in by_kind({*wanted, *owned}):
        bodies = {key: wanted[key] for key in keys if key in wanted}
        live = live.join(kind.read_live(client, bodies, [key for key in owned if key.kind == kind.name]))
    return live


def _edited_since(client: KestraClient, ledger: Ledger, live: Live) -> dict[Key, Body]:
    """Return the bodies that we deployed and someone has edited since."""
    edited = {
        key: entry
        for key, entry in ledger.entries.items()
        if entry.revision is not None and key in live.resources and not ledger.knows(key, live.resources[key].body)
    }
    return {
        key: body
        for kind, keys in by_kind(edited)
        for key, body in kind.read_deployed(client, {key: edited[key] for key in keys}).items()
    }


def _moved(request: Request, ledger: Ledger, desired: Desired) -> Iterable[Key]:
    """Yield what is in another file than when it was deployed."""
    for key, resource in desired.resources.items():
        entry: Entry | None = ledger.entries.get(key)
        if entry and resource.origin and entry.file != request.checkout.name(resource.origin):
            yield key


def _read_others(keeper: Keeper) -> tuple[list[Ledger], list[Problem]]:
    """Return what other projects deployed; where that cannot be read, a warning says so."""
    try:
        return [*keeper.others()], []
    except DeployerError as error:
        message = f"whether another project deployed what is on the server is not known: {error}"
        return [], [Problem("ledger", message, severity=Severity.WARNING, hint=error.hint)]


def _without_states(error: KestraError) -> Problem:
    message = f"the states of triggers cannot be read, so what was switched off there may be on after a deploy: {error}"
    return Problem("degraded-read", message, severity=Severity.WARNING, hint=_STATES)


def _claims(others: Iterable[Ledger]) -> dict[Key, Claim]:
    found: dict[Key, Claim] = {}
    for ledger in others:
        where = "" if ledger.environment == "default" else f" (environment {ledger.environment})"
        owner = f"the project {ledger.project}{where}"
        found |= {key: Claim(owner, entry) for key, entry in ledger.ours.items()}
    return found


def _report_claims(theirs: Mapping[Key, Claim], *, adopts: bool) -> list[Problem]:
    """Say what others deployed, and whether it is taken over from them."""
    by_owner: dict[str, list[Key]] = {}
    for key, claim in theirs.items():
        by_owner.setdefault(claim.owner, []).append(key)
    return [
        Problem(
            "adopt",
            f"{counted(keys)} {'was' if len(keys) == 1 else 'were'} deployed by {owner}, "
            f"{'and is' if len(keys) == 1 else 'and are'} {'taken over' if adopts else 'left to it'}: {listed(keys)}",
            severity=Severity.NOTICE,
            hint="" if adopts else "`sync --adopt` takes over what others deployed",
        )
        for owner, keys in sorted(by_owner.items())
    ]


def _report_reading(desired: Desired, live: Live) -> list[Problem]:
    """Report how what is live had to be read, and what of it beside ours the server cannot read any more.

    Ours are named in the plan.
    """
    degraded = [Problem("degraded-read", live.degraded, severity=Severity.WARNING, hint=_EXPORT)]
    return (degraded if live.degraded else []) + [
        Problem(
            "unreadable-on-server",
            f"the server cannot read its {key.noun} {key.path}: {why}",
            severity=Severity.WARNING,
        )
        for key, why in sorted(live.unreadable.items())
        if key not in desired.resources
    ]
