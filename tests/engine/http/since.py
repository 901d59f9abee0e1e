"""Which version an engine is, for what came with one."""

from __future__ import annotations

from deployer.engine.process.launch import RunningEngine


def since(engine: RunningEngine, version: str) -> bool:
    """Whether the engine is of this version or a newer one."""
    asked, wanted = ([int(number) for number in name.split(".")] for name in (engine.version.name, version))
    return asked >= wanted
