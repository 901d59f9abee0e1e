"""No command shows a secret that stands in a flow: in a difference, an excerpt, a question, a report or an error."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import httpx
import pytest
from cli.others import put, source
from cli.project import Ended, Project
from cli.terminal import talk
from model.test_secret import MARK, WRITTEN
from proxy import Passing, Proxy, answers

Run = Callable[..., Ended]
OURS = ("--project", "ours")
PIECES = (MARK, MARK.replace("-", ""), "HUNTER2ZQ9", "Hunter2zQ9")
HEAD = """\
id: a
namespace: company.team
tasks:
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: {message}
"""


def everything(message: str) -> str:
    """A flow that holds a secret in every way, as texts of which Kestra takes anything."""
    body = "".join(
        f"  part{number}:\n" + "".join(f"    {line}\n" for line in text.split("\n"))
        for number, (how, text) in enumerate(WRITTEN.items())
        if "variable" not in how and "exported" not in how
    )
    return HEAD.format(message=message) + "variables:\n" + body


def shown(ended: Ended, *files: str) -> Iterator[str]:
    yield from (ended.stdout, ended.stderr, *files)


def hides(*texts: str) -> None:
    for text in texts:
        for piece in PIECES:
            assert piece not in text, text[max(0, text.find(piece) - 200) : text.find(piece) + 40]


@pytest.fixture
def deployed(project: Project, server: Proxy, deployer: Run) -> Project:
    """A flow that is live, holds secrets, and was changed in its file since."""
    assert server.url
    project.write("flows/a.yaml", everything("hello"))
    ended = deployer("sync", *OURS)
    hides(*shown(ended))
    assert ended.code == 0, ended.stdout
    project.write("flows/a.yaml", "# new\n" + everything("good day").replace("after", "behind"))
    return project


@pytest.mark.one_version("2.0")
@pytest.mark.parametrize("format_", ["text", "json", "github"])
def test_commands(deployed: Project, deployer: Run, api: httpx.Client, format_: str) -> None:
    as_ = ("--format", format_)
    for command in (
        ("check", *as_),
        ("plan", *OURS, *as_, "--out", "plan.json"),
        ("sync", *OURS, *as_, "--dry-run"),
        ("drift", *OURS, *as_),
    ):
        ended = deployer(*command)
        assert ended.code in (0, 1), ended.stderr
        hides(*shown(ended))
    hides((deployed.root / "plan.json").read_text())
    put(api, "a", source(api, "a").replace("hello", f"edited {MARK}").replace("password: ", "password:  "))
    for command in (("drift", *OURS, *as_), ("plan", *OURS, *as_), ("sync", *OURS, *as_)):
        ended = deployer(*command)
        assert ended.code in (0, 4, 11)
        text = "".join(shown(ended)).replace(f"edited {MARK}", "")  # a message is no secret
        hides(text)


@pytest.mark.one_version("2.0")
def test_a_question(deployed: Project, api: httpx.Client) -> None:
    assert deployed.root
    put(api, "a", source(api, "a").replace("hello", "edited"))
    hides(talk("sync", *OURS, answers={"[d]iff [r]: ": ["d\n", "r\n"]}).shown)


@pytest.mark.one_version("2.0")
@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize("format_", ["text", "json", "github"])
def test_a_refusal_of_the_server_that_quotes_the_text(server: Proxy, deployer: Run, format_: str) -> None:
    def quoting(request: Passing) -> None:
        answers(422, json.dumps({"message": f"Invalid entity: {request.body.decode()}"}))(request)

    with server.failing(lambda _, request: quoting if request.startswith("PUT") and "/flows/" in request else None):
        ended = deployer("sync", *OURS, "--format", format_)
    assert ended.code == 5
    hides(*shown(ended))


@pytest.mark.parametrize("how", WRITTEN)
def test_an_excerpt_of_another_problem(project: Project, deployer: Run, how: str) -> None:
    first, *rest = WRITTEN[how].split("\n")
    for name, text in {
        "broken": f'{first} "x" y: z: [\n' + "\n".join(rest),
        "twice": f"{WRITTEN[how]}\n{WRITTEN[how]}\n",
        "wrong": HEAD.format(message="x")
        + "    disabled: maybe\n    more:\n"
        + "".join(f"      {each}\n" for each in (first, *rest)),
    }.items():
        project.write(f"flows/{name}.yaml", text)
    for format_ in ("text", "json", "github"):
        ended = deployer("check", "--format", format_)
        assert ended.code == 1
        hides(*shown(ended))


def test_a_link_to_a_file_with_variables(project: Project, deployer: Run) -> None:
    project.write(".env", f"KESTRA_API_TOKEN={MARK}\nDB_PASSWORD={MARK}\n")
    (project.root / "flows").mkdir()
    (project.root / "flows/e.yaml").symlink_to(project.root / ".env")
    hides(*shown(deployer("check")))
