#!/usr/bin/env python3
"""What a command takes: `bench/took.py COMMAND ...` prints it as JSON.

A child's peak memory begins with its parent's, which is why this process is small.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time

LAST = 3000  # characters that are shown of what a failed command wrote


def took(command: list[str]) -> dict[str, object]:
    """Run a command; return its exit code, seconds on the clock and of the processor, megabytes, and failed output."""
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode(errors="replace")[-LAST:] if process.returncode else ""
    return {
        "code": process.returncode,
        "output": text,
        "wall": wall,
        "processor": used.ru_utime + used.ru_stime,
        "megabytes": used.ru_maxrss / 1000,
    }


if __name__ == "__main__":
    print(json.dumps(took(sys.argv[1:])))
