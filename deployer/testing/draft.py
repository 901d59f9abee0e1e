"""A suite that is about to be written: its data, and what its author has to know of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deployer.model.resource import Key

PLACEHOLDER = "left out"
"""A text in place of one that is not written down."""
_TEMPLATE = re.compile(r"\{(?=[{%#])")
_END_OF_RAW = re.compile(r"\{%-*\s*endraw")
_LINES = re.compile("([\n\r\x85\u2028\u2029])")
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")


class Expression(str):
    """A template that is meant as one."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One test of a flow. `notes` say what is not in it, or has to be filled in: a line each."""

    flow: Key
    case: Mapping[str, Any]
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Making:
    """What is gathered while a case is made: the texts of its files, by name, and the notes."""

    files: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Add a line, once."""
        if text not in self.notes:
            self.notes.append(text)

    def file(self, name: str, where: str) -> Expression:
        """Return the expression of a file with a name of its own, whose content is to be filled in."""
        stem = _UNFIT.sub("-", name).strip("-") or "file"
        number, free = 2, stem
        while free in self.files:
            free, number = f"{number}-{stem}", number + 1
        self.files[free] = f"{PLACEHOLDER}\n"
        self.note(f"{where} is a file: put its content under `files: {free}`")
        return Expression(f"{{{{ files['{free}'] }}}}")


def escaped(value: Any) -> Any:
    """Return outputs of a fixture, which are templates, so that Kestra renders them to this value; without nulls."""
    if isinstance(value, str):
        return str(value) if isinstance(value, Expression) else _raw(value)
    if isinstance(value, Mapping):
        return {_raw(str(name)): escaped(each) for name, each in value.items() if each is not None}
    return [escaped(each) for each in value] if isinstance(value, list) else value


def _raw(text: str) -> str:
    """Return a template that gives this text. Kestra looks for `raw` and its end on one line, before all else."""
    return "".join(_raw_line(line) for line in _LINES.split(text))


def _raw_line(line: str) -> str:
    if not _TEMPLATE.search(line):
        return line
    if _END_OF_RAW.search(line):
        return _TEMPLATE.sub("{% raw %}{{% endraw %}", line)
    return f"{{% raw %}}{line}{{% endraw %}}"


def assert_there(output: str, *, description: str = "") -> dict[str, Any]:
    """Return the assertion that an output of the flow has a value."""
    name = output if re.fullmatch(r"[A-Za-z_]\w*", output) else ""
    found = {"value": f"{{{{ execution.outputs.{name} }}}}" if name else f"{{{{ execution.outputs['{output}'] }}}}"}
    return {**found, "isNotNull": True, **({"description": description} if description else {})}


def case(
    name: str,
    making: Making,
    *,
    description: str,
    inputs: Mapping[str, Any],
    tasks: list[dict[str, Any]],
    trigger: Mapping[str, Any] | None,
    **expected: Any,
) -> dict[str, Any]:
    """Return a case without what would be empty, in the order in which people read one."""
    fixtures = {"inputs": inputs, "files": making.files, "trigger": trigger, "tasks": tasks}
    parts = {"fixtures": {key: each for key, each in fixtures.items() if each}, **expected}
    return {"id": name, "description": description, **{key: each for key, each in parts.items() if each}}
