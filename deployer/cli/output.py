"""Where reports go: stdout, files, and on GitHub those that the runner names. Nothing below the command line prints."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from deployer.cli import say
from deployer.cli.adding import adding
from deployer.cli.streams import is_terminal, labelled, out, redact
from deployer.errors import DeployerError, ExitCode, UsageError
from deployer.model.request import Request
from deployer.model.result import Report
from deployer.report import github, terminal
from deployer.report.harmless import one_line
from deployer.report.hidden import hide
from deployer.report.table import FORMATS

TEXT = "text"
_OPTIONS = (
    click.option(
        "--report",
        "reports",
        multiple=True,
        metavar="FORMAT[=FILE]",
        help=f"Write a report: {', '.join(FORMATS)}. May be given several times.  [default: {TEXT}, to stdout]",
    ),
    click.option("--format", "format_", type=click.Choice(list(FORMATS)), help="The same as --report FORMAT."),
)


@dataclass(frozen=True, slots=True)
class Outputs:
    """What is written of a report: one format to stdout, any to files."""

    stdout: str = TEXT
    files: Sequence[tuple[str, Path]] = ()


reporting = adding(*_OPTIONS)
"""Add the options of a report to a command; it hands both to `outputs_of`."""


def outputs_of(format_: str | None, reports: Sequence[str]) -> Outputs:
    """Return what the options say. Raises UsageError, before anything is done, for what could not be written."""
    shown = [format_] if format_ else []
    files: list[tuple[str, Path]] = []
    for each in reports:
        name, to_file, file = each.partition("=")
        if name not in FORMATS:
            raise UsageError(f"--report: there is no format `{name}`", hint=f"use one of {', '.join(FORMATS)}")
        if to_file:
            files.append((name, _file(file)))
        else:
            shown.append(name)
    if len(shown) > 1:
        message = f"only one report can go to stdout, and {' and '.join(shown)} are to"
        raise UsageError(message, hint=f"write the others into files: --report {shown[-1]}=FILE")
    return Outputs(shown[0] if shown else TEXT, files)


def _file(name: str) -> Path:
    file = Path(name)
    if not name or "\0" in name or not file.parent.is_dir() or file.is_dir():
        raise UsageError(f"--report: {name!r} cannot be a file", hint="name a file in a folder that is there")
    return file


def report(outputs: Outputs, request: Request, work: Callable[[], Report]) -> int:
    """Do the work of a command, write its reports, and return the exit code; why it failed goes to stderr.

    `request` is what is known of it before the work begins. Where a file cannot be written, the exit code is at
    least 3.
    """
    try:
        found = work()
    except DeployerError as error:
        found = Report(request, error=error)
    except KeyboardInterrupt:  # before the first stage, such as while an engine starts
        found = Report(request, interrupted=True)
    written = write(found, outputs)
    if found.error and outputs.stdout != "json":
        say(found.error)
    return found.exit_code or (ExitCode.OK if written else ExitCode.COULD_NOT_RUN)


def write(report: Report, outputs: Outputs, environ: Mapping[str, str] = os.environ) -> bool:
    """Write a report; `github` also fills GITHUB_OUTPUT and GITHUB_STEP_SUMMARY where set. Whether all files are."""
    report = hide(report, redact)

    def instead() -> str:
        return terminal.render(report)

    if outputs.stdout == TEXT:
        out(terminal.render(report, color=wants_color(environ)), instead)
    else:
        out(FORMATS[outputs.stdout](report), instead, redacted=True)
    if outputs.stdout == "github":
        _append("GITHUB_STEP_SUMMARY", environ, github.summary(report))
        values = github.outputs(report)
        _append("GITHUB_OUTPUT", environ, "".join(f"{name}={value}\n" for name, value in values.items()))
    written = [_write(file, FORMATS[name](report)) for name, file in outputs.files]
    return all(written)


def _write(file: Path, text: str) -> bool:
    """Write a file, and return whether that worked; where not, it is said: what the run did is done all the same."""
    try:
        file.write_text(text, encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else "") or str(error)
        labelled("error", "red", one_line(f"the report {file} cannot be written: {reason}"))
        return False
    return True


def _append(variable: str, environ: Mapping[str, str], text: str) -> None:
    """Add to the file that a variable names. Where that fails, it is said: what the run did is done all the same."""
    if not (file := environ.get(variable)):
        return
    try:
        # do not wait for a pipe without a reader
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
