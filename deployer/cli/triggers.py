"""`kestra-deployer triggers`: what is scheduled next on a server, what is off, what is locked."""

from __future__ import annotations

import os
from typing import Any

import click

from deployer.cli.epilog import epilog
from deployer.cli.options import configure, connection
from deployer.cli.output import wants_color
from deployer.cli.streams import out
from deployer.model.result import Server
from deployer.report import triggers as report


@click.command(
    epilog=epilog(
        "triggers company.team",
        "triggers --host https://staging.example.com --format json",
        "0 success, 2 usage, 3 could not run.",
    )
)
@click.argument("namespace", required=False)
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", help="[default: text]")
@connection
def triggers(namespace: str | None, *, format_: str, **connected: Any) -> int:
    """Show which triggers are scheduled next, which are off and which are locked.

    Lists those of NAMESPACE and of the namespaces below it (default: all). Flow and Webhook triggers have no state, so
    they are not listed. Writes nothing.
    """
    asked = configure(**connected)
    with asked.client() as client:
        states = client.search_triggers([namespace] if namespace else [], below=True)
        server = Server(client.url, client.server().version, client.tenant)
    if format_ == "json":
        out(report.document(server, states))
    else:
        out(report.table(server, states, color=wants_color(os.environ)))
    return 0
