"""The options that say which Kestra is meant, shared by every command that talks to one, and what they resolve to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deployer import configuration
from deployer.cli.adding import adding
from deployer.cli.project import Project, project, unread
from deployer.cli.remembered import remember
from deployer.cli.shell import SHELL, variables
from deployer.cli.streams import hide, labelled
from deployer.cli.trusted import VARIABLE, is_trusted, require_trust
from deployer.errors import UsageError
from deployer.model import version as versions
from deployer.model.plugin import FORMS, Plugin, Unfit, merged, plugin
from deployer.model.problem import Problem, Severity
from deployer.settings import ENVIRONMENT, Settings, credentials, resolve
from deployer.settings import secrets as secrets_of

if TYPE_CHECKING:
    from deployer.kestra.client import KestraClient
    from deployer.model.request import Request

CONFIG = click.option(
    "--config",
    type=click.Path(path_type=Path),
    help=f"Configuration file to read.  [default: the nearest {configuration.NAME}]",
)
PLUGINS = click.option(
    "--plugins",
    multiple=True,
    metavar="WHAT",
    help="Add a plugin to the engine: a coordinate, a jar or a folder.",
)
_WITHOUT = "it is left out: flows that use it are refused, and plugin defaults for it are not judged"
_WAY = ("host", "username")
"""The settings that say which server is meant, and by whom."""
SERVER = (
    click.option("--host", metavar="URL", help="Kestra's address, with its path prefix if any.  [env: KESTRA_HOST]"),
    click.option("--tenant", metavar="NAME", help="Tenant to use.  [env: KESTRA_TENANT; default: main]"),
    click.option(
        "--username",
        metavar="NAME",
        help="User name; set the password in KESTRA_PASSWORD, or use KESTRA_API_TOKEN instead.  [env: KESTRA_USERNAME]",
    ),
    click.option("--timeout", type=float, metavar="SECONDS", help="Seconds to wait for an answer.  [default: 30]"),
)
"""Which server, and by whom."""
TRUST = click.option(
    "--trust",
    is_flag=True,
    help=f"Send credentials to a host that this checkout's files name.  [env: {VARIABLE}]",
)
_OPTIONS = (
    CONFIG,
    *SERVER,
    click.option(
        "--kestra", type=click.Choice(versions.NAMES), help="Kestra version to assume, or to start with --embedded."
    ),
    click.option("--embedded", is_flag=True, help="Use a temporary local Kestra engine instead of a server."),
    PLUGINS,
    TRUST,
)  # fmt: skip


connection = adding(*_OPTIONS, *SHELL)
"""Add the options above to a command; it gets them all as keywords and hands them to `configure`."""


@dataclass(frozen=True, slots=True)
class Configured:
    """What the options, the environment and the two files say together."""

    settings: Settings
    root: Path  # where the configuration file and `ignore` patterns belong
    embedded: bool
    project: Project
    chosen: bool = False  # the configuration file was named on the command line
    flagged: bool = False  # and so was the version
    trusted: bool = False  # and that the checkout's files may say where credentials are sent
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)  # of the user's, for flows in an own engine

    @property
    def kestra(self) -> str | None:
        """The version that the configuration file names, whatever --kestra says."""
        return self.project.settings.get("kestra")

    def not_read(self, paths: Iterable[Path]) -> list[str]:
        """Return the configuration files below the current folder that are nearer to these paths than the one read."""
        return [] if self.chosen else [os.path.relpath(file) for file in unread(self.project.file, paths)]

    @contextmanager
    def client(self) -> Iterator[KestraClient]:
        """Give a client of the configured server, or of an engine started for the while.

        What a configured server says it is, is remembered for `check`.
        """
        with self._client() as (client, left_out):
            say_left_out(left_out)
            yield client

    @contextmanager
    def asking(self, request: Request) -> Iterator[tuple[KestraClient, Request]]:
        """Give that client, and the request with what its report has to say of an engine of our own."""
        with self._client() as (client, left_out):
            notes = (
                Problem("unfit-plugin", f"{each.reason}; {_WITHOUT}", severity=Severity.WARNING, hint=each.hint)
                for each in left_out
            )
            yield client, replace(request, notes=(*request.notes, *notes))

    @contextmanager
    def _client(self) -> Iterator[tuple[KestraClient, tuple[Unfit, ...]]]:
        from deployer.kestra.client import KestraClient  # noqa: PLC0415  a check alone imports no client

        with self._server() as (settings, left_out), KestraClient(settings) as client:
            try:
                yield client, left_out
            finally:
                if (known := client.known) and known.version and not self.embedded:
                    remember(client.url, known.version)

    @contextmanager
    def _server(self) -> Iterator[tuple[Settings, tuple[Unfit, ...]]]:
        """Give settings with a host while the context lasts, and the plugins that are not there as they do not fit."""
        if not self.embedded:
            self._say_what_is_not_used()
            self.project.require_certificates()
            require_trust(self.settings, self.root, flagged=self.trusted)
            yield self.settings, ()
            return
        from deployer.cli.embedded import embedded  # noqa: PLC0415  needs the extra [engine]

        version = versions.named(self.settings.kestra) if self.settings.kestra else versions.DEFAULT
        with embedded(version, plugins=self.settings.plugins, variables=self.variables) as engine:
            yield self.settings.aimed_at(engine.url), engine.left_out

    def _say_what_is_not_used(self) -> None:
        """Note on stderr what is set and not used. Raises UsageError where that is missing."""
        trouble = self.project.trouble
        if trouble and not self.settings.host:
            raise trouble
        self.settings.require_host()
        if trouble:
            labelled("note", "cyan", f"{trouble}")
        for name, ours in self.settings.unread.items():
            labelled("note", "cyan", f"{name} is set, but not read; {ours} is")
        if unused := self.settings.unused:
            instead = "an API token is" if self.settings.api_token else "a username and password are"
            verb = "are" if len(unused) > 1 else "is"
            labelled("note", "cyan", f"{' and '.join(unused)} {verb} set, but not used: {instead}")


def configure(
    *,
    config: Path | None,
    embedded: bool,
    plugins: Iterable[str],
    secrets: Iterable[str] = (),
    envs: Iterable[str] = (),
    env_file: Path | None = None,
    trust: bool = False,
    server: bool = True,
    **flags: Any,
) -> Configured:
    """Resolve what the connection options were given. Raises UsageError.

    Where no configured `server` has to be asked, mistakes in flags and variables about it do not matter.
    """
    found = project(config)
    hide(credentials(os.environ, found.dotenv))
    try:
        settings = resolve(flags, os.environ, found.dotenv, found.settings, found.place)
    except UsageError as error:
        if server and not embedded:
            raise
        settings = resolve({**flags, **dict.fromkeys(_WAY)}, {}, {}, _without(found.settings), found.place)
        if not embedded and any(os.environ.get(names["host"]) for names in ENVIRONMENT):
            labelled("note", "cyan", f"no server is asked anything: {error}")
    given = parse_plugins(plugins)
    if given and not embedded:
        raise UsageError("--plugins is for an engine of our own, a server has its own", hint="add --embedded")
    if (secrets or envs or env_file) and not embedded:
        message = "--secret, --env and --env-file are for an engine of our own, a server has its own"
        raise UsageError(message, hint="add --embedded")
    hide({*credentials(os.environ, found.dotenv), *secrets_of(settings)})
    settings = replace(settings, plugins=merged(settings.plugins, given))
    flagged = flags.get("kestra") is not None
    return Configured(
        settings,
        found.root,
        embedded,
        found,
        chosen=config is not None,
        flagged=flagged,
        trusted=trust or is_trusted(),
        variables=variables(secrets, envs, env_file),
    )


def _without(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name not in _WAY}


def say_left_out(plugins: Iterable[Unfit]) -> None:
    """Say on stderr which plugins an engine goes without."""
    for each in plugins:
        labelled("warning", "yellow", f"{each.reason}; it is left out ({each.hint})")


def parse_plugins(texts: Iterable[str]) -> tuple[Plugin, ...]:
    """Return what `--plugins` names. Raises UsageError for what is neither coordinate nor path."""
    try:
        return tuple(map(plugin, texts))
    except ValueError as error:
        raise UsageError(f"--plugins: {error}", hint=f"a plugin is {FORMS}") from error
