"""The engine's process as its parent sees it: starts `serve` and makes sure that it ends."""

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
    """Run the engine's process with these orders, with a file of its output, and end it with the block.

    Its environment has the variables that it needs, and `variables`. It has its own session: ^C in the terminal goes to
    the parent only, which then ends the engine.
    """
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "deployer.engine.process.serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            start_new_session=True,
            env={**select_needed(os.environ), **(variables or {})},
        )
        try:
            with suppress(BrokenPipeError):  # it ended at once: whoever waits for its answer gets the reason
                _stdin(process).write(orders.encode())
                _stdin(process).flush()
            yield process, output
        finally:
            _stop(process)


def _stop(process: Process) -> None:
    """End the engine by closing its input; after the limit, or at a second ^C, kill it."""
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
        raise ValueError("the engine's standard input must be a pipe")
    return process.stdin
