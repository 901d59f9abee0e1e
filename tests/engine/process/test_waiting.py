"""Waiting for an engine's end: an interrupt ends it, whenever it comes."""

from __future__ import annotations

import signal
import subprocess
import threading

import pytest

from deployer.engine.process.launch import RunningEngine
from deployer.model.version import DEFAULT


def test_an_interrupt_that_wakes_nobody_ends_the_wait() -> None:
    """As one does that comes just before the main thread falls asleep: another thread gets it here."""
    with subprocess.Popen(["sleep", "10"]) as child:
        engine = RunningEngine("", DEFAULT, child.pid, (), (), child)
        elsewhere = threading.Timer(0.3, lambda: signal.pthread_kill(threading.get_ident(), signal.SIGINT))
        elsewhere.start()
        with pytest.raises(KeyboardInterrupt):
            engine.wait()
        assert child.poll() is None
        child.kill()
