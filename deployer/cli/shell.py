"""The options that say what of the user's environment flows see in an engine of our own: nothing that is not named."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from deployer.dotenv_files import read_env_file
from deployer.engine.process.environment import select_named

_Command = TypeVar("_Command", bound=Callable[..., Any])
SHELL = (
    click.option(
        "--secret", "secrets", multiple=True, metavar="NAME", help="A variable that flows get as secret('NAME')."
    ),
    click.option("--env", "envs", multiple=True, metavar="NAME", help="A variable that flows get as envs.name."),
    click.option(
        "--env-file", type=click.Path(path_type=Path), metavar="FILE", help="The same: a .env with SECRET_… and ENV_…."
    ),
)


def shell(command: _Command) -> _Command:
    """Add the options that say what flows in an engine of our own see of the user's environment."""
    for option in reversed(SHELL):
        command = option(command)
    return command


def variables(secrets: Iterable[str], envs: Iterable[str], env_file: Path | None) -> dict[str, str]:
    """Return what those options come to: variables for the engine. Raises UsageError."""
    file = read_env_file(env_file) if env_file else {}
    return select_named(os.environ, secrets, envs, file)
