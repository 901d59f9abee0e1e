"""Asks the person at the terminal, on stderr, what only a person can decide."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import click

from deployer.cli.progress import Progress
from deployer.cli.streams import is_terminal, note, redact
from deployer.model.change import Change
from deployer.model.ledger import Claim
from deployer.model.policy import OnDrift
from deployer.model.resource import Key, counted
from deployer.plan.text import difference
from deployer.report.harmless import one_line

_COLORS = {"+": "green", "-": "red", "@": "cyan"}
_SHORT = 20  # lines of a difference that are shown unasked
_WAYS = {"r": OnDrift.REFUSE, "o": OnDrift.OVERWRITE, "k": OnDrift.KEEP}
_EACH = {"r": "[r]efuse all", "o": "[o]verwrite", "k": "[k]eep", "d": "[d]iff", "a": "[a]ll alike"}
_ALL = {"r": "[r]efuse all", "o": "[o]verwrite all", "k": "[k]eep all"}


def person_is_there(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a person can be asked: both ends are a terminal, and no CI runs this."""
    return not environ.get("CI") and is_terminal(sys.stdin) and is_terminal(sys.stderr)


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks about one run. `server` is where it deploys to, for people; `yes` says that deletions need no question."""

    progress: Progress
    server: str
    yes: bool = False

    def about_drift(self, changes: Sequence[Change]) -> Mapping[Key, OnDrift]:
        """Show what others wrote, flow by flow; return what becomes of each, nothing where the run is refused."""
        answers: dict[Key, OnDrift] = {}
        with self._asking(f"{_counted(changes)} on {self.server} would be written over:"):
            for number, change in enumerate(changes, 1):
                where = f" ({number} of {len(changes)})" if len(changes) > 1 else ""
                _say(f"{change.key.path}: {change.held}{where}", bold=True)
                _show(change, _SHORT)
                last = number == len(changes)
                while (answer := _choice(_EACH if not last else {**_EACH, "a": ""})) == "d":
                    _show(change)
                left = changes[number - 1 :]
                if answer == "a":
                    answer = _choice(_ALL)
                else:
                    left = left[:1]
                if answer == "r":
                    return {}
                answers |= dict.fromkeys((each.key for each in left), _WAYS[answer])
                if len(answers) == len(changes):
                    break
        return answers

    def about_adopting(self, claims: Mapping[Key, Claim]) -> bool:
        """Ask whether to take over what others deployed."""
        with self._asking(f"{counted(claims)} on {self.server} were deployed by others:"):
            for key, claim in sorted(claims.items()):
                _say(f"  {key.path}: deployed by {claim.owner}")
            return _confirmed("Take them over, so that they belong to this project?")

    def about_deleting(self, changes: Sequence[Change]) -> bool:
        """Ask whether to delete what these changes say."""
        if self.yes:
            return True
        with self._asking(f"{_counted(changes)} would be deleted from {self.server}:"):
            for change in changes:
                _say(f"  - {change.key.path}", color="red")
            return _confirmed("Delete, and deploy the rest?")

    @contextmanager
    def _asking(self, head: str) -> Iterator[None]:
        with self.progress.paused():
            _say(head, bold=True)
            try:
                yield
            except click.Abort:
                raise KeyboardInterrupt from None


def _counted(changes: Sequence[Change]) -> str:
    return counted([change.key for change in changes])


def _choice(ways: Mapping[str, str]) -> str:
    """Return which of these letters a person chooses; the word that it begins counts, too, and nothing is to refuse."""
    offered = {letter: words for letter, words in ways.items() if words}
    words = {words.replace("[", "").replace("]", "").split()[0]: letter for letter, words in offered.items()}

    def chosen(text: str) -> str:
        answer = text.strip().lower()
        if (letter := words.get(answer, answer)) not in offered:
            raise click.BadParameter(f"{answer} is not one of {', '.join(offered)}")
        return letter

    answer: str = click.prompt(", ".join(offered.values()), default="r", value_proc=chosen, err=True, show_default=True)
    return answer


def _confirmed(question: str) -> bool:
    return click.confirm(question, default=False, err=True)


def _show(change: Change, most: int | None = None) -> None:
    """Show the difference from what is live to what would be written, at most so many lines of it."""
    lines = difference(change)
    for line in lines[:most]:
        _say(f"  {line}", color=_COLORS.get(line[:1]))
    if len(lines) > len(lines[:most]):
        note(f"  … {len(lines) - len(lines[:most])} more lines: [d]iff shows them")


def _say(text: str, *, color: str | None = None, bold: bool = False) -> None:
    wanted = False if os.environ.get("NO_COLOR") else None
    click.secho(one_line(redact(text)), fg=color, bold=bold or None, err=True, color=wanted)
