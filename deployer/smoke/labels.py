"""The labels of a smoke test's execution, to find it if the answer to its start was lost or nothing ended it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

RUN = "kestra-deployer.smoke"
"""A value that no other execution has."""
PROJECT = "kestra-deployer.project"
UNTIL = "kestra-deployer.until"
"""When the run that started it kills it at the latest, in seconds since 1970: later it counts as left running."""

_SECONDS = re.compile(r"[0-9]{1,12}")
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")


def labels(project: str, now: datetime, longest: timedelta) -> dict[str, str]:
    """Return the labels for an execution of a project's smoke test that must end within `longest`."""
    found = {RUN: uuid.uuid4().hex, UNTIL: f"{(now + longest).timestamp():.0f}"}
    return found | of_project(project)


def of_project(project: str) -> dict[str, str]:
    """Return the label of all executions of a project, none if it has no name. A `:` would end the label's key."""
    return {PROJECT: _UNFIT.sub("-", project)} if project else {}


def is_left(found: Mapping[str, str], now: datetime) -> bool:
    """Whether an execution with these labels, which still runs, should have been killed by now."""
    until = found.get(UNTIL, "")
    return bool(_SECONDS.fullmatch(until)) and int(until) < now.timestamp()
