"""Whether the properties of an input fit together.

Why: an input with a default always has a value, so it cannot be optional; items of an array are single values; the
default of a FILE must be a file. Kestra refuses anything else.

Bad:  an input with `defaults: a` and `required: false`
Good: an input with `defaults: a`
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deployer.check.base import Check, Finding, FlowFile
from deployer.language.constraints import Asked
from deployer.language.leaves import as_text, enum_word, truth
from deployer.language.parts import Part
from deployer.language.types import Types

_FORM = "io.kestra.core.models.flows.input.FormInput"
_SELECT = "io.kestra.core.models.flows.input.SelectInput"
_MULTISELECT = "io.kestra.core.models.flows.input.MultiselectInput"
_TYPE = "io.kestra.core.models.flows.Type"
_URI = re.compile(r"(?:file|nsfile):(?:[^\x00-\x20\"%<>\\^`{|}\x7f-\xa0]|%[0-9a-fA-F]{2})+")


def input_(asked: Asked, types: Types) -> Iterator[Finding]:
    """Yield a finding if a default contradicts the rest of an input, or a form its contents."""
    part, value = asked.part, asked.part.value
    default, prefill = value.get("defaults") is not None, value.get("prefill") is not None
    default = default or selects_first(part, types)
    if part.cls == _FORM and types.since("1.3"):
        if default or prefill:
            yield Finding(part.route, "a form has no value of its own", "remove `defaults` and `prefill`")
        for below in part.parts.get("inputs", ()):
            if below.cls == _FORM:
                yield Finding(below.route, "a form cannot be inside a form")
    if default and truth(value.get("required")) is False:
        yield Finding(
            (*part.route, "required"), "an input with a default cannot be optional", "remove `required: false`"
        )
    if default and prefill:
        yield Finding(
            (*part.route, "prefill"), "an input cannot have both `defaults` and `prefill`", "remove one of the two"
        )


def first(flow: FlowFile) -> Iterator[Finding]:
    """Yield a finding for every selection without the first value that is its default; 1.0 fails when it stores it."""
    for part in flow.parts if "autoSelectFirst" in flow.document.text else ():
        selects = _is_to_select_first(part) and (part.cls == _MULTISELECT or flow.types.since("2.0"))
        if selects and part.value["values"][0] is None:
            yield Finding((*part.route, "values"), "`autoSelectFirst` needs a first value", "remove the empty item")


def selects_first(part: Part, types: Types) -> bool:
    """Whether the first of the values is the default of an input (since 1.1; asked of 1.0.36 to 2.0.0)."""
    return types.since("1.1") and _is_to_select_first(part)


def _is_to_select_first(part: Part) -> bool:
    value = part.value
    return (
        part.cls in (_SELECT, _MULTISELECT)
        and value.get("defaults") is None
        and bool(truth(value.get("autoSelectFirst")))
        and isinstance(value.get("values"), list)
        and bool(value["values"])
    )


def item_type(asked: Asked, types: Types) -> Iterator[Finding]:
    """Yield a finding if the items of an array or of a selection are not single values."""
    refused = ("ARRAY", "SECRET", "MULTISELECT", "SELECT", "ENUM") if types.since("1.3") else ("ARRAY",)
    word = enum_word(asked.part.value.get("itemType"), types.enums[_TYPE])
    if word in refused:
        yield Finding((*asked.part.route, "itemType"), f"items cannot be {word}")


def file(asked: Asked, types: Types) -> Iterator[Finding]:  # noqa: ARG001
    """Yield a finding if the default of a FILE is neither a local file nor a namespace file."""
    value = asked.part.value.get("defaults")
    if value is not None and not _URI.fullmatch(as_text(value)):
        message = "the default of a FILE must be a `file:` or `nsfile:` URI"
        yield Finding((*asked.part.route, "defaults"), message, "write `nsfile:///data.csv`")


CHECK = Check(
    "inputs",
    __doc__,
    each=first,
    on={
        "InputValidation": input_,
        "ArrayInputValidation": item_type,
        "MultiselectInputValidation": item_type,
        "FileInputValidation": file,
    },
)
