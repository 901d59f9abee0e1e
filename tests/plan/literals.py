"""A server of literals, and what a deploy makes of it: for tests of what is decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deployer.kinds.flow import FLOWS
from deployer.model.change import Action, Change, Plan
from deployer.model.desired import Desired
from deployer.model.ledger import Entry, Ledger, digest
from deployer.model.live import Live
from deployer.model.policy import Policy
from deployer.model.resource import FLOW, Key, Resource
from deployer.model.trigger import TriggerState
from deployer.plan import Decider, Scope, compare

TASKS = "tasks:\n  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: hello\n"
TRIGGERS = 'triggers:\n  - id: daily\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: "@daily"\n'


def key(name: str = "hello", namespace: str = "company.team") -> Key:
    return Key(FLOW, namespace, name)


def text(name: str = "hello", tail: str = "") -> str:
    """A flow's text, with more at its end."""
    return f"id: {name}\nnamespace: company.team\n{TASKS}{tail}"


def meaning(body: str) -> Any:
    return FLOWS.meaning(body)


@dataclass
class World:
    """Files, a server with every revision, and the ledger of one project."""

    files: dict[str, str] = field(default_factory=dict)
    server: dict[str, list[str]] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=lambda: Ledger("project"))
    states: tuple[TriggerState, ...] = ()  # of the triggers of every flow

    def plan(self, policy: Policy | None = None, prune: Scope | None = None) -> Plan:
        """What would be done."""
        files = (Resource(key(name), body, origin=f"flows/{name}.yaml") for name, body in self.files.items())
        desired = {each.key: each for each in files}
        live = {
            key(name): Resource(key(name), texts[-1], revision=len(texts), states=self.states)
            for name, texts in self.server.items()
            if texts
        }
        return compare(Desired(resources=desired, declared=frozenset(desired)), Live(live), self.decider(policy), prune)

    def decider(self, policy: Policy | None = None) -> Decider:
        """What decides, with the texts of ours that somebody has written over."""
        deployed = {
            each: self.server[each.name][entry.revision - 1]
            for each, entry in self.ledger.entries.items()
            if entry.revision and len(self.server.get(each.name, ())) >= entry.revision
        }
        return Decider(self.ledger, policy or Policy(), deployed)

    def apply(self, planned: Plan) -> list[Change]:
        """Carry a plan out, and return what was written or deleted."""
        entries = dict(self.ledger.entries)
        done = [change for change in planned.changes if change.writes]
        for change in planned.changes:
            name = change.key.name
            if change.held:
                continue
            if change.action is Action.PRUNE or change.desired is None:
                self.server.pop(name, None)
                entries.pop(change.key, None)
                continue
            if change.writes and change.action is not Action.ENABLE:
                self.server.setdefault(name, []).append(str(change.desired.body))
            if change.writes or change.takes:
                live = self.server[name]
                entries[change.key] = Entry(
                    digest(live[-1]),
                    digest(change.desired.wanted),
                    file=change.origin or "",
                    revision=len(live),
                    stops=change.stops,
                    off=change.off,
                )
        self.ledger = Ledger("project", entries=entries)
        return done

    def deploy(self, policy: Policy | None = None, prune: Scope | None = None) -> Mapping[str, str]:
        """Plan and apply; return what was done to which flow."""
        return {change.key.name: str(change.action) for change in self.apply(self.plan(policy, prune))}
