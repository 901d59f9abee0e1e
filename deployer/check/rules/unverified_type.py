"""Whether the types of plugins outside Kestra's core could be checked.

Why: only the plugin itself knows its properties. Without a description of the plugin, only the properties that every
task has are checked. This notice says so; it is not an error.

Bad:  `type: io.kestra.plugin.aws.s3.Upload` without a description of the plugin
Good: the same type, after `kestra-deployer schema pull`
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deployer.check.base import Check, Finding, FlowFile
from deployer.language.nearest import core_type, is_class_name
from deployer.language.readers import SCRIPTS
from deployer.model.plugin import plugins_of
from deployer.model.problem import Severity

_NOW = {
    f"{SCRIPTS}Bash": "io.kestra.plugin.scripts.shell.Commands",
    f"{SCRIPTS}Node": "io.kestra.plugin.scripts.node.Script",
    f"{SCRIPTS}Python": "io.kestra.plugin.scripts.python.Script",
}
"""What replaces old names of a plugin."""


def check(flow: FlowFile) -> Iterator[Finding]:
    """Yield a notice for every type that cannot be checked."""
    for route, name in flow.read.unverified:
        if core_type(name, flow.types) or not is_class_name(name):
            continue  # `misspelled-type` reports it
        message = f"`{name}` belongs to a plugin that is not described yet, so only common properties were checked"
        hint = f"this is an old name: use `{_NOW[name]}`" if name in _NOW else command([name])
        yield Finding(route, message, hint, subject=name)


def command(types: Iterable[str]) -> str:
    """Return the command that describes the plugins of these types, and what they are called at Maven Central."""
    plugins = plugins_of(types)
    strangers = plugins.pop("", [])
    if not plugins:
        return "describe it with its jar: kestra-deployer schema pull --plugins JAR"
    names = ", ".join(plugin.removeprefix("io.kestra.plugin:") for plugin in plugins)
    more = "; give the jars of the others with --plugins" if strangers else ""
    return f"describe {names}: kestra-deployer schema pull --missing{more}"


CHECK = Check("unverified-type", __doc__, level=Severity.NOTICE, each=check)
