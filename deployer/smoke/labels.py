"""The labels of a smoke test's execution, to find it if the answer to its start was lost or nothing ended it."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from deployer.model.smoke import SmokeCase

RUN = "kestra-deployer.smoke"
"""A value that no other execution has."""
PROJECT = "kestra-deployer.project"
UNTIL = "kestra-deployer.until"
"""When the run that started it kills it at the latest, in seconds since 1970: later it counts as left running."""

CASE = "kestra-deployer.case"
COMMIT = "kestra-deployer.commit"

_SECONDS = re.compile(r"[0-9]{1,12}")
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a run comes from: the project's name, and the commit that is checked out; empty where it is not known."""

    project: str = ""
    commit: str = ""


NOWHERE = Origin()


def labels(origin: Origin, case: SmokeCase, now: datetime, longest: timedelta) -> dict[str, str]:
    """Return the labels for the execution of a test that must end within `longest`."""
    found = {RUN: uuid.uuid4().hex, UNTIL: f"{(now + longest).timestamp():.0f}", CASE: _fit(f"{case.suite}.{case.id}")}
    found |= {COMMIT: origin.commit} if origin.commit else {}
    return found | of_project(origin.project)


def of_project(project: str) -> dict[str, str]:
    """Return the label of all executions of a project, none if it has no name.

    A hash keeps names apart that differ only in what a label may not hold: whatever is found by it is killed.
    """
    fitting = _fit(project)
    if fitting != project:
        fitting += f"-{hashlib.sha256(project.encode()).hexdigest()[:8]}"
    return {PROJECT: fitting} if project else {}


def _fit(text: str) -> str:
    """Return a text as a label's value: a `:` would end the label's key."""
    return _UNFIT.sub("-", text)


def is_left(found: Mapping[str, str], now: datetime) -> bool:
    """Whether an execution with these labels, which still runs, should have been killed by now."""
    until = found.get(UNTIL, "")
    return bool(_SECONDS.fullmatch(until)) and int(until) < now.timestamp()
