"""Every `--help` begins with one plain imperative sentence and ends with two examples that the command line takes."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import click
import pytest

from deployer.cli import cli

VERBS = frozenset(
    {"Add", "Apply", "Check", "Deploy", "Describe", "Explain", "Run", "Show", "Trust", "Validate", "Write"}
)


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below
            yield from commands(below, f"{path} {name}")


ALL = dict(commands(cli, "kestra-deployer"))


def examples(path: str) -> list[str]:
    paragraphs = (ALL[path].epilog or "").split("\n\n")
    head, *lines = paragraphs[0].removeprefix("\b\n").split("\n")
    return [line.strip() for line in lines] if head == "Examples:" else []


@pytest.mark.parametrize("path", ALL)
def test_a_help_begins_with_one_imperative_sentence(path: str) -> None:
    first, *_ = (ALL[path].help or "").split("\n\n")
    assert first.split()[0] in VERBS, f"begin with one of {', '.join(sorted(VERBS))}, or add a plainer verb to VERBS"
    assert first.endswith(".")


@pytest.mark.parametrize("path", ALL)
def test_a_help_ends_with_two_examples_and_then_the_exit_codes(path: str) -> None:
    assert len(examples(path)) == 2
    rest = (ALL[path].epilog or "").split("\n\n")[1:]
    assert all(each.startswith("Exit codes: ") for each in rest)


@pytest.mark.parametrize(
    ("path", "example"), [(path, example) for path in ALL for example in examples(path)], ids=lambda each: each
)
def test_the_command_line_takes_every_example(path: str, example: str) -> None:
    assert example == path or example.startswith(f"{path} ")
    command: click.Command = cli
    _, *rest = shlex.split(example)
    while isinstance(command, click.Group):
        assert rest, example
        below = command.get_command(click.Context(command), rest.pop(0))
        assert below, example
        command = below
    command.make_context(path, rest)
