"""`python -m deployer` and the `kestra-deployer` command."""

from __future__ import annotations

import gc
import sys

from deployer.cli import run

_OBJECTS = 100_000
"""How many more objects there may be before Python looks for cycles among them, in place of 700.

A command makes many objects and few cycles: a check of 1,000 flows took a sixth longer with 700, and no less memory.
"""


def main() -> None:
    """Run the command line and end the process with its exit code."""
    gc.set_threshold(_OBJECTS)
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
