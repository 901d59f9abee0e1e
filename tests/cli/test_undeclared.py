"""What no file declares any more is told in every run, a rename is seen, and what others call is not deleted."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from cli.others import create, there
from cli.project import HELLO, Ended, Project
from proxy import Proxy

Run = Callable[..., Ended]
OURS = ("--project", "ours", "--format", "json")

CALL = """\
id: caller
namespace: company.up
tasks:
  - id: call
    type: io.kestra.plugin.core.flow.Subflow
    namespace: company.team
    flowId: b
"""


@pytest.fixture
def deployed(project: Project, deployer: Run, server: Proxy) -> Project:
    """A project that deployed a, b and c."""
    for name in "abc":
        project.flow(name)
    assert deployer("sync", *OURS).code == 0
    server.requests.clear()
    return project


def notices(ended: Ended) -> list[str]:
    return [each["message"] for each in ended.report["problems"] if each["check"] == "not-declared"]


@pytest.mark.one_version("2.0")
@pytest.mark.parametrize("command", ["sync", "plan", "drift"])
def test_what_no_file_declares_any_more_is_told_in_every_run(deployed: Project, deployer: Run, command: str) -> None:
    deployed.remove("b")
    ended = deployer(command, *OURS)
    assert ended.code == 0
    assert notices(ended) == ["1 flow was deployed from here and is declared by no file any more: company.team/b"]
    deployed.remove("c")
    assert notices(deployer(command, *OURS)) == [
        "2 flows were deployed from here and are declared by no file any more: company.team/b, company.team/c"
    ]


@pytest.mark.one_version("2.0")
def test_that_takes_no_request_more(deployed: Project, deployer: Run, server: Proxy) -> None:
    deployed.remove("b")
    deployer("sync", *OURS)
    assert len(server.requests) == 4


@pytest.mark.one_version("2.0")
def test_what_another_file_declares_or_lies_elsewhere_is_not_told(deployed: Project, deployer: Run) -> None:
    (deployed.root / "flows/company.team/b.yaml").rename(deployed.root / "b.yaml.disabled")
    assert notices(deployer("sync", *OURS)) == []
    assert notices(deployer("sync", "flows/company.team/a.yaml", *OURS)) == []


def test_a_rename_is_recognised_and_the_old_flow_is_said_to_run_on(
    deployed: Project, deployer: Run, api: httpx.Client
) -> None:
    deployed.remove("b")
    deployed.flow("bee", message="hello")
    renamed = "company.team/bee says what company.team/b said, which no file declares any more: it was renamed"
    assert notices(deployer("plan", *OURS)) == [f"{renamed}; company.team/b goes on running beside it"]
    assert deployer("sync", *OURS, "--prune").code == 0
    assert there(api) == {"a", "bee", "c"}


@pytest.mark.parametrize("command", ["sync", "plan"])
def test_what_others_still_call_is_not_deleted_unless_forced(
    deployed: Project, deployer: Run, api: httpx.Client, command: str
) -> None:
    create(api, CALL)
    deployed.remove("b")
    ended = deployer(command, *OURS, "--prune")
    [change] = [each for each in ended.report["plan"]["changes"] if each["action"] == "prune"]
    assert change["held"] == "company.up/caller still calls it: --force deletes it all the same"
    assert "b" in there(api)

    forced = deployer("sync", *OURS, "--prune", "--force")
    assert "company.up/caller still calls it" in forced.stdout
    assert "b" not in there(api)


def test_a_caller_that_goes_or_calls_no_more_holds_nothing(deployed: Project, deployer: Run, api: httpx.Client) -> None:
    for name in ("up", "other"):
        deployed.write(f"flows/{name}.yaml", CALL.replace("id: caller", f"id: {name}"))
    assert deployer("sync", *OURS).code == 0
    deployed.remove("b")
    (deployed.root / "flows/up.yaml").unlink()
    deployed.write("flows/other.yaml", HELLO.replace("id: hello", "id: other").replace("company.team", "company.up"))
    assert deployer("sync", *OURS, "--prune", "--max-prune", "2").code == 0
    assert there(api) == {"a", "c", "other"}
