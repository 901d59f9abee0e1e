"""`kestra-deployer dev`: the real engine in the foreground, for deploying to and trying out flows."""

from __future__ import annotations

import re
from pathlib import Path

import click

from deployer import regular
from deployer.cli.embedded import embedded
from deployer.cli.epilog import epilog
from deployer.cli.options import CONFIG, PLUGINS, parse_plugins, say_left_out
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


@click.command(epilog=epilog("dev --data .kestra", "dev --kestra 2.0 --plugins plugins/ --secret DB_PASSWORD"))
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    help="Port to listen on; 0 for any free port.",
)
@click.option("--host", metavar="ADDR", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--data", metavar="DIR", type=click.Path(path_type=Path), help="Folder to keep data in.  [default: in memory]"
)
@click.option("--like-a-server", is_flag=True, help="Use the database settings of a Kestra server.")
@click.option("--no-scheduler", is_flag=True, help="Start no executions by schedules and polling triggers.")
@click.option(
    "--basic-auth",
    metavar="USER:PASSWORD",
    envvar=_BASIC_AUTH,
    help="Require these credentials. Prefer the variable: other users of this machine can see arguments.  "
    f"[env: {_BASIC_AUTH}; default: no login]",
)
@click.option(
    "--basic-auth-file", type=click.Path(path_type=Path), metavar="FILE", help="File that holds USER:PASSWORD."
)
@click.option("--tenant", "tenants", multiple=True, metavar="NAME", help="Tenant to create.  [default: main]")
@click.option(
    "--kestra",
    type=click.Choice(versions.NAMES),
    default=versions.DEFAULT.name,
    show_default=True,
    help="Kestra version to run.",
)
@CONFIG
@PLUGINS
@shell
def dev(
    *,
    port: int,
    host: str,
    data: Path | None,
    like_a_server: bool,
    no_scheduler: bool,
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
    """Run a Kestra development server on this machine until you press ^C.

    It is the real engine: it serves Kestra's HTTP API and executes flows, by their triggers too, but has no user
    interface. The first start of a version downloads it.

    Like Kestra's open-source edition it has one tenant, main; --tenant creates others, as in Enterprise.
    """
    credentials = _credentials(basic_auth, basic_auth_file)
    if credentials is None and not is_loopback(host):
        message = f"without a login, anyone who can reach {host} could run flows on this machine"
        raise UsageError(message, hint=f"set {_BASIC_AUTH}, or use --basic-auth-file")
    for tenant in tenants:
        if not _TENANT.fullmatch(tenant):
            raise UsageError(
                f"--tenant: {tenant!r} is not a valid tenant name", hint="use lowercase letters, digits, - and _"
            )
    variables = named_variables(secrets, envs, env_file)
    loaded = merged(project(config).settings.get("plugins", ()), parse_plugins(plugins))
    version = versions.named(kestra)
    with embedded(
        version,
        port=port,
        host=host,
        data=data,
        database=Database.SERVER if like_a_server else Database.EMBEDDED,
        basic_auth=credentials,
        tenants=tenants or (MAIN,),
        scheduler=not no_scheduler,
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
            raise UsageError(
                f"--basic-auth-file: {file} cannot be read: {error}", hint="choose another file"
            ) from error
    if not text:
        return None
    user, colon, password = text.partition(":")
    if not (user and colon and password):
        raise UsageError(
            "--basic-auth must have the form USER:PASSWORD", hint="for example --basic-auth me@example.com:secret"
        )
    return user, password


def _introduce(engine: RunningEngine, data: Path | None, credentials: tuple[str, str] | None) -> None:
    place = f"with its data in {data}" if data else "with its data in memory, gone when it ends"
    account = f" KESTRA_USERNAME={credentials[0]} KESTRA_PASSWORD=..." if credentials else ""
    note(f"development server without a user interface, {place}")
    note(f"deploy to it: KESTRA_HOST={engine.url}{account} kestra-deployer sync")
    for plugin in engine.plugins:
        note(f"with plugin {plugin}")
    say_left_out(engine.left_out)
    note("press ^C to stop it")
    click.echo(f"Kestra {engine.version.engine} at {engine.url}")  # last: a program that reads it may start
