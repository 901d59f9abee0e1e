"""`scripts/differential`: any version, seed, number, plugins and flows, on demand."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from differential.differences import differences, keep, reasons, table
from differential.mutants import mutants, unspoilt
from differential.oracle import Oracle
from differential.ours import known_types
from differential.samples import Base, corpus, minimal, samples

from deployer.engine.install.plugins import locate
from deployer.model.plugin import plugin
from deployer.model.version import NAMES

_ROOT = Path(__file__).parents[2]
_MOST = 40  # rows of what is said that are printed


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare as the command line says; return 1 where anything differs."""
    given = _given(arguments)
    oracle = Oracle(given.kestra, locate([plugin(text) for text in given.plugins]))
    types = known_types(oracle)
    bases = _flows(given.flows) or [*samples(given.kestra), *corpus(), *minimal(types)]
    judged = [*unspoilt(bases), *mutants(bases, types, given.seed, given.count)]
    found = differences(judged, oracle, types)
    folder = given.examples / given.kestra
    keep(found, folder)
    said = [f"{number:5} {each.wrong}: {' '.join(each.says.split())[:180]}" for number, each in reasons(found)[:_MOST]]
    kept = [f"an example of each is in {folder}"] if found else []
    sys.stdout.write("\n".join([table(judged, found), *said, *kept, ""]))
    return bool(found)


def _given(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/differential", description="Compare our verdict on flows with mistakes in them with the engine's."
    )
    parser.add_argument("--kestra", choices=NAMES, default="1.3", help="version of the engine")
    parser.add_argument("--seed", type=int, default=1, help="other seeds, other mistakes")
    parser.add_argument("--count", type=int, default=2000, help="number of flows with mistakes")
    parser.add_argument(
        "--plugins", nargs="+", default=[], metavar="PLUGIN", help="as for `kestra-deployer dev --plugins`"
    )
    parser.add_argument("--examples", type=Path, default=_ROOT / ".differences", metavar="FOLDER", help="emptied first")
    parser.add_argument("flows", nargs="*", type=Path, metavar="FLOWS", help="files or folders to make mistakes in")
    return parser.parse_args(arguments)


def _flows(paths: Sequence[Path]) -> list[Base]:
    files = [file for path in paths for file in (sorted(path.rglob("*.y*ml")) if path.is_dir() else [path])]
    return [Base(str(file), file.read_bytes().decode()) for file in files]


if __name__ == "__main__":
    sys.exit(main())
