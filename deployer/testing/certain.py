"""Whether an output of a flow is the same in a test as in the execution that was recorded. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from deployer.check.base import FlowFile
from deployer.check.expressions import Template
from deployer.check.flow_inputs import inputs_of
from deployer.check.references.callees import CALLERS
from deployer.check.rules.input_values import kind_of
from deployer.language.leaves import as_text
from deployer.language.tasks import id_of

_VARIES = re.compile(
    r"\b(?:now|uuid|nanoId|ksuid|random\w*|kv|read|fileURI|envs)\s*\("
    r"|\b(?:execution|taskrun)\.(?!outputs|state|value|attemptsCount)\w+|\benvs?\."
)
_SECRET = re.compile(r"\bsecret\s*\(")


class Certainty:
    """Follows what an output of a flow is made of: `left` are the paths of what was left out of fixtures."""

    def __init__(
        self, flow: FlowFile, mocked: Collection[str], left: Collection[str], callees: Mapping[str, FlowFile]
    ) -> None:
        self._flow, self._mocked, self._left, self._callees = flow, mocked, left, callees
        self._templates: dict[tuple[str, str], list[Template]] = {}
        for template in flow.templates:
            self._templates.setdefault(self._holder(template), []).append(template)
        inputs = inputs_of(flow.read.flow, flow.types)
        self._secret = {path for path, part in inputs.items() if kind_of(part) == "Secret"}

    def doubt(self, output: str) -> str:
        """Return why an output may be another in a test, or may not be written; empty where neither is so."""
        seen: set[tuple[str, str]] = set()
        todo = [("output", output)]
        while todo:
            place = todo.pop()
            if place in seen:
                continue
            seen.add(place)
            if place[0] == "task" and (why := self._callee(place[1])):
                return why
            for template in self._templates.get(place, ()):
                if why := _of_text(template.text):
                    return why
                for use in template.reading.uses:
                    if why := self._of_use(use.path):
                        return why
                    todo += self._next(use.path)
        return ""

    def _holder(self, template: Template) -> tuple[str, str]:
        """Return what a template belongs to."""
        match template.route:
            case ("outputs", int(number), *_):
                return "output", as_text(self._flow.value(("outputs", number, "id")))
            case ("variables", name, *_):
                return "variable", str(name)
        task = self._flow.tasks.at(template.route)
        return ("task", id_of(task)) if task else ("", "")

    def _of_use(self, path: tuple[str, ...]) -> str:
        if path[0] == "inputs" and any(".".join(path[1:]).startswith(each) for each in self._secret):
            return "it is made of a secret"
        name = f"{'.'.join(path)}."
        hit = any(name.startswith(f"{each}.") or f"{each}.".startswith(name) for each in self._left)
        return "it is made of what was left out" if hit else ""

    def _next(self, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        match path:
            case ("outputs", name, *_) if name not in self._mocked:
                yield "task", name
            case ("vars", name, *_):
                yield "variable", name

    def _callee(self, task: str) -> str:
        part = self._flow.tasks.named(task)
        if part is None or part.cls not in CALLERS:
            return ""
        path = f"{as_text(part.value.get('namespace', ''))}/{as_text(part.value.get('flowId', ''))}"
        callee = self._callees.get(path)
        return _of_text(callee.document.text) if callee else ""


def _of_text(text: str) -> str:
    if _SECRET.search(text):
        return "it is made of a secret"
    found = _VARIES.search(text)
    return f"it depends on `{found[0].rstrip(' (')}`" if found else ""
