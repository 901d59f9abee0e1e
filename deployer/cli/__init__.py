"""The command line: click options to settings, the pipeline, the reports, the exit code. One file per command."""

from __future__ import annotations

import importlib
import os
import signal
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from deployer import __version__
from deployer.cli.epilog import epilog
from deployer.cli.streams import labelled, note, steady
from deployer.errors import DeployerError, ExitCode, SystemRefusedError, UnforeseenError

COMMANDS = {
    "apply": ("deployer.cli.apply", "Apply a saved plan. Fails if anything changed since it was made."),
    "check": ("deployer.cli.check", "Validate flow files offline."),
    "dev": ("deployer.cli.dev", "Run a Kestra development server on this machine."),
    "drift": ("deployer.cli.drift", "Show flows that were changed on the server since the last deploy."),
    "explain": ("deployer.cli.explain", "Explain a problem, with a bad and a good example."),
    "health": ("deployer.cli.health", "Show whether what was deployed will run."),
    "plan": ("deployer.cli.plan", "Show what a deploy would do, without doing it."),
    "schema": ("deployer.cli.schema", "Add plugin types to check, and export a JSON Schema for editors."),
    "smoke": ("deployer.cli.smoke", "Run the smoke tests on the flows that the server has."),
    "sync": ("deployer.cli.sync", "Deploy every flow under PATH: check, compare, create or update, test."),
    "triggers": ("deployer.cli.triggers", "Show which triggers are scheduled next, off or locked."),
    "test": ("deployer.cli.test", "Run the tests of flows on a new engine, without a server."),
    "trust": ("deployer.cli.trust", "Trust this project's files with your credentials."),
    "trial": ("deployer.cli.trial", "Check that this deployer works with your server."),
}
"""Every command: its module, which defines a click command of the same name, and its line in the help."""

DEBUG = "KESTRA_DEPLOYER_DEBUG"


class _Commands(click.Group):
    """Imports a command only when it is used, so that `--help` and `--version` stay fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  as above
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(COMMANDS[cmd_name][0]), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  as above
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in sorted(COMMANDS.items())])


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=epilog("check flows", "sync flows --dry-run"),
)
@click.version_option(__version__, prog_name="kestra-deployer")
def cli() -> None:
    """Deploy Kestra flows from files: check, compare, write what differs, run smoke tests."""


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code. Errors go to stderr, never as a traceback."""
    with steady() as stdout:
        _interrupt_on_signals()
        code = _run(arguments)
        stdout.flush()
        if stdout.failed and not stdout.unread and not stdout.reported:
            labelled("error", "red", f"standard output cannot be written: {stdout.failed}")
            return code or ExitCode.COULD_NOT_RUN
        return code


def _run(arguments: Sequence[str]) -> int:
    try:
        code = cli.main(list(arguments), prog_name="kestra-deployer", standalone_mode=False)
    except click.exceptions.Abort:
        note("interrupted")
        return ExitCode.INTERRUPTED
    except click.ClickException as error:
        _say_usage(error)
        return error.exit_code
    except DeployerError as error:
        say(error)
        return error.exit_code
    except OSError as error:
        say(SystemRefusedError(error))
        return ExitCode.COULD_NOT_RUN
    except Exception as error:  # noqa: BLE001  the last line of defence: a bug, reported as one
        say(UnforeseenError(error))
        return ExitCode.BUG
    return code if isinstance(code, int) else ExitCode.OK


def say(error: DeployerError) -> None:
    """Print an error and its hint on stderr; for a bug of ours, also how to report it."""
    ours = isinstance(error, UnforeseenError)
    labelled("bug" if ours else "error", "red", str(error))
    if error.hint:
        labelled("hint", "cyan", error.hint)
    if not isinstance(error, UnforeseenError | SystemRefusedError):
        return
    if os.environ.get(DEBUG):
        note("".join(traceback.format_exception(error.__cause__)))
    elif ours:
        note(f"please report it, with the version ({__version__}) and the output of {DEBUG}=1")
    else:
        note(f"set {DEBUG}=1 to see where it happened")


def _say_usage(error: click.ClickException) -> None:
    """Print a usage error of click, in click's own form."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context:
        note(context.get_usage())
        note(f"Try '{context.command_path} {context.help_option_names[0]}' for help.\n")
    labelled("error", "red", error.format_message())


def _interrupt_on_signals() -> None:
    """Let SIGTERM and SIGHUP end the run as ^C does: stop what was started, report what was done.

    Output to a terminal that has gone away is discarded.
    """
    terminals = [number for number in (1, 2) if os.isatty(number)]

    def terminate(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001  the signal module's signature
        for gone in (each for each in terminals if not os.isatty(each)):
            with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
                os.dup2(nowhere.fileno(), gone)
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # under `nohup`
            signal.signal(number, terminate)
