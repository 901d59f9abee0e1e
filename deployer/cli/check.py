"""`kestra-deployer check`: the files by the rules of a version of Kestra, with no server, no Java and no network.

Only `--server` and `--embedded` ask a Kestra besides.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from deployer.cli import output
from deployer.cli.options import Configured, configured, connection
from deployer.cli.plugin_types import plugin_types
from deployer.cli.rules import named_by, rules_of, upgrade_from
from deployer.cli.streams import labelled
from deployer.local import Options, check_only, run
from deployer.model import version as versions
from deployer.model.result import Report


@click.command(epilog="Exit codes: 0 fine, 1 problems found, 2 usage, 3 could not run.")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@click.option("--server", "ask_server", is_flag=True, help="Ask the configured server for its verdict too.")
@output.formatted
@connection
def check(paths: tuple[Path, ...], *, strict: bool, ask_server: bool, format_: str, **connected: Any) -> int:
    """Validate the flow files under each PATH (default: flows) offline, with Kestra's own verdict.

    An error is what Kestra would refuse; a warning is what it takes and a colleague would not. The rules are those of
    --kestra, else of `kestra:` in the configuration file, else of the configured server (asked once), else of 1.3.
    With --embedded a real engine is started and gives its own verdict as well.

    With a --kestra later than what the flows run on (`kestra:` in the configuration file, else the configured server,
    else 1.3) the check ends with what the upgrade takes, flow by flow.
    """
    paths = paths or (Path("flows"),)
    named = " ".join(map(str, paths))
    return output.reported(
        format_, lambda: _check(paths, strict=strict, ask_server=ask_server, **connected), "check", named
    )


def _check(paths: tuple[Path, ...], *, strict: bool, ask_server: bool, **connected: Any) -> Report:
    asked = configured(server=ask_server, **connected)
    settings = asked.settings
    for nearer in asked.not_read(paths):
        text = (
            f"{nearer} is not read: the configuration is looked for from the current folder upwards, or give --config"
        )
        labelled("note", "cyan", text)
    options = Options(
        paths, asked.root, settings.ignore, settings.checks, defaults=settings.plugin_defaults, strict=strict
    )
    return _asked(asked, options) if ask_server or asked.embedded else _alone(asked, options)


def _alone(asked: Configured, options: Options) -> Report:
    rules = rules_of(asked)
    pulled, told = plugin_types(asked.settings, asked.root, rules.version)
    options = replace(options, pulled=pulled, upgrade_from=upgrade_from(asked, rules.version), rules=rules.source)
    return run(check_only(options, rules.version, [*rules.notes, *told]))


def _asked(asked: Configured, options: Options) -> Report:
    from deployer.pipeline import check_asking  # noqa: PLC0415  a check alone imports no client

    with asked.client() as client:
        server = client.server().version
        named = asked.settings.kestra
        version, source = (
            (named, named_by(asked)) if named else (versions.nearest(server).name, f"the server is {server}")
        )
        pulled, notes = plugin_types(asked.settings, asked.root, version)
        options = replace(options, pulled=pulled, upgrade_from=upgrade_from(asked, version), rules=source)
        return run(check_asking(options, client, version, notes))
