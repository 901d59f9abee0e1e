"""The engine's plugins: their types, schemas, documentation and icons. These paths have no tenant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from starlette.responses import Response

from deployer.engine.http.exchange.answers import as_json, json_text, object_text
from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.media import JSON
from deployer.engine.http.exchange.refusal import not_converted, not_found
from deployer.engine.http.exchange.route import Route

_KINDS = ("Tasks", "Triggers", "Conditions", "TaskRunners", "LogExporters", "Apps", "AppBlocks", "AdditionalPlugins")
_CACHED = {"Cache-Control": "public, max-age=3600"}
_ALERT = re.compile(r'^::alert\{type="(.*?)"\}$', re.MULTILINE)
_ALERT_END = re.compile("^::$", re.MULTILINE)


def plugins(call: Call) -> Response:
    """Return every plugin, with its types."""
    return _answer_list(call, [call.core("docs.Plugin").of(plugin, None) for plugin in _all_plugins(call)])


def groups(call: Call) -> Response:
    """Return every plugin, and each of its groups."""
    kind, registered = call.core("docs.Plugin"), list(_all_plugins(call))
    found = [kind.of(plugin, None) for plugin in registered]
    found += [kind.of(plugin, group) for plugin in registered for group in plugin.subGroupNames()]
    return _answer_list(call, found)


def schema(call: Call) -> Response:
    """Return the JSON Schema of flows, tasks, triggers …, including everything that this engine's plugins allow."""
    found = call.bean("docs.JsonSchemaCache").getSchemaForType(_schema_type(call), call.flag("arrayOf"))
    return _answer_cacheable(json_text(call.kestra, found))


def properties(call: Call) -> Response:
    """Return the properties of such a schema only."""
    return _answer_cacheable(
        json_text(call.kestra, call.bean("docs.JsonSchemaCache").getPropertiesForType(_schema_type(call)))
    )


def inputs(call: Call) -> Response:
    """Return the types of inputs, with their classes."""
    types = call.core("models.flows.Type").values()
    return _answer_list(call, [call.core("docs.InputType")(each.name(), each.cls().getName()) for each in types])


def input_documentation(call: Call) -> Response:
    """Return the documentation and schema of a type of input."""
    try:
        kind = call.core("models.flows.Type").valueOf(call.path["type"])
    except call.java("java.lang.IllegalArgumentException") as error:
        raise not_converted("type", call.path["type"], str(error.getMessage())) from None
    documented = call.core("docs.ClassInputDocumentation").of(call.bean("docs.JsonSchemaGenerator"), kind.cls())
    return _documentation(call, documented, None)


def documentation(call: Call) -> Response:
    """Return the documentation and schema of a type, with common properties if `all`; 404 for an unknown type."""
    name = call.path["cls"]
    found = call.bean("plugins.PluginRegistry").findMetadataByIdentifier(name)
    if found.isEmpty():
        raise not_found(f"Class '{name}' doesn't exists ")
    generator = call.bean("docs.JsonSchemaGenerator")
    version = call.path.get("version")
    documented = call.core("docs.ClassPluginDocumentation").of(generator, found.get(), version, call.flag("all"))
    return _documentation(call, documented, documented.getOutputsSchema())


def versions(call: Call) -> Response:
    """Return the versions of a type: none, as the open-source edition has no versioned plugins."""
    name = call.path["cls"]
    known = call.bean("plugins.PluginRegistry").getAllVersionsForType(name)
    return Response(object_text(call, type=name, versions=known), media_type=JSON)


def icons(call: Call) -> Response:
    """Return the icon (SVG in Base64) of every type and every alias."""
    icon, flowable = call.core("docs.PluginIcon"), call.core("models.tasks.FlowableTask").class_
    found = call.java("java.util.HashMap")()
    for plugin, name, kind in _types(call):
        entry = icon(name.rpartition(".")[2].rpartition("$")[2], plugin.icon(kind), flowable.isAssignableFrom(kind))
        found.putIfAbsent(name, entry)
    return _answer_cacheable(json_text(call.kestra, found))


def group_icons(call: Call) -> Response:
    """Return the icon of every plugin and of each of its groups."""
    icon, found = call.core("docs.PluginIcon"), call.java("java.util.HashMap")()
    for plugin in _all_plugins(call):
        if plugin.group() is not None:
            found.put(plugin.group(), icon("plugin-icon", plugin.icon("plugin-icon"), False))
            for group in plugin.subGroupNames():
                found.put(group, icon("plugin-icon", plugin.icon(group), False))
    return _answer_cacheable(json_text(call.kestra, found))


def _answer_list(call: Call, found: Iterable[Any]) -> Response:
    return as_json(call, call.java("java.util.ArrayList")(found))


def _all_plugins(call: Call) -> Any:
    return call.bean("plugins.PluginRegistry").plugins()


def _types(call: Call) -> Iterator[tuple[Any, str, Any]]:
    """Yield (plugin, name, class) of every type that has an icon, aliases last."""
    for plugin in _all_plugins(call):
        for getter in (f"get{kind}" for kind in _KINDS):
            for kind in getattr(plugin, getter)() if hasattr(plugin, getter) else ():  # 2.x has no conditions
                yield plugin, str(kind.getName()), kind
    for plugin in _all_plugins(call):
        for alias in plugin.getAliases().values():
            yield plugin, str(alias.getKey()), alias.getValue()


def _schema_type(call: Call) -> Any:
    try:
        return call.core("docs.SchemaType").fromString(call.path["type"])
    except call.java("java.lang.IllegalArgumentException") as error:
        raise not_converted("type", call.path["type"], str(error.getMessage())) from None


def _documentation(call: Call, documented: Any, outputs: Any) -> Response:
    text = str(call.core("docs.DocumentationGenerator").render(documented))
    text = _ALERT_END.sub(":::", _ALERT.sub(call.runtime.alert, text))
    schema = call.core("docs.Schema")(documented.getPropertiesSchema(), outputs, documented.getDefs())
    return _answer_cacheable(json_text(call.kestra, call.core("docs.DocumentationWithSchema")(text, schema)))


def _answer_cacheable(text: str) -> Response:
    return Response(text, media_type=JSON, headers=_CACHED)


_AT = "/api/v1/plugins"
ROUTES = (
    Route("GET", _AT, plugins),
    Route("GET", _AT + "/groups/subgroups", groups),
    Route("GET", _AT + "/schemas/{type}", schema),
    Route("GET", _AT + "/properties/{type}", properties),
    Route("GET", _AT + "/inputs", inputs),
    Route("GET", _AT + "/inputs/{type}", input_documentation),
    Route("GET", _AT + "/icons", icons),
    Route("GET", _AT + "/icons/groups", group_icons),
    Route("GET", _AT + "/{cls}", documentation),
    Route("GET", _AT + "/{cls}/versions", versions),
    Route("GET", _AT + "/{cls}/versions/{version}", documentation),
)
