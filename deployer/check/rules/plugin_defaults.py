"""Whether plugin defaults have a type, and only properties that the plugin has.

Why: Kestra (before 2.0) refuses a flow with defaults for a property that the plugin does not have.

Bad:  `values: {mesage: hello}` for `io.kestra.plugin.core.log.Log`
Good: `values: {message: hello}`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding
from deployer.language.constraints import Asked
from deployer.language.leaves import as_text
from deployer.language.types import Types
from deployer.language.words import did_you_mean


def faults(asked: Asked, types: Types) -> Iterator[Finding]:
    """Yield a finding for defaults that are incomplete, or that set an unknown property."""
    part = asked.part
    values, name = part.value.get("values"), part.value.get("type")
    if not isinstance(values, dict):
        yield Finding(part.route, "these defaults have no `values`")
        return
    if name is None or not as_text(name).strip():
        yield Finding(part.route, "these defaults have no `type`", "set it to a task type, or to a prefix of several")
        return
    cls = types.plugins.get(as_text(name))
    if cls is None or cls not in types.types:
        return
    described = types.types[cls]
    known = {name.lower() for name in described["props"] if name not in described["hidden"]}.union(described["gets"])
    for prop, value in values.items():
        if value is not None and prop.lower() not in known:
            hint = did_you_mean(prop, described["props"])
            yield Finding((*part.route, "values", prop), f"`{name}` has no property `{prop}`", hint)


CHECK = Check("plugin-defaults", __doc__, on={"PluginDefaultValidation": faults})
