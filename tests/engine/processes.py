"""What the tests ask the system about an engine's process. Linux only, as are the tests that use it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path


def session(leader: int) -> list[int]:
    """The processes of the session an engine leads: itself, and whatever it started."""
    members = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        if fields[0] != "Z" and int(fields[3]) == leader:
            members.append(int(stat.parent.name))
    return members


def listening(pid: int) -> set[str]:
    """The addresses a process listens on, in the kernel's hexadecimal."""
    sockets = {str(fd.readlink()) for fd in Path(f"/proc/{pid}/fd").iterdir() if fd.is_symlink()}
    lines = [
        line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    return {line[1].partition(":")[0] for line in lines if line[3] == "0A" and f"socket:[{line[9]}]" in sockets}


def eventually(holds: Callable[[], bool], seconds: float = 60) -> bool:
    """Whether something comes to hold within a limit that only a failure reaches."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
