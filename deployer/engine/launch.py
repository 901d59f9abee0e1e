"""Starting an engine from another process, and making sure that it ends: the parent's side of `serve`."""

from __future__ import annotations

import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from deployer.engine.extra import require_extra
from deployer.engine.handshake import Answer, Orders, answer
from deployer.engine.progress import Listener, Progress, Stage, silent
from deployer.errors import EngineError
from deployer.model.version import KestraVersion

START_LIMIT = 180.0  # seconds until an engine that has not answered is given up
STOP_LIMIT = 15.0  # seconds until an engine that has not ended is killed; it closes its data within 10
_LAST_LINES = 15

Process = subprocess.Popen[bytes]


@dataclass(frozen=True, slots=True)
class RunningEngine:
    """An engine that answers requests at `url`, in the process `pid`."""

    url: str
    version: KestraVersion
    pid: int
    _process: Process = field(repr=False)

    def wait(self) -> None:
        """Return when the engine's process has ended by itself, which it is not expected to do."""
        self._process.wait()


@contextmanager
def launch(
    version: KestraVersion,
    *,
    port: int = 0,
    host: str = "127.0.0.1",
    data: Path | None = None,
    basic_auth: tuple[str, str] | None = None,
    progress: Listener = silent,
) -> Iterator[RunningEngine]:
    """Run an engine of `version` as long as the block runs, in memory or with its data in the folder `data`.

    Port 0 takes any free one. The first start of a version fetches its jars and prepares them for fast starts. Raises
    EngineError, in one sentence, when the extra is not installed or the engine cannot be fetched or started.
    """
    require_extra()
    from deployer.engine.jars import class_path  # noqa: PLC0415  (needs the extra)
    from deployer.engine.prepare import prepared  # noqa: PLC0415

    jars = class_path(version, progress=progress)
    with tempfile.TemporaryDirectory(prefix="kestra-", ignore_cleanup_errors=True) as temporary:
        orders = Orders(version, jars, Path(temporary), host=host, port=port, basic_auth=basic_auth)
        if data:
            orders = replace(orders, folder=data.absolute(), in_memory=False)
        orders = replace(orders, prepared=prepared(version, jars, progress=progress))
        progress(Progress(Stage.START))
        with child(orders) as (process, said):
            yield RunningEngine(_ready(process, said, orders).url, version, process.pid, process)


@contextmanager
def child(orders: Orders) -> Iterator[tuple[Process, IO[bytes]]]:
    """Run the engine's process on these orders, with a file of what it says, and end it with the block.

    It has a session of its own: ^C in the terminal is for the parent, who then ends it.
    """
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "deployer.engine.serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            start_new_session=True,
        )
        try:
            with suppress(BrokenPipeError):  # it ended at once: whoever waits for its answer learns why
                _stdin(process).write(orders.line())
                _stdin(process).flush()
            yield process, said
        finally:
            _stop(process)


def _ready(process: Process, said: IO[bytes], orders: Orders) -> Answer:
    """Wait for the engine's one line, and raise what it says when it could not start."""
    if process.stdout is None:
        raise ValueError("the engine's answer is read from a pipe")
    if not select.select([process.stdout], [], [], START_LIMIT)[0]:
        raise EngineError(f"Kestra {orders.version.engine} did not start within {START_LIMIT:.0f} s", hint=_tail(said))
    line = process.stdout.readline()
    if not line:
        raise EngineError(f"Kestra {orders.version.engine} ended while it was starting", hint=_tail(said))
    ready = answer(line)
    if ready.message:
        raise EngineError(ready.message, hint=ready.hint)
    return ready


def _tail(said: IO[bytes]) -> str:
    said.seek(0)
    lines = said.read().decode(errors="replace").splitlines()[-_LAST_LINES:]
    return "it said last:\n" + "\n".join(lines) if lines else "it said nothing"


def _stop(process: Process) -> None:
    """End the engine: the end of its input tells it to; past the limit, or at a second ^C, it is killed."""
    try:
        with suppress(BrokenPipeError):
            _stdin(process).close()
        process.wait(STOP_LIMIT)
    except BaseException as error:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        process.wait()
        if not isinstance(error, subprocess.TimeoutExpired):
            raise
    finally:
        if process.stdout:
            process.stdout.close()


def _stdin(process: Process) -> IO[bytes]:
    if process.stdin is None:
        raise ValueError("the engine's orders go through a pipe")
    return process.stdin
