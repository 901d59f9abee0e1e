"""A parent for the tests to end: `parent.py VERSION TEMPORARY HOW` starts an engine, says so, and waits."""

from __future__ import annotations

import os
import sys
import tempfile
import time

from deployer.engine.install.progress import Progress
from deployer.engine.process.launch import launch
from deployer.model.version import named


def say(text: object) -> None:
    print(text, flush=True)  # noqa: T201


def main() -> None:
    version, temporary, how = sys.argv[1:]
    tempfile.tempdir = temporary
    with launch(named(version), progress=tell) as engine:
        say(f"running {engine.pid} {engine.url}")
        if how == "forked" and os.fork() == 0:
            say(f"fork {os.getpid()}")
        time.sleep(600)


def tell(progress: Progress) -> None:
    say(progress.stage)


if __name__ == "__main__":
    main()
