"""Which tasks of a flow a test cannot run, and why: they have to be mocked. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from deployer.check.base import FlowFile
from deployer.check.references.callees import CALLERS
from deployer.language.leaves import as_text
from deployer.language.parts import Part
from deployer.language.tasks import WORKING_DIRECTORY, id_of, tasks
from deployer.language.words import short
from deployer.testing.absent import find_absent

_CORE = "io.kestra.plugin.core."
_OUTSIDE = re.compile(
    rf"{re.escape(_CORE)}(?:http\.\w+|kv\.Get\w*|state\.Get|log\.Fetch|execution\.(?:Count|Query\w*|Exists)"
    r"|namespace\.DownloadFiles)"
)
"""Tasks of the core that bring what a new engine does not have, or a network need not give again."""
_PAUSE = f"{_CORE}flow.Pause"


@dataclass(frozen=True, slots=True)
class Need:
    """A task that has to be mocked. `why` ends a sentence about it; `inside` are the tasks that do not run with it."""

    part: Part
    why: str
    inside: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The id of the task."""
        return id_of(self.part)


def needs(flow: FlowFile, declared: Collection[str], has: Callable[[str], bool]) -> Mapping[str, Need]:
    """Return what has to be mocked in a flow, by id, in the order of its tasks.

    `declared` are the paths of the flows that are tested with it; `has` says whether the engine has a plugin's type.
    """
    if flow.read.flow is None:
        return {}
    every = [*tasks(flow.read.flow, flow.types)]
    absent = {each.id: each.type for each in find_absent(flow, ()) if not has(each.type)}
    found = {
        id_of(part): Need(part, why)
        for part in every
        if not flow.tasks.is_disabled(part.route) and (why := _why(part, absent, declared))
    }
    for outer in every:
        inside = {id_of(each): None for each in _below(outer)} if outer.cls == WORKING_DIRECTORY else {}
        if first := next((name for name in inside if name in found), None):
            why = f"Kestra mocks nothing inside of a WorkingDirectory, and `{first}` {found[first].why}"
            found = {name: each for name, each in found.items() if name not in inside}
            found[id_of(outer)] = Need(outer, why, tuple(inside))
    order = {id_of(part): number for number, part in enumerate(every)}
    return dict(sorted(found.items(), key=lambda each: order[each[0]]))


def _why(part: Part, absent: Mapping[str, str], declared: Collection[str]) -> str:
    """Return why a task has to be mocked, empty where it has not."""
    if type_ := absent.get(id_of(part)):
        return f"is a {type_}"
    if part.cls in CALLERS:
        callee = f"{as_text(part.value.get('namespace', ''))}/{as_text(part.value.get('flowId', ''))}"
        return "" if callee in declared else f"calls {callee}, which no file here declares"
    if part.cls == _PAUSE and not part.parts.get("tasks"):
        return "waits for a person"
    return f"is a {short(part.cls)}, which asks the world outside" if _OUTSIDE.fullmatch(part.cls) else ""


def _below(part: Part) -> Iterator[Part]:
    for name in ("tasks", "errors", "finally"):
        for each in part.parts.get(name, ()):
            yield each
            yield from _below(each)
