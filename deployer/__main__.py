"""`python -m deployer` and the `kestra-deployer` command."""

from __future__ import annotations

import sys

from deployer.cli import run


def main() -> None:
    """Run the command line and end the process with its exit code."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
