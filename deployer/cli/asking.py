"""Asks the person at the terminal, on stderr, what only a person can decide."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

import click

from deployer.cli.progress import Progress
from deployer.cli.streams import is_terminal, note
from deployer.model.change import Change
from deployer.plan import OnDrift
from deployer.plan.text import difference
from deployer.report.harmless import one_line

_CHOICES = click.Choice([each.value for each in OnDrift])
_QUESTION = "What shall become of it: refuse to deploy, overwrite it, or keep it?"


def somebody_is_there(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a person can be asked: both ends are a terminal, and no CI runs this."""
    return not environ.get("CI") and is_terminal(sys.stdin) and is_terminal(sys.stderr)


def ask_about_drift(progress: Progress, changes: Sequence[Change]) -> OnDrift:
    """Show what somebody else wrote and would be lost, and return what shall become of it. ^C interrupts the run."""
    with progress.paused():
        for change in changes:
            click.secho(one_line(f"{change.key.path}: {change.held}"), bold=True, err=True)
            for line in difference(change):
                note(one_line(f"  {line}"))
        try:
            return OnDrift(click.prompt(_QUESTION, type=_CHOICES, default=OnDrift.REFUSE.value, err=True))
        except click.Abort:
            raise KeyboardInterrupt from None
