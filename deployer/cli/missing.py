"""Describes the plugins whose types the flows use and nothing describes yet, in versions that are found by trying."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from deployer.check.rules.unverified_type import CHECK
from deployer.checking import check_files
from deployer.cli.embedded import described
from deployer.cli.options import Configured
from deployer.cli.streams import note
from deployer.engine.install.maven import releases
from deployer.engine.install.newest import find_fitting
from deployer.engine.process.launch import Described
from deployer.errors import UsageError
from deployer.language import pulled
from deployer.language.pulled import Pulled
from deployer.language.types import types_of
from deployer.model.plugin import Coordinate, plugins_of
from deployer.model.request import Checkout, Command, Request
from deployer.model.version import named
from deployer.read.everything import read_all


def describe_missing(asked: Configured, paths: Sequence[Path], version: str, before: Pulled | None) -> Pulled:
    """Return what is described for a version of Kestra, with the plugins that the flows use and that were not yet.

    Raises UsageError where nothing is missing, or none of it can be described; EngineError without Maven Central.
    """
    plugins = plugins_of(_missing_types(asked, paths, version, before))
    if not plugins:
        raise UsageError("the flows use no plugin that is not described", hint="nothing was written")
    if strangers := plugins.pop("", []):
        note(f"not Kestra's own, so their jars are not known; give them with --plugins: {', '.join(strangers)}")
    there = {tuple(plugin.split(":")): releases(*plugin.split(":")) for plugin in plugins}
    for (group, artifact), versions in there.items():
        if not versions:
            note(f"{group}:{artifact} is not at Maven Central; give the jar with --plugins")
    kestra = named(version)

    def load(coordinates: Sequence[Coordinate]) -> Described:
        return described(kestra, plugins=coordinates)

    fitting = find_fitting({(group, name): versions for (group, name), versions in there.items() if versions}, load)
    for each in fitting.unfit.values():
        note(f"no version was found that fits: {each.reason}")
    if not fitting.loaded:
        raise UsageError("none of the missing plugins can be described", hint="nothing was written")
    origin = f"the jars of {', '.join(fitting.loaded.plugins)}"
    found = pulled.beyond(types_of(version), fitting.loaded.types, origin)
    expected = {name for each in fitting.chosen for name in plugins[":".join(each.plugin)]}
    for name in sorted(expected - found.plugins.keys()):
        note(f"no plugin that was described has the type {name}")
    return pulled.both(before, found) if before else found


def _missing_types(asked: Configured, paths: Sequence[Path], version: str, before: Pulled | None) -> list[str]:
    checkout = Checkout(root=asked.root)
    request = Request(command=Command.CHECK, paths=tuple(paths), checkout=checkout, ignore=asked.settings.ignore)
    found = check_files(read_all(request), request, version, plugins={version: before} if before else {})
    return [problem.subject for problem in found.judged if problem.check == CHECK.name]
