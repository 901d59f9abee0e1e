"""The options that pass variables of the user's environment to flows in an embedded engine: only those named."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import click

from deployer.cli.adding import adding
from deployer.dotenv_files import read_env_file
from deployer.engine.process.environment import select_named

SHELL = (
    click.option(
        "--secret", "secrets", multiple=True, metavar="NAME", help="Pass a variable to flows as secret('NAME')."
    ),
    click.option("--env", "envs", multiple=True, metavar="NAME", help="Pass a variable to flows as envs.name."),
    click.option(
        "--env-file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Pass the SECRET_… and ENV_… variables of a .env file.",
    ),
)


shell = adding(*SHELL)
"""Add these options to a command."""


def variables(secrets: Iterable[str], envs: Iterable[str], env_file: Path | None) -> dict[str, str]:
    """Return the variables that these options pass to the engine. Raises UsageError."""
    file = read_env_file(env_file) if env_file else {}
    return select_named(os.environ, secrets, envs, file)
