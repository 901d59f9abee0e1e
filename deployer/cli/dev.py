"""`kestra-deployer dev`: the real engine in the foreground, to deploy to and to try flows on."""

from __future__ import annotations

import re
from pathlib import Path

import click

from deployer import regular
from deployer.cli.embedded import embedded
from deployer.cli.options import CONFIG, PLUGINS, named_plugins
from deployer.cli.project import project
from deployer.cli.shell import shell
from deployer.cli.shell import variables as named_variables
from deployer.cli.streams import note
from deployer.engine.http.addresses import is_loopback
from deployer.engine.jvm.database import Database
from deployer.engine.process.launch import RunningEngine
from deployer.errors import EngineError, UsageError
from deployer.model import version as versions
from deployer.model.plugin import merged
from deployer.model.resource import MAIN

_BASIC_AUTH = "KESTRA_DEPLOYER_BASIC_AUTH"
_TENANT = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


@click.command
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 takes any free one.")
@click.option("--host", metavar="ADDR", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--data", metavar="DIR", type=click.Path(path_type=Path), help="Keep data here.  [default: in memory]")
@click.option("--like-a-server", is_flag=True, help="Give the database the settings that Kestra's servers give it.")
@click.option(
    "--basic-auth",
    metavar="USER:PASSWORD",
    envvar=_BASIC_AUTH,
    help="Ask every request for these. Other users of this machine see arguments: the variable is better.  "
    f"[env: {_BASIC_AUTH}; default: ask for nothing]",
)
@click.option("--basic-auth-file", type=click.Path(path_type=Path), metavar="FILE", help="The same, from a file.")
@click.option("--tenant", "tenants", multiple=True, metavar="NAME", help="A tenant there is.  [default: main]")
@click.option("--kestra", type=click.Choice(versions.NAMES), default=versions.DEFAULT.name, show_default=True)
@CONFIG
@PLUGINS
@shell
def dev(
    *,
    port: int,
    host: str,
    data: Path | None,
    like_a_server: bool,
    basic_auth: str | None,
    basic_auth_file: Path | None,
    tenants: tuple[str, ...],
    kestra: str,
    config: Path | None,
    plugins: tuple[str, ...],
    secrets: tuple[str, ...],
    envs: tuple[str, ...],
    env_file: Path | None,
) -> None:
    """Run a Kestra development server: the real engine, on this machine, until ^C.

    It has Kestra's HTTP API and executes flows, and no user interface. The first start of a version fetches it.

    Kestra's open edition has the tenant main alone; --tenant gives others, as Enterprise has them.
    """
    credentials = _credentials(basic_auth, basic_auth_file)
    if credentials is None and not is_loopback(host):
        message = f"whoever reaches {host} could run flows on this machine, and nobody would ask them who they are"
        raise UsageError(message, hint=f"set {_BASIC_AUTH}, or give --basic-auth-file")
    for tenant in tenants:
        if not _TENANT.fullmatch(tenant):
            raise UsageError(f"--tenant: {tenant!r} is no tenant's name", hint="letters a to z, digits, - and _")
    variables = named_variables(secrets, envs, env_file)
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
        variables=variables,
    ) as engine:
        try:
            _introduce(engine, data, credentials)
            engine.wait()
        except KeyboardInterrupt:
            note("stopping")
            return
        raise EngineError(f"Kestra {engine.version.engine} ended by itself", hint="start it again")


def _credentials(text: str | None, file: Path | None) -> tuple[str, str] | None:
    if file is not None:
        try:
            text = regular.text(file).strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"--basic-auth-file: {file} cannot be read: {error}", hint="name another file") from error
    if not text:
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
