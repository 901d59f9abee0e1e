"""The command line on a real terminal, and a person who answers its questions."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

_LONGEST = 60.0  # seconds, which only a failure takes


@dataclass(frozen=True, slots=True)
class Talk:
    """What stood on the terminal, and how the command ended."""

    shown: str
    code: int


def talk(*arguments: str, answers: Mapping[str, list[str]], environ: Mapping[str, str] | None = None) -> Talk:
    """Run the command line on a terminal. `answers` has for the end of each question what is typed, time after time."""
    ours, theirs = pty.openpty()
    clean = {name: value for name, value in os.environ.items() if name != "CI"}
    command = [sys.executable, "-m", "deployer", *arguments]
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env={**clean, **(environ or {})}, start_new_session=True
    )
    os.close(theirs)
    left = {question: [*typed] for question, typed in answers.items()}
    shown, seen = "", 0
    while select.select([ours], [], [], _LONGEST)[0]:
        try:
            shown += os.read(ours, 65536).decode()
        except OSError:  # what a terminal says when nobody is at its other end any more
            break
        for question, typed in left.items():
            if typed and question in shown[seen:]:
                seen = len(shown)
                os.write(ours, typed.pop(0).encode())
                break
    os.close(ours)
    return Talk(shown, process.wait(_LONGEST))
