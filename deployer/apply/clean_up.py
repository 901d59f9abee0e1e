"""Removes what deleted resources left behind on the server, after everything is written and recorded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deployer.errors import KestraError
from deployer.kestra.client import KestraClient
from deployer.kinds import kind_of
from deployer.model.change import Action
from deployer.model.problem import Problem, Severity
from deployer.model.result import Outcome, Status


def clean_up(client: KestraClient, outcomes: Iterable[Outcome]) -> Iterator[Problem]:
    """Yield what was left behind by what this run has deleted, or found deleted, and what became of it.

    Where that cannot be looked at, a warning says so once: the deletion itself is done.
    """
    try:
        for outcome in outcomes:
            change = outcome.change
            gone = change.desired is None and change.live is None and change.takes
            deleted = change.action is Action.PRUNE and change.alone and outcome.status is Status.DONE
            if gone or deleted:
                yield from kind_of(change.key).clean_up(client, change.key)
    except KestraError as error:
        message = f"whether deleted flows left states of triggers behind is not known: {error}"
        yield Problem("trigger-state", message, severity=Severity.WARNING, hint=error.hint)
