"""`kestra-deployer dev`: the real engine in the foreground, to deploy to and to try flows on."""

from __future__ import annotations

from pathlib import Path

import click

from deployer.cli.embedded import embedded
from deployer.cli.options import CONFIG, PLUGINS, named_plugins
from deployer.cli.project import project
from deployer.cli.streams import note
from deployer.engine.database import Database
from deployer.engine.launch import RunningEngine
from deployer.errors import EngineError, UsageError
from deployer.model import version as versions
from deployer.model.plugin import merged
from deployer.model.resource import MAIN

LOOPBACK = ("127.0.0.1", "::1", "localhost")


@click.command
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 takes any free one.")
@click.option("--host", metavar="ADDR", default=LOOPBACK[0], show_default=True, help="The address to listen on.")
@click.option("--data", metavar="DIR", type=click.Path(path_type=Path), help="Keep data here.  [default: in memory]")
@click.option("--like-a-server", is_flag=True, help="Give the database the settings that Kestra's servers give it.")
@click.option("--basic-auth", metavar="USER:PASSWORD", help="Ask every request for these.  [default: ask for nothing]")
@click.option("--tenant", "tenants", multiple=True, metavar="NAME", help="A tenant there is.  [default: main]")
@click.option("--kestra", type=click.Choice(versions.NAMES), default=versions.DEFAULT.name, show_default=True)
@CONFIG
@PLUGINS
def dev(
    *,
    port: int,
    host: str,
    data: Path | None,
    like_a_server: bool,
    basic_auth: str | None,
    tenants: tuple[str, ...],
    kestra: str,
    config: Path | None,
    plugins: tuple[str, ...],
) -> None:
    """Run a Kestra development server: the real engine, on this machine, until ^C.

    It has Kestra's HTTP API and executes flows, and no user interface. The first start of a version fetches it.

    Kestra's open edition has the tenant main alone; --tenant gives others, as Enterprise has them.
    """
    credentials = _credentials(basic_auth)
    loaded = merged(project(config).settings.get("plugins", ()), named_plugins(plugins))
    version = versions.named(kestra)
    with embedded(
        version,
        port=port,
        host=host,
        data=data,
        database=Database.SERVER if like_a_server else Database.EMBEDDED,
        basic_auth=credentials,
        tenants=tenants or (MAIN,),
        plugins=loaded,
    ) as engine:
        try:
            if host not in LOOPBACK and credentials is None:
                note("warning: whoever reaches this address can run flows here; --basic-auth asks them")
            _introduce(engine, data, credentials)
            engine.wait()
        except KeyboardInterrupt:
            note("stopping")
            return
        raise EngineError(f"Kestra {engine.version.engine} ended by itself", hint="start it again")


def _credentials(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    user, colon, password = text.partition(":")
    if not (user and colon and password):
        raise UsageError(
            "--basic-auth is not of the form USER:PASSWORD", hint="such as --basic-auth me@example.com:secret"
        )
    return user, password


def _introduce(engine: RunningEngine, data: Path | None, credentials: tuple[str, str] | None) -> None:
    place = f"its data is in {data}" if data else "in memory: what it holds ends with it"
    account = f" KESTRA_USERNAME={credentials[0]} KESTRA_PASSWORD=..." if credentials else ""
    note(f"a development server without a user interface, {place}")
    note(f"deploy to it: KESTRA_HOST={engine.url}{account} kestra-deployer sync")
    for plugin in engine.plugins:
        note(f"with the plugin {plugin}")
    note("^C ends it")
    click.echo(f"Kestra {engine.version.engine} at {engine.url}")  # last: whoever reads it may begin
