"""Runs an engine for as long as a block of code runs: jars, class cache, process, and the wait for its answer."""

from __future__ import annotations

import json
import select
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any, NamedTuple

from deployer.engine.install.extra import require_extra
from deployer.engine.install.progress import Listener, Progress, Stage, silent
from deployer.engine.jvm.database import Database
from deployer.engine.jvm.log import tell_end
from deployer.engine.process.child import Process, run_child
from deployer.engine.process.handshake import Answer, Orders, read_answer
from deployer.errors import EngineError
from deployer.model.plugin import Plugin, Unfit
from deployer.model.resource import MAIN
from deployer.model.version import KestraVersion

START_LIMIT = 180.0  # seconds to wait for the engine's answer
_LAST_LINES = 15
_LOOK = 0.2  # seconds between two looks whether the engine has ended


@dataclass(frozen=True, slots=True)
class RunningEngine:
    """An engine that answers requests at `url`, in the process `pid`, with the `plugins` that it reports as loaded.

    `left_out` are plugins that it was to have, and that do not fit its version.
    """

    url: str
    version: KestraVersion
    pid: int
    plugins: tuple[str, ...]
    left_out: tuple[Unfit, ...]
    _process: Process = field(repr=False)

    def wait(self) -> None:
        """Block until the engine's process ends by itself, which it should not do."""
        while self._process.poll() is None:
            time.sleep(_LOOK)  # not waited for: an interrupt just before that would be noticed only at the end


class Described(NamedTuple):
    """What Kestra and the plugins read and check, the plugins as loaded, and those that do not fit."""

    types: dict[str, Any]
    plugins: tuple[str, ...]
    left_out: tuple[Unfit, ...]


@contextmanager
def launch(
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
    progress: Listener = silent,
) -> Iterator[RunningEngine]:
    """Run an engine of `version` while the block runs, in memory or with its data in the folder `data`.

    Port 0 takes any free port. `tenants` are the tenants that exist (`main` alone in the open-source edition); with
    none, any tenant exists. With `scheduler`, schedules and polling triggers start executions; without, only webhooks
    and flow triggers do, and no trigger has a state. `variables` are those that flows see (`SECRET_…`, `ENV_…`). The
    first start of a version fetches its jars and prepares them for fast starts. A plugin that does not fit is left out.
    Raises EngineError when the extra is not installed, the engine or one of its plugins cannot be fetched, the engine
    cannot be started or ended by itself, or no plugin fits; UsageError for a plugin's path that does not exist.
    """
    with _prepare_orders(version, plugins, progress) as prepared:
        orders = replace(
            prepared,
            host=host,
            port=port,
            database=database,
            basic_auth=basic_auth,
            tenants=tenants,
            scheduler=scheduler,
        )
        if data:
            orders = replace(orders, folder=data.absolute(), in_memory=False)
        with run_child(orders, variables) as (process, output):
            ready = _wait_for_answer(process, output, orders)
            try:
                yield RunningEngine(ready.url, version, process.pid, ready.plugins, ready.left_out, process)
            except Exception:
                _refuse_end(process, output, orders)  # the reason why requests to it failed
                raise
            _refuse_end(process, output, orders)


def describe_types(version: KestraVersion, *, plugins: Sequence[Plugin] = (), progress: Listener = silent) -> Described:
    """Return what Kestra of `version` and the plugins read and check (see `describe.types`), and which plugins.

    No requests are served meanwhile. Raises as `launch` does.
    """
    with _prepare_orders(version, plugins, progress) as orders, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "description.json"  # not in the engine's folder, which the engine removes when it ends
        with run_child(replace(orders, describe=file)) as (process, output):
            ready = _wait_for_answer(process, output, orders)
            description: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return Described(description, ready.plugins, ready.left_out)


@contextmanager
def _prepare_orders(version: KestraVersion, plugins: Sequence[Plugin], progress: Listener) -> Iterator[Orders]:
    """Provide orders for an engine in memory, with everything fetched and prepared, and a temporary folder."""
    require_extra()
    from deployer.engine.install.jars import class_path  # noqa: PLC0415  (needs the extra)
    from deployer.engine.install.plugins import locate  # noqa: PLC0415
    from deployer.engine.process.class_cache import prepare_classes  # noqa: PLC0415

    plugin_jars = locate(plugins, progress=progress)  # first, as errors in them are found quickly
    jars = class_path(version, progress=progress)
    with tempfile.TemporaryDirectory(prefix="kestra-", ignore_cleanup_errors=True) as temporary:
        cache = prepare_classes(version, jars, progress=progress)
        progress(Progress(Stage.START))
        yield Orders(version, jars, Path(temporary), plugins=plugin_jars, prepared=cache)


def _wait_for_answer(process: Process, output: IO[bytes], orders: Orders) -> Answer:
    """Wait for the engine's one line; raise EngineError when it could not start."""
    if process.stdout is None:
        raise ValueError("the engine's standard output must be a pipe")
    if not select.select([process.stdout], [], [], START_LIMIT)[0]:
        raise EngineError(
            f"Kestra {orders.version.engine} did not start within {START_LIMIT:.0f} s", hint=_last_output(output)
        )
    line = process.stdout.readline()
    if not line:
        raise EngineError(f"Kestra {orders.version.engine} ended while it was starting", hint=_last_output(output))
    ready = read_answer(line)
    if ready.message:
        raise EngineError(ready.message, hint=ready.hint)
    return ready


def _refuse_end(process: Process, output: IO[bytes], orders: Orders) -> None:
    """Raise EngineError if the engine has ended by itself: Kestra does when one of its threads fails."""
    code = process.poll()
    if not code:
        return  # it runs, or was asked to end
    how = f"with exit code {code}" if code > 0 else f"killed by {signal.Signals(-code).name}"
    told = f"{tell_end(orders.folder)}\n{_last_output(output)}"  # Kestra writes to the log, a crash of Java does not
    raise EngineError(f"Kestra {orders.version.engine} ended by itself, {how}", hint=told)


def _last_output(output: IO[bytes]) -> str:
    output.seek(0)
    lines = output.read().decode(errors="replace").splitlines()[-_LAST_LINES:]
    return "its last output:\n" + "\n".join(lines) if lines else "it printed nothing"
