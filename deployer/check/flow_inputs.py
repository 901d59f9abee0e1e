"""The inputs of a flow, as those see them who start it: their full names, and whether they need a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from deployer.check.rules.input_paths import leaves
from deployer.check.rules.input_values import kind_of
from deployer.check.sent_values import sent
from deployer.language.leaves import as_text, truth
from deployer.language.parts import Part
from deployer.language.types import Types
from deployer.language.words import did_you_mean

_MAY_BE_EMPTY = ("String", "Email")
_ELSEWHERE = "ReusableInputs"  # its inputs are in another place than the flow


def inputs_of(flow: Part | None, types: Types) -> dict[str, Part]:
    """Return a flow's inputs by their full names; inputs of a form depend on what the form depends on."""
    found: dict[str, Part] = {}
    forms = {f"{as_text(part.value.get('id'))}.": part for part in flow.parts.get("inputs", ())} if flow else {}
    for path, part in leaves(flow, types) if flow else ():
        form = next((form for start, form in forms.items() if path.startswith(start) and "inputs" in form.parts), None)
        if form and form.value.get("dependsOn") is not None:
            part = replace(part, value={"dependsOn": True, **part.value})  # noqa: PLW2901
        found.setdefault(path, part)
    return found


def are_all(inputs: Mapping[str, Part]) -> bool:
    """Whether no inputs of another place belong to the flow."""
    return not any(kind_of(each) == _ELSEWHERE for each in inputs.values())


def is_required(part: Part) -> bool:
    """Whether an execution needs a value for an input, as far as can be known."""
    value = part.value
    first = truth(value.get("autoSelectFirst"))
    return (
        truth(value.get("required")) is not False
        and value.get("defaults") is None
        and value.get("dependsOn") is None
        and not first
        and kind_of(part) != _ELSEWHERE
    )


def is_nothing(part: Part, value: Any) -> bool:
    """Whether a value counts as none."""
    return value is None or (sent(value) == "" and kind_of(part) not in _MAY_BE_EMPTY)


def meant(path: str, inputs: Iterable[str]) -> str:
    """Return which input may be meant by a name that is none, or which there are."""
    names = list(inputs)
    listed = f"its inputs are {', '.join(f'`{each}`' for each in names)}" if names else "it has no inputs"
    return did_you_mean(path, names) or listed
