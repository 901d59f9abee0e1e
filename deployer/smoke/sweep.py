"""Finds executions of smoke tests that are still running, by id and by label, and kills them."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from threading import Event

from deployer.errors import KestraNotFoundError
from deployer.kestra.answers import Execution
from deployer.kestra.client import KestraClient
from deployer.smoke.chain import latest
from deployer.smoke.follow import Follower
from deployer.smoke.labels import is_left, of_project

UNDER_WAY = ("CREATED", "RUNNING", "PAUSED", "RESTARTED", "QUEUED", "RETRYING")
"""The states, known since 1.0, in which an execution continues unless it is killed."""


@dataclass(frozen=True, slots=True)
class Swept:
    """The executions that were killed, and those that could not be, with the reason."""

    killed: tuple[Execution, ...] = ()
    failed: tuple[tuple[Execution, str], ...] = ()


def sweep(client: KestraClient, known: Collection[str], project: str, now: datetime | None) -> Swept:
    """Kill what earlier runs left running: executions with these ids, and those of the project past their time.

    If `project` is empty, only those `known` by id; if `now` is None, those as well whose time is not over. Raises
    KestraError if the server cannot be searched.
    """
    found = {execution.id: execution for execution in _find_known(client, known)}
    if project:
        labels = of_project(project)
        labelled = client.search_executions(labels=labels, kinds=("TEST",), states=UNDER_WAY, size=None)
        found |= {each.id: each for each in labelled if now is None or is_left(each.labels, now)}
    follower = Follower(client, Event())
    killed, failed = [], []
    for execution in found.values():
        try:
            seen = follower.kill(execution)
        except KestraNotFoundError:
            continue
        if seen.over:
            killed.append(seen.execution)
        else:
            failed.append((seen.execution, str(seen.fault or f"it is {seen.execution.state} still")))
    return Swept(tuple(killed), tuple(failed))


def _find_known(client: KestraClient, ids: Collection[str]) -> list[Execution]:
    """Return those of these executions, or of their retries, that are still running."""
    found = []
    for each in ids:
        with suppress(KestraNotFoundError):
            execution = latest(client, client.execution(each))
            if not execution.over:
                found.append(execution)
    return found
