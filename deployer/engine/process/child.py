"""The engine's process as its parent sees it, and making sure that it ends: the other side of `serve`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import IO

from deployer.engine.process.environment import select_needed
from deployer.engine.process.handshake import Orders

STOP_LIMIT = 15.0  # seconds until an engine that has not ended is killed; it closes its data within 10

Process = subprocess.Popen[bytes]


@contextmanager
def run_child(orders: Orders, variables: Mapping[str, str] | None = None) -> Iterator[tuple[Process, IO[bytes]]]:
    """Run the engine's process on these orders, with a file of what it says, and end it with the block.

    Of the environment it has what it needs, and these `variables`. It has a session of its own: ^C in the terminal is
    for the parent, who then ends it.
    """
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "deployer.engine.process.serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            start_new_session=True,
            env={**select_needed(os.environ), **(variables or {})},
        )
        try:
            with suppress(BrokenPipeError):  # it ended at once: whoever waits for its answer learns why
                _stdin(process).write(orders.encode())
                _stdin(process).flush()
            yield process, said
        finally:
            _stop(process)


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
