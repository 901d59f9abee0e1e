"""Whether the filters and dependencies of a `Flow` trigger are complete.

Why: a filter of type IN needs `values`, one of type EQUAL_TO needs `value`; Kestra refuses one that lacks it or has the
other. Since 2.0 a trigger that waits for some of several flows must say how many.

Bad:  `type: IN` with `value: a`
Good: `type: IN` with `values: [a, b]`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding
from deployer.language.constraints import Asked
from deployer.language.leaves import as_number, enum_word
from deployer.language.types import Types

_FILTER = "io.kestra.plugin.core.trigger.Flow$Type"
_MODE = "io.kestra.core.models.triggers.multipleflows.MultipleCondition$Mode"
_ONE = [
    "EQUAL_TO",
    "NOT_EQUAL_TO",
    "IS_NULL",
    "IS_NOT_NULL",
    "IS_TRUE",
    "IS_FALSE",
    "STARTS_WITH",
    "ENDS_WITH",
    "REGEX",
    "CONTAINS",
]


def filters(asked: Asked, types: Types) -> Iterator[Finding]:
    """Yield a finding for a filter that lacks the property its type needs, or has another."""
    part = asked.part
    word = enum_word(part.value.get("type"), types.enums.get(_FILTER, ()))
    for prop, needed in (("value", word in _ONE), ("values", word in ("IN", "NOT_IN"))):
        there = part.value.get(prop) is not None
        if needed and not there:
            yield Finding(part.route, f"a filter of type {word} needs `{prop}`")
        elif there and not needed:
            yield Finding((*part.route, prop), f"a filter of type {word} cannot have `{prop}`")


def satisfied(asked: Asked, types: Types) -> Iterator[Finding]:
    """Yield a finding if a trigger does not say how many flows it waits for, or says too many."""
    part = asked.part
    least = as_number(part.value.get("minSatisfied"))
    if least is None and enum_word(part.value.get("mode"), types.enums.get(_MODE, ())) == "AT_LEAST":
        yield Finding(part.route, "mode AT_LEAST needs `minSatisfied`")
    listed = part.value.get("dependsOn")
    for at, each in enumerate(listed if isinstance(listed, list) else ()):
        if each is None and part.value.get("when") is None:  # 2.0.0 fails on it, but not with a `when`
            yield Finding((*part.route, "dependsOn", at), "this item is empty", "name a flow in it, or remove it")
    if least is not None and least > (len(listed) if isinstance(listed, list) else 0):
        yield Finding(
            (*part.route, "minSatisfied"), "`minSatisfied` is greater than the number of flows in `dependsOn`"
        )


CHECK = Check(
    "preconditions", __doc__, on={"PreconditionFilterValidation": filters, "FlowTriggerValidation": satisfied}
)
