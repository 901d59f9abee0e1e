"""Where a report goes: stdout, and on GitHub the files that the runner names. Nothing below the command line prints."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from deployer.cli import say
from deployer.errors import DeployerError
from deployer.model.result import Report
from deployer.report import github, json, terminal

FORMATS = ("text", "json", "github")
formatted = click.option("--format", "format_", type=click.Choice(FORMATS), default="text", help="[default: text]")


def reported(format_: str, work: Callable[[], Report], command: str, path: str, *, dry_run: bool = False) -> int:
    """Do the work of a command, write its report, and return the exit code; why it could not be done goes to stderr."""
    try:
        report = work()
    except DeployerError as error:
        report = Report(command, path, dry_run=dry_run, error=error)
    write(report, format_)
    if report.error and format_ != "json":
        say(report.error)
    return report.exit_code


def write(report: Report, format_: str, environ: Mapping[str, str] = os.environ) -> None:
    """Write a report in one of FORMATS; `github` also fills GITHUB_OUTPUT and GITHUB_STEP_SUMMARY where set."""
    match format_:
        case "json":
            click.echo(json.render(report), nl=False)
        case "github":
            click.echo(terminal.render(report), nl=False)
            click.echo(github.commands(report), nl=False)
            _append(environ.get("GITHUB_STEP_SUMMARY"), github.summary(report))
            _append(environ.get("GITHUB_OUTPUT"), "".join(f"{k}={v}\n" for k, v in github.outputs(report).items()))
        case _:
            click.echo(terminal.render(report, color=wants_color(environ)), nl=False)


def _append(file: str | None, text: str) -> None:
    if file:
        with Path(file).open("a", encoding="utf-8") as stream:
            stream.write(text)


def wants_color(environ: Mapping[str, str]) -> bool:
    """Colours are for a person at a terminal; NO_COLOR and FORCE_COLOR say otherwise."""
    if environ.get("NO_COLOR"):
        return False
    return bool(environ.get("FORCE_COLOR")) or sys.stdout.isatty()
