"""The options that say which Kestra is meant, shared by every command that talks to one, and what they resolve to."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import click

from deployer import configuration
from deployer.errors import UsageError
from deployer.model import version as versions
from deployer.model.plugin import FORMS, Plugin, merged, plugin
from deployer.read import git
from deployer.read.parse import EMPTY, parse
from deployer.settings import Settings, read_dotenv, resolve

_Command = TypeVar("_Command", bound=Callable[..., Any])
CONFIG = click.option("--config", type=click.Path(path_type=Path), help=f"[default: {configuration.NAME} in the root]")
PLUGINS = click.option(
    "--plugins", multiple=True, metavar="WHAT", help="Give the engine a plugin: a Maven coordinate, a jar or a folder."
)
_OPTIONS = (
    CONFIG,
    click.option("--host", metavar="URL", help="Kestra's address; a path prefix is kept.  [env: KESTRA_HOST]"),
    click.option("--tenant", metavar="NAME", help="[env: KESTRA_TENANT; default: main]"),
    click.option("--username", metavar="NAME", help="For basic authentication.  [env: KESTRA_USERNAME]"),
    click.option("--timeout", type=float, metavar="SECONDS", help="How long to wait for an answer.  [default: 30]"),
    click.option("--kestra", type=click.Choice(versions.NAMES), help="What the server counts as, --embedded starts."),
    click.option("--embedded", is_flag=True, help="Start a real Kestra engine here, for this command alone."),
    PLUGINS,
)  # fmt: skip


def connection(command: _Command) -> _Command:
    """Add the options above to a command; it gets them all as keywords and hands them to `configured`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class Configured:
    """What the options, the environment and the two files say together."""

    settings: Settings
    root: Path  # where `.env`, the configuration file and `ignore` patterns belong
    embedded: bool
    kestra: str | None = None  # the version that the configuration file names, whatever --kestra says

    @contextmanager
    def server(self) -> Iterator[Settings]:
        """Give settings with a host while the context lasts: the configured one, or an engine started for the while."""
        if not self.embedded:
            self.settings.require_host()
            yield self.settings
            return
        from deployer.cli.embedded import embedded  # noqa: PLC0415  needs the extra [engine]

        version = versions.named(self.settings.kestra) if self.settings.kestra else versions.DEFAULT
        with embedded(version, plugins=self.settings.plugins) as engine:
            yield self.settings.aimed_at(engine.url)


def configured(*, config: Path | None, embedded: bool, plugins: Iterable[str], **flags: Any) -> Configured:
    """Resolve what the connection options were given. Raises UsageError."""
    root, file = project(config)
    settings = resolve(flags, os.environ, read_dotenv(root), file)
    given = named_plugins(plugins)
    if given and not embedded:
        raise UsageError("--plugins is for an engine of our own, a server has its own", hint="add --embedded")
    settings = replace(settings, plugins=merged(settings.plugins, given))
    return Configured(settings, root, embedded, file.get("kestra"))


def project(config: Path | None) -> tuple[Path, dict[str, Any]]:
    """Return the project's root and the settings of its configuration file, none where there is none.

    `config` names another file, whose folder then is the root. Raises UsageError.
    """
    root = config.absolute().parent if config else git.root(Path.cwd()) or Path.cwd()
    file = config or root / configuration.NAME
    if config and not config.is_file():
        raise UsageError(f"there is no configuration file {config}", hint="correct --config, or leave it out")
    return root, configuration.settings(_mapping(file), root)


def named_plugins(texts: Iterable[str]) -> tuple[Plugin, ...]:
    """Return what `--plugins` names. Raises UsageError for what is neither coordinate nor path."""
    try:
        return tuple(map(plugin, texts))
    except ValueError as error:
        raise UsageError(f"--plugins: {error}", hint=f"a plugin is {FORMS}") from error


def _mapping(file: Path) -> Mapping[str, Any]:
    if not file.is_file():
        return {}
    try:
        document, problems = parse(str(file), file.read_bytes().decode())
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}", hint="it is to be YAML in UTF-8") from error
    for problem in [problem for problem in problems if problem.check != EMPTY]:
        place = f":{problem.span.line}:{problem.span.column}" if problem.span else ""
        raise UsageError(f"{file}{place}: {problem.message}", hint=problem.hint)
    return document.data if document else {}
