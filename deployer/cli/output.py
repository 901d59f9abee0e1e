"""Where a report goes: stdout, and on GitHub the files that the runner names. Nothing below the command line prints."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping

import click

from deployer.cli import say
from deployer.cli.streams import is_terminal, labelled, out, redact
from deployer.errors import DeployerError
from deployer.model.result import Report
from deployer.report import github, json, terminal
from deployer.report.harmless import one_line

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

    def instead() -> str:
        return terminal.render(report)

    match format_:
        case "json":
            out(json.render(report, redact), instead, redacted=True)
        case "github":
            out(terminal.render(report) + github.commands(report), instead)
            _append("GITHUB_STEP_SUMMARY", environ, redact(github.summary(report)))
            outputs = github.outputs(report)
            _append("GITHUB_OUTPUT", environ, "".join(f"{name}={value}\n" for name, value in outputs.items()))
        case _:
            out(terminal.render(report, color=wants_color(environ)), instead)


def _append(variable: str, environ: Mapping[str, str], text: str) -> None:
    """Add to the file that a variable names. Where that fails, it is said: what the run did is done all the same."""
    if not (file := environ.get(variable)):
        return
    try:
        # a pipe that nobody reads is not waited for
        number = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK, 0o666)
        with open(number, "a", encoding="utf-8") as stream:  # noqa: PTH123
            stream.write(text)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else "") or str(error)
        labelled("error", "red", one_line(f"{variable} names {file}, which cannot be written: {reason}"))


def wants_color(environ: Mapping[str, str]) -> bool:
    """Colours are for a person at a terminal; NO_COLOR and FORCE_COLOR say otherwise."""
    if environ.get("NO_COLOR"):
        return False
    return bool(environ.get("FORCE_COLOR")) or is_terminal(sys.stdout)
