"""Which family a type of plugin is of: a task, a trigger, a condition; and those of Kestra's own that no flow holds.

The last are known by name alone: nothing in a flow is read as one, so their classes are in no description. What is
said of them here was asked of the engines of all versions (`tests/differential/families.py`).
"""

from __future__ import annotations

from deployer.language.types import Types

CONDITION = "io.kestra.core.models.conditions.Condition"
FAMILIES = {
    "io.kestra.core.models.tasks.Task": "a task",
    "io.kestra.core.models.triggers.AbstractTrigger": "a trigger",
    CONDITION: "a condition",
}
"""The families that a flow's parts are of, in words, by the class that all of one have above them."""

_ELSEWHERE = {
    "io.kestra.plugin.core.runner.": ("a task runner", "write it below `taskRunner` of a task, indented further"),
    "io.kestra.plugin.core.dashboard.": ("a part of dashboards", "dashboards are no flows"),
    "io.kestra.core.models.assets.": ("an asset", "assets stand below `assets` of a task"),
    "io.kestra.plugin.core.preview.": ("a preview of files", "flows have none"),
    "io.kestra.storage.": ("a storage of the server", "the server's configuration names it"),
    "io.kestra.repository.": ("a store of the server", "the server's configuration names it"),
}
"""What types of other families are, and where they belong, by what their names begin with."""

_TAKEN_FOR_CONDITIONS = ("io.kestra.plugin.core.runner.", "io.kestra.plugin.core.dashboard.data.")
_NOT_TAKEN = ("Executions", "ExecutionsKPI")
"""Types that 1.x takes for a condition, as it looks at no condition's family before the flow runs; but for these."""


def is_of(cls: str, base: str, types: Types) -> bool:
    """Whether a class that is known is of a family."""
    return base in types.types.get(cls, {}).get("is", ())


def taken(cls: str, base: str, types: Types) -> bool:
    """Whether the engine takes a type where one of this family has to stand, whatever becomes of it later."""
    if is_of(cls, base, types) or base not in FAMILIES:
        return True
    if base != CONDITION:
        return False
    return cls in types.types or (cls.startswith(_TAKEN_FOR_CONDITIONS) and cls.rpartition(".")[2] not in _NOT_TAKEN)


def belongs(cls: str, types: Types) -> str:
    """Return what a type is and where it belongs, for a hint; empty where that is not known."""
    for base, what in FAMILIES.items():
        if is_of(cls, base, types):
            return f"it is {what}: write it below `{_LISTS[base]}`"
    found = next((told for start, told in _ELSEWHERE.items() if cls.startswith(start)), None)
    return f"it is {found[0]}: {found[1]}" if found else ""


_LISTS = dict(zip(FAMILIES, ("tasks", "triggers", "conditions"), strict=True))
