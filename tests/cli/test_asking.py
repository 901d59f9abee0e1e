"""What a person at a terminal is asked, through a real one."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from dataclasses import dataclass

import httpx
import pytest
from cli.conftest import Project
from cli.others import edit, source
from proxy import Proxy

QUESTION = "What shall become of it"
_LONGEST = 60.0  # seconds, which only a failure takes


@dataclass(frozen=True, slots=True)
class Talk:
    """What stood on the terminal, and how the command ended."""

    shown: str
    code: int


def talk(*arguments: str, answer: str, environ: dict[str, str] | None = None) -> Talk:
    """Run the command line on a terminal, and answer when it asks."""
    ours, theirs = pty.openpty()
    clean = {name: value for name, value in os.environ.items() if name != "CI"}
    command = [sys.executable, "-m", "deployer", *arguments]
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env={**clean, **(environ or {})}, start_new_session=True
    )
    os.close(theirs)
    shown, answered = "", False
    while select.select([ours], [], [], _LONGEST)[0]:
        try:
            shown += os.read(ours, 65536).decode()
        except OSError:  # what a terminal says when nobody is at its other end any more
            break
        if QUESTION in shown and not answered:
            os.write(ours, answer.encode())
            answered = True
    os.close(ours)
    return Talk(shown, process.wait(_LONGEST))


@pytest.fixture
def edited(project: Project, server: Proxy, api: httpx.Client) -> str:
    """The text of a flow that somebody edited on the server since we deployed it."""
    assert server.url
    project.flow("a")
    subprocess.run([sys.executable, "-m", "deployer", "sync", "--project", "ours"], check=True, capture_output=True)
    return edit(api, "a", "hello", "edited")


def test_an_edit_is_shown_and_what_becomes_of_it_is_asked(project: Project, edited: str, api: httpx.Client) -> None:
    kept = talk("sync", "--project", "ours", answer="keep\n")
    assert kept.code == 0
    assert "company.team/a: edited on the server since it was deployed as revision 1" in kept.shown
    assert "-    message: edited" in kept.shown
    assert source(api, "a") == edited
    overwritten = talk("sync", "--project", "ours", answer="overwrite\n")
    assert overwritten.code == 0
    assert source(api, "a") == (project.root / "flows/company.team/a.yaml").read_text()


@pytest.mark.parametrize(("answer", "code"), [("\n", 4), ("refuse\n", 4), ("what\nrefuse\n", 4), ("\x04", 130)])
def test_the_usual_answer_is_to_refuse(edited: str, api: httpx.Client, answer: str, code: int) -> None:
    ended = talk("sync", "--project", "ours", answer=answer)
    assert ended.code == code
    assert "Traceback" not in ended.shown
    assert source(api, "a") == edited


@pytest.mark.parametrize(
    ("arguments", "environ", "code"),
    [
        ((), {"CI": "true"}, 4),
        (("--dry-run",), {}, 0),
        (("--on-drift", "refuse"), {}, 4),
        (("--format", "json"), {}, 4),
    ],
    ids=["in CI", "of a dry run", "where an option says", "of a program"],
)
@pytest.mark.usefixtures("edited")
def test_nobody_is_asked(arguments: tuple[str, ...], environ: dict[str, str], code: int) -> None:
    ended = talk("sync", "--project", "ours", *arguments, answer="overwrite\n", environ=environ)
    assert QUESTION not in ended.shown
    assert ended.code == code
