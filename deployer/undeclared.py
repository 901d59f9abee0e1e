"""What this project deployed and no file declares any more: reported in every run, and kept where others call it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from deployer.errors import ENDS_ALL, KestraError
from deployer.kestra.client import KestraClient
from deployer.kinds import by_kind, kind_of
from deployer.model.change import Action, Change, Plan
from deployer.model.ledger import Ledger
from deployer.model.problem import Problem, Severity
from deployer.model.resource import Key, Resource, counted, listed

CHECK = "not-declared"
_HINT = "--prune deletes what no file declares any more"
_FEW = 10  # resources whose bodies are asked for, to see whether they were renamed


def report(undeclared: Sequence[Key], renames: Mapping[Key, Key], *, prune: bool) -> Iterator[Problem]:
    """Yield a notice of what no file declares, and one for each that was renamed; not where it is deleted."""
    for old, new in renames.items():
        message = f"{new.path} says what {old.path} said, which no file declares any more: it was renamed"
        still = "" if prune else f"; {old.path} goes on running beside it"
        yield Problem(CHECK, message + still, severity=Severity.NOTICE, hint="" if prune else _HINT)
    left = [key for key in undeclared if key not in renames]
    if left and not prune:
        was, is_ = ("was", "is") if len(left) == 1 else ("were", "are")
        message = f"{counted(left)} {was} deployed from here and {is_} declared by no file any more: {listed(left)}"
        yield Problem(CHECK, message, severity=Severity.NOTICE, hint=_HINT)


def find_renames(
    client: KestraClient, ledger: Ledger, undeclared: Sequence[Key], changes: Sequence[Change]
) -> dict[Key, Key]:
    """Return the new names of what was renamed: a new resource says the same but for its name.

    Takes a request for each of a few, and only where something is created.
    """
    created = [change.desired for change in changes if change.action is Action.CREATE and change.desired]
    if not created or not undeclared:
        return {}
    news = [(resource.key, kind_of(resource.key).anonymous(resource.wanted)) for resource in created]
    found: dict[Key, Key] = {}
    for kind, keys in by_kind(undeclared[:_FEW]):
        for old, body in kind.read_deployed(client, {key: ledger.ours[key] for key in keys}).items():
            said = kind.anonymous(body)
            new = next((key for key, each in news if said and key.kind == old.kind and each == said), None)
            found |= {old: new} if new else {}
    return found


def hold_called(plan: Plan, client: KestraClient, *, force: bool) -> Plan:
    """Return the plan with what others still call held back, or, with `force`, with their names.

    Asks only where something would be deleted.
    """
    pruned = {change.key for change in plan.changes if change.action is Action.PRUNE and change.writes}
    if not pruned:
        return plan
    try:
        callers = find_callers(client, pruned)
    except ENDS_ALL:
        raise
    except KestraError as error:
        why = f"who calls it is not known, as the server gave no export of its flows: {error}"
        return plan if force else _hold(plan, dict.fromkeys(pruned, why))
    desired = {change.key: change.desired for change in plan.changes if change.desired}
    called = {
        key: _name(still)
        for key, found in callers.items()
        if (still := [each for each in found if each not in pruned and _calls(desired.get(each), key)])
    }
    if not force:
        return _hold(plan, {key: f"{names}: --force deletes it all the same" for key, names in called.items()})
    reasons = {key: f"; {names}" for key, names in called.items()}
    changes = (replace(change, reason=change.reason + reasons.get(change.key, "")) for change in plan.changes)
    return replace(plan, changes=tuple(changes))


def find_callers(client: KestraClient, keys: Collection[Key]) -> dict[Key, list[Key]]:
    """Return what on the server refers to these resources. Raises KestraError."""
    return {key: callers for kind, mine in by_kind(keys) for key, callers in kind.callers(client, mine).items()}


def _hold(plan: Plan, reasons: Mapping[Key, str]) -> Plan:
    changes = (replace(change, held=reasons.get(change.key, change.held)) for change in plan.changes)
    return replace(plan, changes=tuple(changes))


def _name(callers: Sequence[Key]) -> str:
    return f"{listed(callers)} still {'calls' if len(callers) == 1 else 'call'} it"


def _calls(desired: Resource | None, key: Key) -> bool:
    """Whether a live caller still calls a resource once its file is deployed; others' flows stay as they are."""
    return desired is None or key in desired.needs
