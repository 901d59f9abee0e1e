"""Whether inputs, variables, tasks and variables of triggers that expressions use exist in the flow.

Why: Kestra stores a flow that uses a name which nothing declares, and the task fails when it runs, or no execution can
start. Not checked are names that the flow is prepared to lack, with `??`, `default` or `is defined` anywhere in it;
labels, files and key-values, which are known only when the flow runs; and triggers, which may use another flow's names.

Bad:  `message: "{{ inputs.dya }}"` in a flow with the input `day`
Good: `message: "{{ inputs.day }}"`
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Any

from deployer.check.base import Check, Finding, FlowFile
from deployer.check.references.lacking import expected, unjudged
from deployer.check.rules import dashed_reference
from deployer.language.expression import Use
from deployer.language.leaves import as_text
from deployer.language.tasks import tasks
from deployer.language.texts import mappings
from deployer.language.words import did_you_mean, suggest
from deployer.model.problem import Route, Severity

_PLACES = frozenset({"tasks", "errors", "finally", "afterExecution", "outputs", "inputs", "checks"})
_WORDS = {"inputs": "input", "vars": "variable", "outputs": "task"}
_DECLARED = {"inputs": "declare it in `inputs`", "vars": "declare it in `variables`"}
_ROOTS = frozenset({*_WORDS, "trigger"})
_MEANT = {
    "input": "inputs", "output": "outputs", "var": "vars", "variable": "vars", "variables": "vars",
    "label": "labels", "triggers": "trigger", "env": "envs", "global": "globals",
}  # fmt: skip
"""Names that are no variables of Kestra's, and the one that is meant."""

_REUSED = "REUSABLE_INPUTS"  # an input that stands for inputs in another place
_SETS = "SetVariables"  # a task that makes variables
_TEMPLATE = "flow.Template"  # a task that brings tasks of another place
_FOR_EACH_ITEM = "flow.ForEachItem"
_PARTS = ("split", "items", "merge")  # tasks that a ForEachItem is made of, after its id and `_`

_PACKAGE = "io.kestra.plugin.core"
_REQUEST = ("body", "code", "encryptedBody", "formData", "headers", "uri")
_SCHEDULE = ("date", "next", "previous")
_GIVEN = {
    f"{_PACKAGE}.trigger.Schedule": _SCHEDULE,
    f"{_PACKAGE}.trigger.ScheduleOnDates": _SCHEDULE,
    f"{_PACKAGE}.trigger.Webhook": ("body", "headers", "parameters", "formFields", "parts", "uri"),
    f"{_PACKAGE}.trigger.Flow": (
        "executionId", "namespace", "flowId", "flowRevision", "state", "outputs", "executionLabels",
        "startDate", "endDate", "firstFailedTaskId", "lastTaskId",
    ),
    f"{_PACKAGE}.http.Trigger": _REQUEST,
}  # fmt: skip
"""What triggers give, by their class, in any version: the schemas of their outputs in Kestra 1.3.31 and 2.0.0."""
_GIVEN_BY_A_CALL = ("executionId", "namespace", "flowId", "flowRevision", "taskRunId", "taskRunIteration", "_context")
"""What a `Subflow` gives the flow that it calls."""


def check(flow: FlowFile) -> Iterator[Finding]:
    """Yield a warning for every name that an expression uses and nothing declares."""
    names = _Names(flow)
    missing = [
        (template.route, use)
        for template in flow.templates
        if template.route[0] in _PLACES
        for use in template.reading.uses
        if not use.guarded and names.lack(use)
    ]
    if not missing:
        return
    prepared = expected(flow)
    told: set[tuple[Route, tuple[str, ...]]] = set()
    for route, use in missing:
        place = (route, use.path[:2])
        if place not in told and not {use.path[:1], use.path[:2]} & prepared and not unjudged(flow, route):
            told.add(place)
            yield from names.explain(route, use)


class _Names:
    """The names that a flow declares, collected when they are first asked for; None where they cannot be known."""

    def __init__(self, flow: FlowFile) -> None:
        self._flow = flow
        self._data = flow.document.data

    def lack(self, use: Use) -> bool:
        """Whether nothing in the flow declares what is used."""
        path = use.path
        if len(path) < 2:  # noqa: PLR2004  all of them, or a computed one
            return False
        if path[0] not in _ROOTS:
            return path[0] in _MEANT
        names = self._of(path[0])
        return names is not None and path[1] not in names and not _covered(path, names)

    def _of(self, root: str) -> Collection[str] | None:
        match root:
            case "inputs":
                return self.inputs
            case "vars":
                return self.variables
            case "outputs":
                return self.tasks
        return self.trigger

    @cached_property
    def inputs(self) -> Collection[str] | None:
        """The ids of inputs; those of a form are after its own and a dot."""
        listed = self._data.get("inputs") or []
        if not isinstance(listed, list) or any(
            not isinstance(each, dict) or "id" not in each or each.get("type") == _REUSED for each in listed
        ):
            return None
        return {as_text(each["id"]) for each in listed}

    @cached_property
    def variables(self) -> Collection[str] | None:
        """The keys of `variables`."""
        declared = self._data.get("variables") or {}
        if not isinstance(declared, Mapping) or _SETS in self._flow.document.text:
            return None
        return {as_text(key) for key in declared}

    @cached_property
    def tasks(self) -> Collection[str] | None:
        """Every `id` in the flow, of a task or not: what plugins make of their properties is not known."""
        return None if _TEMPLATE in self._flow.document.text else set(_ids(self._data))

    @cached_property
    def trigger(self) -> Collection[str] | None:
        """What the triggers give; what a call gives if there are none."""
        listed = self._data.get("triggers") or []
        if not isinstance(listed, list):
            return None
        given = set(_GIVEN_BY_A_CALL)
        for each in listed:
            name = each.get("type") if isinstance(each, dict) else None
            names = _GIVEN.get(self._flow.types.plugins.get(name, "")) if isinstance(name, str) else None
            if names is None:
                return None
            given.update(names)
        return given

    def explain(self, route: Route, use: Use) -> Iterator[Finding]:
        """Yield what is wrong with a use, and what to do; nothing where another check says it."""
        root, name, *deeper = use.path
        if root in _MEANT:
            if not self._dashed(route):
                message, hint = f"Kestra has no variable `{root}`", f"did you mean `{_MEANT[root]}.{name}`?"
                yield Finding(route, message, hint)
            return
        known = sorted((self._shown if root == "outputs" else self._of(root)) or ())
        while deeper and any(each.startswith(f"{name}.") for each in known):
            name = f"{name}.{deeper.pop(0)}"
        what = "no trigger of this flow gives" if root == "trigger" else f"this flow has no {_WORDS[root]}"
        if dashed := next((each for each in known if each.startswith(f"{name}-")), ""):
            if self._dashed(route):
                return
            hint = f"write `{root}['{dashed}']`: after a dot, a dash is a minus"
        else:
            hint = (
                did_you_mean(name, known)
                or self._elsewhere(root, name)
                or suggest(name, known)
                or _DECLARED.get(root, "")
            )
        yield Finding(route, f"{what} `{name}`", hint)

    def _dashed(self, route: Route) -> bool:
        """Whether the check `dashed-reference` finds something at a place."""
        places = (
            each.route
            for asked in self._flow.asked("FlowValidation")
            for each in dashed_reference.faults(asked, self._flow.types)
        )
        return any(route[: len(place)] == place for place in places)

    @cached_property
    def _shown(self) -> Collection[str]:
        """The ids of tasks that the engine sees."""
        flow = self._flow.read.flow
        return {as_text(part.value.get("id")) for part in tasks(flow, self._flow.types)} if flow else ()

    def _elsewhere(self, root: str, name: str) -> str:
        """Return a question with the variable of the same name, if there is one."""
        others = (other for other in _WORDS if other != root and name in (self._of(other) or ()))
        return next((f"did you mean `{other}.{name}`?" for other in others), "")


def _covered(path: tuple[str, ...], names: Collection[str]) -> bool:
    """Whether a use reads a name with dots, all or a part of it, or a part of the value."""
    whole = ".".join(path[1:])
    return any(whole.startswith(f"{name}.") or name.startswith(f"{whole}.") or name == whole for name in names)


def _ids(data: Any) -> Iterator[str]:
    for each in mappings(data):
        if (name := each.get("id")) is not None and not isinstance(name, dict | list):
            yield as_text(name)
            if str(each.get("type")).endswith(_FOR_EACH_ITEM):
                yield from (f"{as_text(name)}_{part}" for part in _PARTS)


CHECK = Check("undeclared-name", __doc__, level=Severity.WARNING, each=check)
