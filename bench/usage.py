"""What a running process uses, as Linux tells it."""

from __future__ import annotations

import os
import time
from pathlib import Path

QUIET, LONG = 7, 5  # seconds until an engine has noticed that there is nothing to do, and how long it is looked at


def processor_seconds(pid: int) -> float:
    """Return how much processor time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def idle_share(pid: int) -> float:
    """Return which share of a core a process takes while nobody asks it anything."""
    time.sleep(QUIET)
    before = processor_seconds(pid)
    time.sleep(LONG)
    return (processor_seconds(pid) - before) / LONG


def megabytes(pid: int) -> float:
    """Return the memory of a process that is in use."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1000
