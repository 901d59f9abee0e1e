"""`kestra-deployer plan`: what a deploy would do, and nothing done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from deployer.cli import output
from deployer.cli.deploying import deploying, deployment, options_of, parted
from deployer.cli.options import connection
from deployer.cli.progress import progress
from deployer.errors import UsageError
from deployer.local import run
from deployer.model.result import Report
from deployer.pipeline import shown
from deployer.plan.saved import Saved


@click.command(
    epilog="Exit codes: 0 fine, 1 problems found, 2 usage, 3 could not run; with --detailed-exitcode also 4 would be "
    "refused, 10 changes."
)
@click.argument("path", type=click.Path(path_type=Path), default=Path("flows"))
@click.option("--out", type=click.Path(path_type=Path), help="Save the plan, for `kestra-deployer apply FILE`.")
@click.option("--stat", is_flag=True, help="Show how many lines change, not which.")
@click.option(
    "--detailed-exitcode",
    "detailed",
    is_flag=True,
    help="Exit with 10 when there is something to do, with 4 when it would be refused.",
)
@click.option("--keep-going", is_flag=True, help="Plan what is sound although problems were found.")
@deployment
@output.formatted
@connection
def plan(path: Path, *, format_: str, **asked: Any) -> int:
    """Show what a deploy of PATH (default: flows) would do: each change with its difference, and who depends on it."""
    return output.reported(format_, lambda: _plan(path, **asked), "plan", str(path))


def _plan(path: Path, *, out: Path | None, stat: bool, detailed: bool, keep_going: bool, **more: Any) -> Report:
    asked, how = parted(more)
    options = replace(options_of(asked, path), keep_going=keep_going, detailed=detailed, stat=stat, dry_run=True)
    with asked.client() as client, progress() as listen:

        def stages() -> Iterator[Report]:
            made = yield from shown(options, deploying(asked, client, **how), client, listen)
            if out and made:
                kept = {**how, "paths": [str(path)], "keep_going": keep_going}
                saved = Saved(made.plan.digest, client.url, client.tenant, kept)
                _write(out, saved.text(made.plan))

        return run(stages())


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}", hint="name another file with --out") from error
