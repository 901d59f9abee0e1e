"""`kestra-deployer check`: the files by the rules of a version of Kestra, with no server, no Java and no network.

Only `--server` and `--embedded` ask a Kestra besides.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from deployer.checking import Plugins, check_only
from deployer.cli import output
from deployer.cli.epilog import epilog
from deployer.cli.options import Configured, configure, connection
from deployer.cli.plugin_types import plugin_types
from deployer.cli.rules import named_by, rules_of, upgrade_from
from deployer.cli.streams import labelled
from deployer.errors import UsageError
from deployer.model import version as versions
from deployer.model.problem import Problem
from deployer.model.request import Checkout, Command, Request, Rules
from deployer.model.result import Report
from deployer.running import run


@click.command(
    epilog=epilog(
        "check flows --strict",
        "check --live --kestra 2.0",
        "0 success, 1 problems found, 2 usage, 3 could not run.",
    )
)
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@click.option("--server", "ask_server", is_flag=True, help="Also ask the configured server for its verdict.")
@click.option("--live", is_flag=True, help="Check the flows that are stored on the server, without any files.")
@output.reporting
@connection
def check(
    paths: tuple[Path, ...],
    *,
    strict: bool,
    ask_server: bool,
    live: bool,
    format_: str | None,
    reports: tuple[str, ...],
    **connected: Any,
) -> int:
    """Validate the flow files under each PATH (default: flows) offline, with Kestra's own verdict.

    An error is what Kestra would refuse; a warning is what Kestra accepts but a reviewer would not. The rules are those
    of the version that --kestra names, else `kestra:` in the configuration file, else the configured server (asked
    once), else 1.3. With --embedded, a real engine gives its verdict as well.

    If --kestra is later than the version the flows run on (`kestra:` in the configuration file, else the configured
    server, else 1.3), the check ends with what the upgrade takes, flow by flow. With --live it does so for the flows
    that are stored on the configured server, and needs no repository.
    """
    if live and paths:
        raise UsageError("--live checks what is stored on the server, not files", hint="leave out PATH, or --live")
    if live and connected["embedded"]:
        raise UsageError("--live is about a server, and a temporary engine has no flows", hint="leave out --embedded")
    outputs = output.outputs_of(format_, reports)
    paths = () if live else paths or (Path("flows"),)
    request = Request(command=Command.CHECK, paths=paths, strict=strict, server=ask_server, live=live)
    return output.report(outputs, request, lambda: _check(request, **connected))


def _check(request: Request, **connected: Any) -> Report:
    asked = configure(server=request.server or request.live, **connected)
    settings = asked.settings
    for nearer in asked.not_read(request.paths):
        text = (
            f"{nearer} is not read: the configuration is looked for in the current folder and above; or give --config"
        )
        labelled("note", "cyan", text)
    request = replace(
        request,
        checkout=Checkout(root=asked.root),
        ignore=settings.ignore,
        checks=settings.checks,
        plugin_defaults=settings.plugin_defaults,
    )
    with_server = request.server or request.live or asked.embedded
    return _ask(asked, request) if with_server else _check_alone(asked, request)


def _check_alone(asked: Configured, request: Request) -> Report:
    chosen = rules_of(asked)
    rules = Rules(version=chosen.version, source=chosen.source, upgrade_from=upgrade_from(asked, chosen.version))
    plugins, notes = _plugins(asked, rules)
    request = replace(request, rules=rules, notes=(*chosen.notes, *notes))
    return run(request, check_only(request, rules, plugins))


def _ask(asked: Configured, request: Request) -> Report:
    from deployer.pipeline import check_asking  # noqa: PLC0415  a check alone imports no client

    with asked.asking(request) as (client, noted):
        server = client.server().version
        named = asked.settings.kestra
        version, source = (
            (named, named_by(asked)) if named else (versions.nearest(server).name, f"the server is {server}")
        )
        today = _earlier(versions.nearest(server).name, version) if request.live else upgrade_from(asked, version)
        rules = Rules(version=version, source=source, upgrade_from=today)
        plugins, notes = _plugins(asked, rules)
        complete = replace(noted, rules=rules, notes=(*noted.notes, *notes))
        return run(complete, check_asking(complete, rules, client, plugins))


def _earlier(today: str, version: str) -> str | None:
    """Return the version that a server has, where the rules are those of a later one."""
    return today if today != version and versions.at_least(version, today) else None


def _plugins(asked: Configured, rules: Rules) -> tuple[Plugins, list[Problem]]:
    """Return what is known of plugins for the versions of a check, and notices of what cannot be used for the later."""
    found, notes = plugin_types(asked.settings, asked.root, rules.version)
    known = {rules.version: found}
    if rules.upgrade_from:
        known[rules.upgrade_from] = plugin_types(asked.settings, asked.root, rules.upgrade_from)[0]
    return {version: pulled for version, pulled in known.items() if pulled}, notes
