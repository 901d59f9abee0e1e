"""Whether a flow uses deprecated types or properties, or the old name of a type.

Why: they still work, but a later version of Kestra removes them; 2.0 removed most of what 1.x deprecated.

Bad:  `type: io.kestra.plugin.core.flow.EachSequential`
Good: `type: io.kestra.plugin.core.flow.ForEach`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding, FlowFile
from deployer.language.gone import INPUTS
from deployer.language.parts import Part
from deployer.language.words import short
from deployer.model.problem import Route, Severity

NAME = "deprecated"

INSTEAD = {
    "taskDefaults": "pluginDefaults",
    "maxAttempt": "maxAttempts",
    "minLogLevel": "logLevel",
    "sslOptions": "options",
    "extension": "allowedFileExtensions",
    "scheduleConditions": "conditions",
    "name": "id",
    "basicAuthUser": "auth",
    "basicAuthPassword": "auth",
    "connectTimeout": "timeout",
    "readIdleTimeout": "timeout",
    "proxyAddress": "proxy",
    "proxyPort": "proxy",
    "proxyType": "proxy",
    "proxyUsername": "proxy",
    "proxyPassword": "proxy",
}
"""Replacements of deprecated properties whose class does not name one; used only if the class has the new one."""


def check(flow: FlowFile) -> Iterator[Finding]:
    """Yield a warning for every deprecated type and property, and for every old name."""
    known = flow.types.deprecated
    seen: set[Route] = set()
    for part in flow.parts:
        deprecated = known.get(part.cls, {})
        for name in deprecated:
            if name in part.value and (route := _route_of(flow, part, name)) not in seen:
                seen.add(route)
                yield _finding(flow, part, name, route)
        kind = part.value.get("type")
        if isinstance(kind, str) and flow.types.plugins.get(kind, kind) != kind and "type" not in deprecated:
            message = f"`{kind}` is an old name of this type"
            hint = f"write `{part.cls}`"
            yield Finding((*part.route, "type"), message, hint)


def _route_of(flow: FlowFile, part: Part, name: str) -> Route:
    """Return the route of a property: in the part itself, or in the plugin defaults that it comes from."""
    route = (*part.route, name)
    if flow.value(route) is not None:
        return route
    for field in ("pluginDefaults", "taskDefaults"):
        listed = flow.document.data.get(field)
        for at in range(len(listed) if isinstance(listed, list) else 0):
            for end in range(len(route)):  # inside a default only the end of the route applies
                place = (field, at, "values", *route[end:])
                if flow.value(place) is not None:
                    return place
    return route


def _finding(flow: FlowFile, part: Part, name: str, route: Route) -> Finding:
    types = flow.types
    said = types.deprecated[part.cls][name]
    value, instead = part.value[name], said
    if not said and name == "type":
        instead = f"`{INPUTS[value]}`" if value in INPUTS else ""
    elif not said and INSTEAD.get(name) in types.of(part.cls)["props"]:
        instead = f"`{INSTEAD[name]}`"
    what = f"type `{value}`" if name == "type" else f"`{name}` of {short(part.cls)}"
    hint = f"use {instead}" if instead else ""
    return Finding(route, f"{what} is deprecated", hint, at_key=name != "type")


CHECK = Check(NAME, __doc__, level=Severity.WARNING, each=check)
