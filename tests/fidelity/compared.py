"""One recorded answer beside one of ours: where they differ, in status, media type, every key and value of the JSON.

Not compared: moments, threads, and how long something took. What is called anew in each run, executions for one, must
be called the same wherever the recording does so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from types import MappingProxyType
from typing import Any

from fidelity.recorded import Answer

ABSENT = "(absent)"
_IDENTIFIER = re.compile(r"\b(?=\w*[A-Z])[0-9A-Za-z]{20,22}\b")
_LASTED = re.compile(r"PT[\d.]+S")
_FLEETING = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "(moment)"),
    (re.compile(r"\bworker_\d+"), "(thread)"),
)
_NAMING = ("key", "state", "id", "taskId", "flowId", "path")
"""The keys by whose value an object in a list is known, the first that it has; identifiers of runs do not count."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`path` leads to the value (`/tasks/[hello]/type`); recorded or served is ABSENT where only the other has it."""

    path: str
    recorded: Any
    served: Any

    def __str__(self) -> str:
        return f"{self.path}: recorded {self.recorded!r}, served {self.served!r}"


class Names:
    """What the engine calls the things of the recording, which are called anew in each run: executions, task runs."""

    def __init__(self, served: Mapping[str, str] = MappingProxyType({})) -> None:
        self._served = dict(served)

    def copy(self) -> Names:
        """Return names that learn without these learning too."""
        return Names(self._served)

    def carried(self, text: str) -> str:
        """Return a text of the recording with our identifiers in place of the recorded ones."""
        return _IDENTIFIER.sub(lambda match: self._served.get(match.group(), match.group()), text)

    def learn(self, recorded: str, served: str) -> None:
        """Take what is served for what was recorded, unless the recorded thing was met before."""
        if _IDENTIFIER.fullmatch(recorded) and _IDENTIFIER.fullmatch(served):
            self._served.setdefault(recorded, served)


def differences(recorded: Answer, served: Answer, names: Names) -> list[Difference]:
    """Return every difference between the answers; `names` learns what is met for the first time."""
    found = [Difference("status", recorded.status, served.status)] if recorded.status != served.status else []
    if recorded.media_type != served.media_type:
        found.append(Difference("media type", recorded.media_type, served.media_type))
    return [*found, *values("", recorded.body, served.body, names)]


def values(path: str, recorded: Any, served: Any, names: Names) -> Iterator[Difference]:
    """Yield every difference between two values of answers; `path` is where they stand."""
    match recorded, served:
        case dict(), dict():
            for key in (*recorded, *(key for key in served if key not in recorded)):
                yield from values(f"{path}/{key}", recorded.get(key, ABSENT), served.get(key, ABSENT), names)
        case list(), list():
            yield from _lists(path, recorded, served, names)
        case str(), str():
            names.learn(recorded, served)
            carried = names.carried(recorded)
            if comparable(path, carried) != comparable(path, served):
                yield Difference(path or "/", carried, served)
        case _ if recorded != served:
            yield Difference(path or "/", recorded, served)


def _lists(path: str, recorded: Sequence[Any], served: Sequence[Any], names: Names) -> Iterator[Difference]:
    """Compare two lists whose elements are found again by what they are called, so that one more is one difference."""
    if path.endswith("/errors"):  # several errors come in any order
        recorded, served = sorted(recorded, key=str), sorted(served, key=str)
    if any(isinstance(each, dict) and "timestamp" in each for each in recorded):  # so do log entries of one millisecond
        recorded, served = (
            sorted(each, key=lambda entry: names.carried(entry["message"])) for each in (recorded, served)
        )
    called = [_called(each) for each in recorded], [_called(each) for each in served]
    for tag, low, high, from_, to in SequenceMatcher(None, *called, autojunk=False).get_opcodes():
        for step in range(max(high - low, to - from_)):
            before = recorded[low + step] if low + step < high else ABSENT
            now = served[from_ + step] if from_ + step < to else ABSENT
            name = _called(now if before == ABSENT else before)
            yield from values(f"{path}/[{name if tag != 'equal' or name else low + step}]", before, now, names)


def _called(element: Any) -> str:
    """Return what an element of a list is known by; elements without a name are alike."""
    if not isinstance(element, dict):
        return ""
    named = (element.get(key) for key in _NAMING)
    return next((name for name in named if isinstance(name, str) and not _IDENTIFIER.fullmatch(name)), "")


def comparable(path: str, text: str) -> str:
    """Return a text of an answer without what differs from run to run, and the lines of several errors in one order."""
    if path.endswith("/duration") and "/state/" in path and _LASTED.fullmatch(text):
        return "(lasted)"
    for pattern, name in _FLEETING:
        text = pattern.sub(name, text)
    if not path:  # the text of a log
        return "\n".join(sorted(text.split("\n")))
    if path.endswith(("/message", "/constraints")) and text.endswith("\n"):
        head, found, lines = text.rpartition("entity: ")
        return head + found + "\n".join(sorted(lines.split("\n")))
    return text
