"""What a plan is made of: the ledger, what is live, and who else deployed it. Gathered before anything is decided.

Whoever gathers it asks the server; what is decided from it, `deployer.plan` says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from deployer.deploying import Deploying
from deployer.errors import DeployerError
from deployer.kestra.client import KestraClient
from deployer.local import Files, Options, meaning, relative
from deployer.model.change import Plan
from deployer.model.flow import Flow
from deployer.model.ledger import Claim, Ledger
from deployer.model.problem import Problem, Severity
from deployer.model.resource import Key, Live, Resource, listed
from deployer.model.sent import Sent
from deployer.plan import Decider, OnDrift, Scope, orphans, plan, stopped
from deployer.read.declared import declaring
from deployer.resource import flow as flows
from deployer.resource.ledger import Keeper
from deployer.resource.live_flows import deployed, read_live

_EXPORT = "look at what Kestra, or a proxy in front of it, answers to `GET flows/export/by-query`"


@dataclass(frozen=True, slots=True)
class Ground:
    """What a plan is made of.

    `ledger` is as it is kept, `others` are those of other projects, where they had to be looked at. `scope` says what
    may be deleted, None for nothing. `gone` is what this project deployed and no file declares any more.
    """

    ledger: Ledger
    live: Live
    decider: Decider
    scope: Scope | None
    gone: Sequence[Key]
    problems: tuple[Problem, ...]
    others: Sequence[tuple[Keeper, Ledger]] = ()

    def plan(self, found: Iterable[Flow]) -> Plan:
        """Return what is to be done for these flows."""
        return plan(map(flows.desired, found), self.live, self.decider, self.scope)

    def partly(self) -> Ground:
        """Return the ground where not all flows that were read turned out to be sound."""
        return replace(self, scope=replace(self.scope, unread=True)) if self.scope else self

    def answered(self, of_each: Mapping[Key, OnDrift]) -> Ground:
        """Return the ground where a person has said what is to become of others' texts."""
        policy = replace(self.decider.policy, of_each=of_each)
        return replace(self, decider=replace(self.decider, policy=policy))


def looked_at(options: Options, deploying: Deploying, read: Files, *, unread: bool) -> Scope:
    """Return what the run looked at, and how much of it may be deleted."""
    return Scope(
        within=tuple(relative(path, deploying.top) for path in options.paths),
        place=deploying.place,
        unread=unread or not read.whole,
        empty=not read.flows,
        most=deploying.most,
        protected=deploying.protected,
    )


def gather(client: KestraClient, ledger: Ledger, deploying: Deploying, found: list[Flow], view: Scope) -> Ground:
    """Read what is live, and what else a plan needs to know of these flows, where this is what was looked at."""
    wanted = {flow.key: flow.document.text for flow in found}
    mine = ledger.of(deploying.place, deploying.origin)
    undeclared = orphans(mine, wanted, view)
    view = replace(view, declared=declaring(deploying.root, undeclared))
    owned = [key for key, entry in mine.ours.items() if deploying.prune and view.covers(key, entry)]
    live = read_live(client, wanted, owned)
    unknown = [key for key in wanted if key in live.resources and not mine.owns(key)]
    going = undeclared if deploying.prune else []
    others, problems = _others(deploying.keeper) if unknown or going else ([], [])
    claims = {**_claimed(others), **ledger.claims(deploying.place, deploying.origin)}
    theirs = {key: claims[key] for key in unknown if key in claims}
    adopts = bool(theirs) and (deploying.adopt or bool(deploying.ask and deploying.ask.about_adopting(theirs)))
    problems += _by_others(theirs, adopts=adopts)
    if adopts:
        mine = replace(mine, entries={**mine.entries, **{key: claim.entry for key, claim in theirs.items()}})
    decider = _decider(mine, deploying, client, live, found)
    if adopts:
        decider = replace(decider, adopted=frozenset(theirs))
        theirs = {}
    decider = replace(decider, claims=theirs | {key: claims[key] for key in going if key in claims})
    return Ground(
        ledger,
        live,
        decider,
        replace(view, unknown=live.unreadable) if deploying.prune else None,
        [key for key in undeclared if key not in view.declared and not view.unread],
        (*problems, *_told_of_reading(found, live)),
        others,
    )


def _others(keeper: Keeper) -> tuple[list[tuple[Keeper, Ledger]], list[Problem]]:
    """Return what other projects deployed; where that cannot be told, a warning says so."""
    try:
        return [*keeper.others()], []
    except DeployerError as error:
        message = f"whether another project deployed what is there is not known: {error}"
        return [], [Problem("ledger", message, severity=Severity.WARNING, hint=error.hint)]


def _claimed(others: Iterable[tuple[Keeper, Ledger]]) -> dict[Key, Claim]:
    found: dict[Key, Claim] = {}
    for _, ledger in others:
        where = "" if ledger.environment == "default" else f" (environment {ledger.environment})"
        owner = f"the project {ledger.project}{where}"
        found |= {key: Claim(owner, entry) for key, entry in ledger.ours.items()}
    return found


def _by_others(theirs: Mapping[Key, Claim], *, adopts: bool) -> list[Problem]:
    """Say what others deployed, and whether it is taken over from them."""
    by_owner: dict[str, list[Key]] = {}
    for key, claim in theirs.items():
        by_owner.setdefault(claim.owner, []).append(key)
    return [
        Problem(
            "adopt",
            f"{len(keys)} {'flow was' if len(keys) == 1 else 'flows were'} deployed by {owner}, "
            f"{'and is' if len(keys) == 1 else 'and are'} {'taken over' if adopts else 'left to it'}: {listed(keys)}",
            severity=Severity.NOTICE,
            hint="" if adopts else "`sync --adopt` takes over what others deployed",
        )
        for owner, keys in sorted(by_owner.items())
    ]


def _decider(mine: Ledger, deploying: Deploying, client: KestraClient, live: Live, found: list[Flow]) -> Decider:
    """Return what decides, with the texts of ours that somebody has written over since."""
    over = {
        key: entry
        for key, entry in mine.entries.items()
        if entry.revision is not None and key in live.resources and not mine.knows(key, live.resources[key].body)
    }
    documents = {flow.key: flow.document for flow in found}

    def with_stops(resource: Resource, stops: tuple[str, ...]) -> Sent | None:
        return stopped(documents[resource.key], stops, meaning)

    moved = {
        key
        for key, document in documents.items()
        if (entry := mine.entries.get(key)) and entry.file != relative(Path(document.file), deploying.top)
    }
    return Decider(mine, deploying.policy, meaning, with_stops, deployed(client, over), frozenset(moved))


def _told_of_reading(found: Collection[Flow], live: Live) -> list[Problem]:
    """Say how what is live had to be read, and name what the server has next to ours and cannot read any more.

    Those of ours are named in the plan.
    """
    told = [Problem("degraded-read", live.degraded, severity=Severity.WARNING, hint=_EXPORT)] if live.degraded else []
    ours = {flow.key for flow in found}
    return told + [
        Problem("unreadable-on-server", f"the server cannot read its flow {key.path}: {why}", severity=Severity.WARNING)
        for key, why in sorted(live.unreadable.items())
        if key not in ours
    ]
