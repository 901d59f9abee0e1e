"""Which family a plugin type belongs to: task, trigger, condition, task runner, or one that no flow contains.

The last are known only by name: no part of a flow is read as one, so no description contains their classes. Tested on
the engines of all versions (`tests/differential/families.py`).
"""

from __future__ import annotations

from deployer.language.types import Types

CONDITION = "io.kestra.core.models.conditions.Condition"
FAMILIES = {
    "io.kestra.core.models.tasks.Task": "a task",
    "io.kestra.core.models.triggers.AbstractTrigger": "a trigger",
    CONDITION: "a condition",
    "io.kestra.core.models.tasks.runners.TaskRunner": "a task runner",
}
"""The families that the parts of a flow belong to, in words, by their common base class."""

_ELSEWHERE = {
    "io.kestra.plugin.core.dashboard.": ("a part of dashboards", "a dashboard is not a flow"),
    "io.kestra.core.models.assets.": ("an asset", "write assets below `assets` of a task"),
    "io.kestra.plugin.core.preview.": ("a preview of files", "it is not allowed in flows"),
    "io.kestra.storage.": ("a storage of the server", "the server's configuration names it"),
    "io.kestra.repository.": ("a store of the server", "the server's configuration names it"),
}
"""Types of other families, in words, and where they belong, by the prefix of their names."""

_TAKEN_FOR_CONDITIONS = "io.kestra.plugin.core.dashboard.data."
_NOT_TAKEN = ("Executions", "ExecutionsKPI")
"""Types that 1.x refuses as a condition; it accepts all others, as it checks no family before the flow runs."""


def is_of(cls: str, base: str, types: Types) -> bool:
    """Whether a known class belongs to a family."""
    return base in types.types.get(cls, {}).get("is", ())


def taken(cls: str, base: str, types: Types) -> bool:
    """Whether the engine accepts a type where one of this family is required, even if it fails later."""
    if is_of(cls, base, types) or base not in FAMILIES:
        return True
    if base != CONDITION:
        return False
    return cls in types.types or (cls.startswith(_TAKEN_FOR_CONDITIONS) and cls.rpartition(".")[2] not in _NOT_TAKEN)


def belongs(cls: str, types: Types) -> str:
    """Return what a type is and where it belongs, for a hint; empty if unknown."""
    for base, what in FAMILIES.items():
        if is_of(cls, base, types):
            return f"it is {what}: write it below {_PLACES[base]}"
    found = next((words for start, words in _ELSEWHERE.items() if cls.startswith(start)), None)
    return f"it is {found[0]}: {found[1]}" if found else ""


_PLACES = dict(
    zip(FAMILIES, ("`tasks`", "`triggers`", "`conditions`", "`taskRunner` of a task, indented further"), strict=True)
)
