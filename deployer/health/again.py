"""Writes again what the server has stored and not noticed: so nothing would start it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from deployer.errors import ENDS_ALL, KestraError
from deployer.kestra.client import KestraClient
from deployer.kinds import kind_of
from deployer.model.problem import Problem, Severity
from deployer.model.resource import Key
from deployer.model.result import Outcome

CHECK = "health"


def write_again(client: KestraClient, written: Iterable[Outcome], unseen: Collection[Key]) -> Iterator[Problem]:
    """Write again, one after another, what a run has written and the server has not noticed; say so."""
    for outcome in written:
        change = outcome.change
        if change.key not in unseen:
            continue
        try:
            kind_of(change.key).write_again(client, change)
        except KestraError as error:
            message = f"{change.key.label} was to be written again, as Kestra's scheduler has not noticed it: {error}"
            yield Problem(CHECK, message, change.origin, severity=Severity.WARNING, hint=error.hint)
            if isinstance(error, ENDS_ALL):
                return
        else:
            message = f"{change.key.label} was written again, as Kestra's scheduler had not noticed it"
            yield Problem(CHECK, message, change.origin, severity=Severity.NOTICE)
