"""What this project deployed and no file declares any more: told in every run, and spared where others call it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from deployer.errors import ENDS_ALL, KestraError
from deployer.kestra.client import KestraClient
from deployer.local import meaning
from deployer.model.change import Action, Change, Plan
from deployer.model.ledger import Ledger
from deployer.model.problem import Problem, Severity
from deployer.model.resource import Key, Resource, listed
from deployer.resource.live_flows import deployed
from deployer.resource.references import references

CHECK = "not-declared"
_FEW = 10  # flows whose texts are asked for, to see whether they were renamed


def told(orphans: Sequence[Key], renames: Mapping[Key, Key], *, prune: bool) -> Iterator[Problem]:
    """Yield a notice for what no file declares, and one for each flow that was renamed; not where it is deleted."""
    for old, new in renames.items():
        message = f"{new.path} says what {old.path} said, which no file declares any more: it was renamed"
        still = "" if prune else f"; {old.path} goes on running beside it"
        yield Problem(CHECK, message + still, severity=Severity.NOTICE, hint="" if prune else _HINT)
    left = [key for key in orphans if key not in renames]
    if left and not prune:
        are = "flow was deployed from here and is" if len(left) == 1 else "flows were deployed from here and are"
        message = f"{len(left)} {are} declared by no file any more: {listed(left)}"
        yield Problem(CHECK, message, severity=Severity.NOTICE, hint=_HINT)


_HINT = "--prune deletes what no file declares any more"


def renamed(client: KestraClient, ledger: Ledger, orphans: Sequence[Key], changes: Sequence[Change]) -> dict[Key, Key]:
    """Return for what was renamed how it is called now: a new flow says the same but for id and namespace.

    A request for each of a few, and only where something is created.
    """
    created = [change.desired for change in changes if change.action is Action.CREATE and change.desired]
    if not created or not orphans:
        return {}
    known = {key: ledger.ours[key] for key in orphans[:_FEW]}
    texts = {key: _anonymous(meaning(text)) for key, text in deployed(client, known).items()}
    news = [(resource.key, _anonymous(meaning(resource.text))) for resource in created]
    pairs = ((old, next((new for new, said in news if said == text), None)) for old, text in texts.items() if text)
    return {old: new for old, new in pairs if new}


def _anonymous(data: Any) -> Any:
    return {name: each for name, each in data.items() if name not in ("id", "namespace")} if data else None


def spared(plan: Plan, client: KestraClient, *, force: bool) -> Plan:
    """Return the plan with what others still call held back, or, with `force`, saying who they are.

    Asked by one export of the whole tenant, and only where something is to be deleted.
    """
    going = {change.key for change in plan.changes if change.action is Action.PRUNE and change.writes}
    if not going:
        return plan
    try:
        callers = callers_of(client, going)
    except ENDS_ALL:
        raise
    except KestraError as error:
        why = f"who calls it is not known, as the server gave no export of its flows: {error}"
        return plan if force else _held(plan, dict.fromkeys(going, why))
    desired = {change.key: change.desired for change in plan.changes if change.desired}
    called = {
        key: _named(still)
        for key, found in callers.items()
        if (still := [each for each in found if each not in going and _calls(desired.get(each), key)])
    }
    if not force:
        return _held(plan, {key: f"{names}: --force deletes it all the same" for key, names in called.items()})
    reasons = {key: f"; {names}" for key, names in called.items()}
    changes = (replace(change, reason=change.reason + reasons.get(change.key, "")) for change in plan.changes)
    return replace(plan, changes=tuple(changes))


def _held(plan: Plan, reasons: Mapping[Key, str]) -> Plan:
    changes = (replace(change, held=reasons.get(change.key, change.held)) for change in plan.changes)
    return replace(plan, changes=tuple(changes))


def _named(callers: Sequence[Key]) -> str:
    return f"{listed(callers)} still {'calls' if len(callers) == 1 else 'call'} it"


def _calls(desired: Resource | None, key: Key) -> bool:
    """Whether a caller that is live still calls a flow once its file is deployed; of others' flows nothing changes."""
    return desired is None or key in desired.needs


def callers_of(client: KestraClient, keys: Collection[Key]) -> dict[Key, list[Key]]:
    """Return which flows of the whole tenant name these, by one export of their texts."""
    found: dict[Key, list[Key]] = {}
    names = {key.name for key in keys}
    for text in client.export_flows_by_query().values():
        if not any(name in text for name in names):
            continue
        data = meaning(text) or {}
        for key in references(data) & set(keys):
            here = Key(key.kind, str(data.get("namespace")), str(data.get("id")))
            if key != here:
                found.setdefault(key, []).append(here)
    return {key: sorted(callers) for key, callers in found.items()}
