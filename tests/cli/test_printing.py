"""Whatever stdout and stderr are, whatever is printed there: a run says what it did and ends as it should."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cli.project import HELLO, Project
from proxy import Proxy

from deployer.cli.streams import Stream

EVIL = '"a\\e]0;x\\a\\u202e\\n::error::b": 1\n'
"""A line of YAML whose key is an unknown property with what a terminal or a CI would obey."""


def ran(*arguments: str, behind: str = "", **environ: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command line in a process of its own; `behind` is what stands behind it in a shell's line."""
    line = [sys.executable, "-m", "deployer", *arguments]
    return subprocess.run(
        ["bash", "-c", f'"$@" {behind}; exit ${{PIPESTATUS[0]}}', "-", *line],
        capture_output=True,
        env={**os.environ, **environ},
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("encoding", "format_"),
    [
        *((each, "text") for each in ("cp1252", "ascii", "latin-1", "utf-8", "utf-16")),
        ("cp1252", "github"),
        ("ascii", "json"),
    ],
)
def test_a_report_is_printed_in_any_encoding(project: Project, encoding: str, format_: str) -> None:
    project.write("flows/ünï ✓.yaml", HELLO + EVIL)
    ended = ran("check", "--format", format_, PYTHONIOENCODING=encoding)
    assert (ended.returncode, ended.stderr) == (1, b"")
    text = ended.stdout.decode(encoding)
    assert "unknown-property" in text
    assert re.search(r"[\x00-\x08\x0e-\x1f\x7f\x9b\u202e\ud800]", text) is None
    if format_ == "json":
        assert json.loads(text)["exit_code"] == 1


@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_a_report_is_printed_in_any_locale(project: Project, locale: str) -> None:
    project.write("flows/a.yaml", HELLO + EVIL)
    ended = ran("check", LC_ALL=locale, PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert (ended.returncode, ended.stderr) == (1, b"")


@pytest.mark.parametrize(("encoding", "shown"), [("utf-8", "✓ … ü"), ("cp1252", "v … ü"), ("ascii", "v ... \\xfc")])
def test_a_mark_that_a_terminal_does_not_know_is_another_one(encoding: str, shown: str) -> None:
    under = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    Stream(under).write("✓ … ü")
    under.seek(0)
    assert under.read() == shown


def test_bytes_of_a_name_that_are_no_text_are_shown_as_such(project: Project) -> None:
    project.write("flows/a.yaml", HELLO)
    (project.root / os.fsdecode(b"flows/\xff\n::error::.yaml")).write_text("id: [")
    for arguments in (("check",), ("check", os.fsdecode(b"\xfe")), ("\udcfd",), ("explain", "\x1b[31m\udcff")):
        ended = ran(*arguments)
        assert ended.returncode in (1, 2)
        text = (ended.stdout + ended.stderr).decode()
        assert re.search(r"\\(x|udc)(ff|fe|fd)", text)
        assert "\x1b" not in text
        assert [line for line in text.splitlines() if line.lstrip().startswith("::")] == []


ENDS: dict[str, str] = {"full": "> /dev/full", "closed": ">&-"}


@pytest.mark.parametrize(
    ("end", "format_"), [("full", "text"), ("closed", "text"), ("full", "github"), ("closed", "json")]
)
def test_what_cannot_go_to_stdout_is_said_on_stderr(project: Project, end: str, format_: str) -> None:
    project.write("flows/a.yaml", HELLO)
    ended = ran("check", "--format", format_, behind=ENDS[end])
    assert ended.returncode == 0
    text = ended.stderr.decode()
    assert "standard output cannot be written: " in text
    assert "1 file checked by the rules of Kestra 1.3: nothing found." in text
    assert "Traceback" not in text
    assert "Exception ignored" not in text


@pytest.mark.parametrize("command", [("--help",), ("--version",), ("explain",), ("schema", "export")])
def test_what_is_only_printed_and_cannot_be_is_not_done(project: Project, command: tuple[str, ...]) -> None:
    ended = ran(*command, behind="> /dev/full")
    assert ended.returncode == 3
    assert ended.stderr == b"error: standard output cannot be written: No space left on device\n"


@pytest.mark.parametrize("behind", ["2> /dev/full", "2>&-", "> /dev/full 2> /dev/full", "<&- >&- 2>&-"])
def test_a_run_ends_as_it_should_though_nobody_can_be_told(project: Project, behind: str) -> None:
    project.write("flows/a.yaml", HELLO)
    assert ran("check", behind=behind).returncode == 0
    assert ran("sync", "--host", "http://127.0.0.1:1", "nowhere", behind=behind).returncode == 2
    assert ran("--nope", behind=behind).returncode == 2


def test_a_reader_that_has_seen_enough_is_no_fault(project: Project) -> None:
    for number in range(500):
        project.write(f"flows/{number}.yaml", "id: [")
    ended = ran("check", behind="| head -1")
    assert (ended.returncode, ended.stderr) == (1, b"")
    assert ended.stdout.count(b"\n") == 1


def test_a_pipe_that_others_made_not_wait_is_written_whole(project: Project) -> None:
    for number in range(500):
        project.write(f"flows/{number}.yaml", "id: [")
    slow = "import os, sys, time; os.set_blocking(1, False); os.execvp(sys.argv[1], sys.argv[1:])"
    line = [sys.executable, "-c", slow, sys.executable, "-m", "deployer", "check"]
    ended = subprocess.run(["bash", "-c", '"$@" | (sleep 2; wc -l)', "-", *line], capture_output=True, check=False)
    assert (int(ended.stdout) > 2000, ended.stderr) == (True, b"")


@pytest.mark.one_version("2.0")
@pytest.mark.parametrize("behind", ["> /dev/full", ">&-", "| head -c 1"])
def test_a_deploy_that_was_done_ends_as_done(project: Project, server: Proxy, behind: str) -> None:
    project.flow("a")
    ended = ran("sync", "--project", "p", behind=behind, KESTRA_HOST=server.url)
    assert ended.returncode == 0
    assert server.count("PUT", "POST") > 0
    assert ("company.team/a  created, revision 1" in ended.stderr.decode()) is ("head" not in behind)


@pytest.mark.parametrize(
    ("variable", "place"),
    [
        *(("GITHUB_OUTPUT", each) for each in ("/nowhere/at/all", "/dev/full", "flows", "pipe", "/proc/version")),
        *(("GITHUB_STEP_SUMMARY", each) for each in ("/dev/full", "a\udcff\n::b/c")),
    ],
)
def test_a_file_of_githubs_that_cannot_be_written_is_named_after_the_report(
    project: Project, variable: str, place: str
) -> None:
    project.write("flows/a.yaml", HELLO)
    os.mkfifo(project.root / "pipe")
    ended = ran("check", "--format", "github", **{variable: place})
    assert ended.returncode == 0
    assert "nothing found" in ended.stdout.decode()
    text = ended.stderr.decode()
    assert text.startswith(f"error: {variable} names ")
    assert "which cannot be written" in text
    assert "\n::" not in text


def test_a_variable_about_the_terminal_may_say_anything(project: Project) -> None:
    project.write("flows/a.yaml", HELLO)
    strange: dict[str, Any] = {"COLUMNS": "²", "LINES": "x", "TERM": "\x01", "NO_COLOR": "", "FORCE_COLOR": "?"}
    assert ran("check", **strange).returncode == 0
    ended = ran("sync", "--host", "http://127.0.0.1:1", "nowhere", **strange)
    assert b"no such file or folder: nowhere" in ended.stderr


@pytest.mark.one_version("2.0")
def test_what_was_done_is_reported_though_the_system_or_we_fail(
    project: Project, deployer: Any, server: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "somewhere")

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("division by zero")

    assert server.url
    for number, (fault, code, says) in enumerate(((full, 3, "error: somewhere: No space"), (broken, 70, "bug: "))):
        project.flow(f"a{number}")
        with monkeypatch.context() as patch:
            patch.setattr("deployer.afterwards.run_smoke", fault)
            ended = deployer("sync", "--project", "p", "--smoke")
        assert ended.code == code
        assert f"company.team/a{number}  created, revision 1" in ended.stdout
        assert says in ended.stderr


def test_this_is_the_only_place_that_prints() -> None:
    root = Path(__file__).parents[2] / "deployer"
    printing = re.compile(r"\bprint\(|click\.echo\(|click\.secho\(|sys\.std(out|err)\b")
    places = {
        file.relative_to(root).as_posix()
        for file in root.rglob("*.py")
        if printing.search(file.read_text(encoding="utf-8")) and "engine" not in file.parts
    }
    assert places == {
        "cli/asking.py",  # a question
        "cli/embedded.py",  # progress
        "cli/dev.py",  # an address of our own
        "cli/explain.py",  # our own documentation
        "cli/progress.py",  # names of tests
        "cli/output.py",  # whether stdout is a terminal
        "cli/schema.py",  # JSON
        "cli/streams.py",
        "report/lines.py",  # into a text
    }
