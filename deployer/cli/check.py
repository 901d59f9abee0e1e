"""`kestra-deployer check`: the files alone, by the rules of a version of Kestra. No server, no Java, no network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from deployer.cli import output, say
from deployer.cli.options import configured
from deployer.cli.rules import rules_of
from deployer.errors import DeployerError
from deployer.local import Options, check_only, run
from deployer.model import version as versions
from deployer.model.result import Report


@click.command(epilog="Exit codes: 0 fine, 1 problems found, 2 usage, 3 could not run.")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--kestra", type=click.Choice(versions.NAMES), help="Whose rules count.  [default: see above]")
@click.option("--strict", is_flag=True, help="Let warnings fail the check too.")
@click.option("--format", "format_", type=click.Choice(output.FORMATS), default="text", help="[default: text]")
@click.option("--config", type=click.Path(path_type=Path), help="[default: kestra-deployer.yaml in the root]")
def check(paths: tuple[Path, ...], *, strict: bool, format_: str, **connected: Any) -> int:
    """Check every flow under each PATH (default: flows) as Kestra would, without asking one.

    An error is what Kestra would refuse; a warning is what it takes and a colleague would not. The rules are those of
    --kestra, else of `kestra:` in the configuration file, else of the configured server (asked once), else of 1.3.
    """
    paths = paths or (Path("flows"),)
    try:
        asked = configured(embedded=False, plugins=(), **connected)
        settings = asked.settings
        version, notes = rules_of(settings)
        options = Options(paths, asked.root, settings.ignore, settings.checks, strict=strict)
        report = run(check_only(options, version, notes))
    except DeployerError as error:
        report = Report("check", " ".join(map(str, paths)), error=error)
    output.write(report, format_)
    if report.error and format_ != "json":
        say(report.error)
    return report.exit_code
