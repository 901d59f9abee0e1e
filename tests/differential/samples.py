"""The flows that mistakes are made in: our own samples, Kestra's test flows, and one for each type of plugin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from differential.fitting import minimal_plugin
from shared import SHARED

from deployer.language.types import Types
from deployer.model.version import NAMES

SAMPLES = Path(__file__).with_name("samples")
CORPUS = SHARED / "corpus"
FOLDERS = {
    "every": NAMES,
    "1.x": ("1.0", "1.1", "1.2", "1.3"),
    "1.1-on": ("1.1", "1.2", "1.3", "2.0"),
    "1.2-on": ("1.2", "1.3", "2.0"),
    "1.2-1.3": ("1.2", "1.3"),
    "1.3": ("1.3",),
    "1.3-on": ("1.3", "2.0"),
    "2.0": ("2.0",),
}
"""Which versions take the flows of a folder of samples."""
PLACES = {
    "io.kestra.core.models.tasks.Task": "tasks",
    "io.kestra.core.models.triggers.AbstractTrigger": "triggers",
    "io.kestra.core.models.conditions.Condition": "conditions",
}
"""Where in a flow plugins of each kind go."""


@dataclass(frozen=True, slots=True)
class Base:
    """A flow by a name that says where it is from."""

    name: str
    text: str


def samples(version: str) -> list[Base]:
    """Return our own flows for a version: the engine takes each of them."""
    files = [file for folder, names in FOLDERS.items() if version in names for file in SAMPLES.glob(f"{folder}/*.yaml")]
    return _bases(sorted(files), SAMPLES)


def corpus() -> list[Base]:
    """Return Kestra's own test flows, some of which it refuses; none where they are absent."""
    return _bases(sorted(CORPUS.glob("flows/**/*.y*ml")), CORPUS)


def minimal(types: Types) -> list[Base]:
    """Return a flow for each type of plugin that a flow can hold, with what it must have and nothing else."""
    found = []
    for name, cls in types.plugins.items():
        place = place_of(cls, types)
        if place:
            text = yaml.safe_dump(_around(place, minimal_plugin(name, types)), sort_keys=False, width=1000)
            found.append(Base(f"minimal/{name}", text))
    return found


def place_of(cls: str, types: Types) -> str:
    """Return where in a flow a plugin of this class goes; empty where it goes nowhere."""
    above = types.types.get(cls, {}).get("is", ())
    return next((place for base, place in PLACES.items() if base in above), "")


def _around(place: str, plugin: dict[str, object]) -> dict[str, object]:
    flow: dict[str, object] = {"id": "minimal", "namespace": "company.team"}
    say = {"id": "say", "type": "io.kestra.plugin.core.log.Log", "message": "hello"}
    match place:
        case "tasks":
            return {**flow, "tasks": [plugin]}
        case "triggers":
            return {**flow, "tasks": [say], "triggers": [plugin]}
    trigger = {"id": "daily", "type": "io.kestra.plugin.core.trigger.Schedule", "cron": "@daily"}
    return {**flow, "tasks": [say], "triggers": [{**trigger, "conditions": [plugin]}]}


def _bases(files: list[Path], root: Path) -> list[Base]:
    return [*_read(files, root)]


def _read(files: list[Path], root: Path) -> Iterator[Base]:
    for file in files:
        yield Base(file.relative_to(root).as_posix(), file.read_bytes().decode())
