"""An engine for the time of a command, with what takes long shown on stderr."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from deployer.cli.progress import console
from deployer.engine.install.progress import Listener, Progress, Stage
from deployer.engine.jvm.database import Database
from deployer.engine.process import launch as engines
from deployer.engine.process.launch import Described, RunningEngine
from deployer.model.plugin import Plugin
from deployer.model.resource import MAIN
from deployer.model.version import KestraVersion

_MB = 1_000_000


@contextmanager
def embedded(
    version: KestraVersion,
    *,
    port: int = 0,
    host: str = "127.0.0.1",
    data: Path | None = None,
    database: Database = Database.EMBEDDED,
    basic_auth: tuple[str, str] | None = None,
    tenants: tuple[str, ...] = (MAIN,),
    scheduler: bool = False,
    plugins: Sequence[Plugin] = (),
    variables: Mapping[str, str] | None = None,
) -> Iterator[RunningEngine]:
    """Give a running engine that ends with the block; see `launch` for the parameters and the errors."""
    with ExitStack() as stack:
        with _shown(version) as listen:  # over before the block begins, which may show progress of its own
            engine = stack.enter_context(
                engines.launch(
                    version,
                    port=port,
                    host=host,
                    data=data,
                    database=database,
                    basic_auth=basic_auth,
                    tenants=tenants,
                    scheduler=scheduler,
                    plugins=plugins,
                    variables=variables,
                    progress=listen,
                )
            )
        yield engine


def described(version: KestraVersion, *, plugins: Sequence[Plugin]) -> Described:
    """Return what Kestra and the plugins read and check, and which plugins; see `engine.process.launch`."""
    with _shown(version) as listen:
        return engines.describe_types(version, plugins=plugins, progress=listen)


@contextmanager
def _shown(version: KestraVersion) -> Iterator[Listener]:
    """Give a listener that keeps one line up to date on a terminal; elsewhere it says once what takes long."""
    shown, said = console(), set[Stage]()
    with shown.status(f"Looking for Kestra {version.engine}") as status:

        def listen(progress: Progress) -> None:
            status.update(words(progress, version))
            if not shown.is_terminal and progress.stage is not Stage.START and progress.stage not in said:
                said.add(progress.stage)
                shown.print(words(progress, version))

        yield listen


def words(progress: Progress, version: KestraVersion) -> str:
    """Return one line for what an engine is doing."""
    counted = f"{progress.done} of {progress.total} jars, {progress.size / _MB:.0f} MB"
    match progress.stage:
        case Stage.WAIT:
            return "Waiting for another process that fetches jars to the same folder"
        case Stage.PLUGINS:
            return f"Fetching plugins (once): {counted}"
        case Stage.FETCH:
            return f"Fetching Kestra {version.engine} (once): {counted}"
        case Stage.PREPARE:
            return f"Preparing Kestra {version.engine} for fast starts (once, about half a minute)"
        case Stage.START:
            return f"Starting Kestra {version.engine}"
