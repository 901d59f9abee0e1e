"""What the machine says is data: whatever git, a CI's variables or a nameless user say, a run goes on or names it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable

import pytest
from cli.project import Ended, Project
from proxy import Proxy
from pytest_httpserver import HTTPServer

from deployer.cache import cache_folder
from deployer.cli.deploying import _who
from deployer.errors import UsageError

Run = Callable[..., Ended]
RUN = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "a/b", "GITHUB_RUN_ID": "7"}


def nameless(uid: int) -> None:
    """What is known of a user whom the machine knows by a number alone."""
    raise KeyError(uid)


@pytest.mark.parametrize(
    ("environ", "who"),
    [
        (RUN, "https://github.com/a/b/actions/runs/7"),
        ({"CI_JOB_URL": "https://gitlab/1"}, "https://gitlab/1"),
        ({"BUILD_URL": "https://jenkins/1"}, "https://jenkins/1"),
        ({"BUILD_URL": "https://j/\udcff\n::error::"}, "https://j/\\xff\\n::error::"),
        *(({**RUN, name: "", "BUILD_URL": "https://j/1"}, "https://j/1") for name in RUN),
        *(({name: each for name, each in RUN.items() if name != less}, "ann") for less in RUN),
        ({}, "ann"),
    ],
)
def test_who_deploys_is_said_by_whatever_says_it_whole(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], who: str
) -> None:
    monkeypatch.setenv("LOGNAME", "ann")
    assert _who(environ) == who


@pytest.mark.parametrize("error", [KeyError("uid"), OSError("no"), ImportError("pwd")])
def test_nobody_is_called_nothing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def nameless() -> str:
        raise error

    monkeypatch.setattr("getpass.getuser", nameless)
    assert _who({}) == ""


def test_a_cache_needs_a_home_or_a_folder_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KESTRA_DEPLOYER_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", nameless)
    with pytest.raises(UsageError, match="no home folder") as caught:
        cache_folder()
    assert "KESTRA_DEPLOYER_CACHE" in caught.value.hint


def test_a_cache_in_the_home_of_nobody_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KESTRA_DEPLOYER_CACHE", "~nobody-at-all/cache")
    with pytest.raises(UsageError, match="KESTRA_DEPLOYER_CACHE is set to ~nobody-at-all/cache"):
        cache_folder()


def test_a_user_without_a_home_checks_flows_and_leaves_nothing_behind(
    project: Project, deployer: Run, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpserver.expect_request("/api/v1/configs").respond_with_json({"version": "2.0.4"})
    monkeypatch.setenv("KESTRA_HOST", httpserver.url_for("/"))
    for name in ("KESTRA_DEPLOYER_CACHE", "XDG_CACHE_HOME", "HOME", "LOGNAME", "USER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", nameless)
    monkeypatch.setattr("deployer.cli.remembered.cache_folder", cache_folder)  # as it is for users
    project.flow("a")
    before = sorted(project.root.rglob("*"))
    ended = deployer("check")
    assert (ended.code, ended.stderr) == (0, "")
    assert "rules of Kestra 2.0" in ended.stdout
    assert sorted(project.root.rglob("*")) == before


@pytest.mark.one_version("2.0")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a checkout to another user")
@pytest.mark.parametrize("trouble", ["another owner", "broken configuration", "GIT_CONFIG_COUNT", "no program"])
def test_a_checkout_that_git_refuses_is_deployed_with_its_commit(
    project: Project, deployer: Run, server: Proxy, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    project.flow("a")
    for command in ("init -q", "add -A", "-c user.name=a -c user.email=a@b commit -q -m x"):
        subprocess.run(["git", *command.split()], cwd=project.root, check=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=project.root, check=True, capture_output=True, text=True)
    match trouble:
        case "another owner":
            for each in (project.root, *project.root.rglob("*")):
                os.chown(each, 1234, 1234)
        case "broken configuration":
            (project.root / ".git/config").write_text("[core\nfoo")
        case "GIT_CONFIG_COUNT":
            monkeypatch.setenv("GIT_CONFIG_COUNT", "x")
        case _:
            monkeypatch.setenv("PATH", str(project.root / "nowhere"))
    ended = deployer("sync", "--project", "p", "--format", "json")
    assert (ended.code, ended.report["commit"]) == (0, head.stdout.strip())
    assert deployer("drift", "--project", "p").code == 0
    assert server.count("PUT", "POST") > 0
    for command in ("sync", "plan", "drift"):  # without the project's name, which git may not tell
        assert deployer(command).code != 70


def test_a_current_folder_that_is_gone_is_said_to_be(project: Project, deployer: Run) -> None:
    here = project.root / "here"
    here.mkdir()
    os.chdir(here)
    here.rmdir()
    for command in (("check",), ("sync", "--host", "http://127.0.0.1:1"), ("check", "--config", "a.yaml")):
        ended = deployer(*command)
        assert ended.code == 2
        assert "error: the current folder no longer exists" in ended.stderr
    assert deployer("explain").code == 0


@pytest.mark.parametrize("name", ["KESTRA_HOST", "KESTRA_TENANT", "KESTRA_USERNAME", "KESTRA_API_TOKEN"])
def test_a_setting_that_is_no_text_names_its_variable(
    project: Project, deployer: Run, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("KESTRA_HOST", "http://127.0.0.1:1")
    monkeypatch.setenv(name, os.fsdecode(b"http://\xff"))
    ended = deployer("sync")
    assert ended.code == 2
    assert f"error: {name} is not UTF-8 text" in ended.stderr


def test_a_project_that_is_no_text_names_its_option(project: Project, deployer: Run) -> None:
    project.flow("a")
    ended = deployer("sync", "--host", "http://127.0.0.1:1", "--project", os.fsdecode(b"\xff"))
    assert ended.code == 2
    assert "--project holds bytes that are not UTF-8 text" in ended.stderr


def test_variables_that_concern_nothing_stop_no_check(
    project: Project, deployer: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.flow("a")
    for name in ("SSL_CERT_FILE", "HTTPS_PROXY", "GITHUB_OUTPUT", "KESTRA_API_TOKEN", "CI_JOB_URL", "GIT_DIR"):
        monkeypatch.setenv(name, os.fsdecode(b"/nowhere \xff"))
    ended = deployer("check")
    assert (ended.code, ended.stderr) == (0, "")


@pytest.mark.parametrize("name", ["KESTRA_HOST", "KESTRA_USERNAME", "KESTRACTL_TOKEN"])
def test_what_is_wrong_with_the_way_to_a_server_that_is_not_asked_does_not_matter(
    project: Project, deployer: Run, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    project.flow("a")
    monkeypatch.setenv(name, os.fsdecode(b"no address, no text: \xff"))
    ended = deployer("check")
    assert ended.code == 0
    assert "1 file checked by the rules of Kestra 1.3: nothing found." in ended.stdout
    assert ("note: " in ended.stderr) is (name == "KESTRA_HOST")
    assert deployer("check", "--server").code == 2
    assert deployer("sync").code == 2


PLACES = {
    "kestra-plugins.json": ("check",),
    "kestra-deployer.yaml": ("check",),
    "plan.json": ("apply", "plan.json", "--host", "http://127.0.0.1:1"),
    "ledger.json": ("sync", "--project", "p"),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", ["folder", "pipe", "device"])
def test_what_is_no_file_in_the_place_of_one_is_said_to_be_none_and_not_waited_for(
    project: Project, deployer: Run, httpserver: HTTPServer, place: str, kind: str
) -> None:
    project.flow("a")
    httpserver.expect_request("/api/v1/configs").respond_with_json({"version": "1.3.31"})
    if place == "ledger.json":
        project.write("kestra-deployer.yaml", f"ledger: file:{place}\nhost: {httpserver.url_for('')}\n")
    file = project.root / place
    match kind:
        case "folder":
            file.mkdir()
        case "pipe":
            os.mkfifo(file)
        case _:
            file.symlink_to("/dev/zero")
    ended = deployer(*PLACES[place])
    assert ended.code in (2, 3)
    assert f"{place} cannot be read: it is a {kind}, not a file" in ended.stderr
