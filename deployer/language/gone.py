"""What Kestra 2.0 removed, and what to write instead.

The descriptions of the versions (`types/`) know what was removed; these tables know what replaces it. They follow
Kestra's migration guide (kestra.io/docs/migration-guide/v2.0.0) as far as it agrees with the engine, and have every
type, property and word that a 1.x version has and 2.0.0 does not. `tests/language/test_gone.py` tests each on both
engines.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from deployer.language.types import Types, base_of_stranger, former
from deployer.language.words import gone_since
from deployer.model.problem import Effort

_GUIDE = "https://kestra.io/docs/migration-guide/v2.0.0"


class Instead(NamedTuple):
    """What to write instead, and how much effort that takes."""

    hint: str
    effort: Effort


def _rename(hint: str) -> Instead:
    return Instead(hint, Effort.RENAME)


def _rewrite(hint: str, page: str = "") -> Instead:
    return Instead(f"{hint}, see {_GUIDE}/{page}" if page else hint, Effort.REWRITE)


_AUTH, _WHEN = "sdk-authentication", "trigger-conditions-redesign"

_LOOP = _rewrite("use `io.kestra.plugin.core.flow.Loop`, with `{{ item.value }}` for the value", "foreach-loop")
_LOOP_OF_BATCHES = _rewrite(
    "use `io.kestra.plugin.core.flow.Loop`, around a `Subflow` task if every batch must be an execution",
    "foreach-loop",
)
_TEMPLATE = _rewrite("turn the template into a flow and call it with `io.kestra.plugin.core.flow.Subflow`")
_API = "use `io.kestra.plugin.kestra.{}` of plugin-kestra, which calls Kestra's API and needs `auth`"
_STATE = "use `io.kestra.plugin.core.kv.{}`, which takes `key` in place of `name`"

TYPES: Mapping[str, Instead] = {
    "io.kestra.plugin.core.debug.Echo": _rename(
        "use `io.kestra.plugin.core.log.Log`, with `message` in place of `format`"
    ),
    "io.kestra.plugin.core.execution.Count": _rewrite(_API.format("executions.Count"), _AUTH),
    "io.kestra.plugin.core.execution.Resume": _rewrite(_API.format("executions.Resume"), _AUTH),
    "io.kestra.plugin.core.flow.EachParallel": _LOOP,
    "io.kestra.plugin.core.flow.EachSequential": _LOOP,
    "io.kestra.plugin.core.flow.ForEach": _LOOP,
    "io.kestra.plugin.core.flow.ForEachItem": _LOOP_OF_BATCHES,
    "io.kestra.plugin.core.flow.ForEachItem$ForEachItemExecutable": _LOOP_OF_BATCHES,
    "io.kestra.plugin.core.flow.ForEachItem$ForEachItemMergeOutputs": _LOOP_OF_BATCHES,
    "io.kestra.plugin.core.flow.ForEachItem$ForEachItemSplit": _LOOP_OF_BATCHES,
    "io.kestra.plugin.core.flow.Template": _TEMPLATE,
    "io.kestra.plugin.core.flow.Template$ExecutorTemplate": _TEMPLATE,
    "io.kestra.plugin.core.log.Fetch": _rewrite(_API.format("logs.Fetch"), _AUTH),
    "io.kestra.plugin.core.state.Delete": _rewrite(_STATE.format("Delete")),
    "io.kestra.plugin.core.state.Get": _rewrite(_STATE.format("Get")),
    "io.kestra.plugin.core.state.Set": _rewrite(_STATE.format("Set")),
    "io.kestra.plugin.core.storage.LocalFiles": _rewrite(
        "use `inputFiles` and `outputFiles` of the task that reads or creates the files"
    ),
    "io.kestra.plugin.core.trigger.Toggle": _rewrite(_API.format("triggers.Toggle"), _AUTH),
}
"""By class; trigger conditions are covered by `conditions`."""

_DEFAULTS = _rewrite("write the values at each task, or as `variables`", "plugin-defaults-removed")

RENAMED = {"delay": "pauseDuration", "maxAttempt": "maxAttempts", "minLogLevel": "logLevel", "name": "id"}
RENAMED |= {"options": "values"}
"""Properties that have a new name for the same value."""

PROPERTIES: Mapping[str, Instead] = {
    **{name: _rename(f"write `{now}`") for name, now in RENAMED.items()},
    "allowFailed": _rename("write `allowFailed` in `options`"),
    "backfill": _rename("remove it"),
    "basicAuthPassword": _rename("write `auth: {type: BASIC, username: …, password: …}`"),
    "basicAuthUser": _rename("write `auth: {type: BASIC, username: …, password: …}`"),
    "conditions": _rewrite("write it as an expression in `when`", _WHEN),
    "connectTimeout": _rename("write `timeout: {connectTimeout: …}`"),
    "connectionPoolIdleTimeout": _rename("remove it"),
    "expiredOnly": _rename("write `behavior: {type: key, expiredOnly: …}`"),
    "extension": _rename("write `allowedFileExtensions`, a list"),
    "listeners": _rewrite("move the tasks to a flow of their own, with a `Flow` trigger"),
    "logLevel": _rename("write `logs`, a list"),
    "maxContentLength": _rename("remove it"),
    "outputs": _rewrite("declare `outputs` in the flow that is called"),
    "pluginDefaults": _DEFAULTS,
    "pluginDefaultsRef": _DEFAULTS,
    "preconditions": _rewrite("write `dependsOn`, and `window` for a time window", _WHEN),
    "proxyAddress": _rename("write `proxy: {address: …}`"),
    "proxyPassword": _rename("write `proxy: {password: …}`"),
    "proxyPort": _rename("write `proxy: {port: …}`"),
    "proxyType": _rename("write `proxy: {type: …}`"),
    "proxyUsername": _rename("write `proxy: {username: …}`"),
    "readIdleTimeout": _rename("write `timeout: {readIdleTimeout: …}`"),
    "readTimeout": _rename("write `timeout: {readIdleTimeout: …}`"),
    "scheduleConditions": _rewrite("write it as an expression in `when`", _WHEN),
    "sslOptions": _rename("write `ssl` in `options`"),
    "taskDefaults": _DEFAULTS,
    "tasks": _rewrite("move the tasks after the pause"),
    "workerGroup": _rename("write `workerSelector: {tags: […]}` with the group's key as a tag"),
}
"""By name alone: no two classes lost properties of the same name with different replacements."""

INPUTS = {"BOOLEAN": "BOOL", "ENUM": "SELECT"}
"""New names of input types that 1.x deprecated."""

WORDS: Mapping[str, Instead] = {
    **{word: _rename(f"write `{now}`") for word, now in INPUTS.items()},
    "filter json": _rename("write `toJson`"),
    "function json": _rename("write `fromJson`"),
    "function currentEachOutput": _rewrite("use `outputs` in a `Loop` task, as elsewhere", "foreach-loop"),
}
"""Words of inputs, and of expressions."""


def property_gone_since(cls: str, name: str, types: Types) -> str:
    """Return the version that removed a property from a class; empty if none did."""
    base = base_of_stranger(cls)
    return gone_since(
        types, lambda other: name in (other.kind(base) if base else other.types.get(cls, {})).get("props", {})
    )


def type_instead(name: str, types: Types) -> Instead | None:
    """Return what to write instead of a type that this version no longer has, by its current or an old name."""
    was = former(name, types)
    if was and was[0] in types.plugins:
        return _rename(f"write `{was[0]}`")
    return TYPES.get(was[0]) if was else None
