"""No answer to a read makes a deploy write over a text of somebody else's that it was not told to: nothing is lost."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

import httpx
import pytest
from cli.others import edit, save_draft
from cli.project import Ended, Project
from faults.faults import half
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from proxy import Fault, Passing, Proxy, answers

Run = Callable[..., Ended]
SYNC = ("sync", "--project", "ours", "--format", "json")


def archive(entries: Mapping[str, str]) -> Fault:
    """Answer an archive with these texts."""

    def answer(request: Passing) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as file:
            for name, text in entries.items():
                file.writestr(name, text)
        request.send_response(200)
        request.send_header("Content-Type", "application/octet-stream")
        request.send_header("Content-Length", str(len(packed.getvalue())))
        request.end_headers()
        request.wfile.write(packed.getvalue())

    return answer


ANSWERS: Mapping[str, Fault] = {
    "403": answers(403, '{"message": "Forbidden"}'),
    "404": answers(404, '{"message": "Not Found"}'),
    "404 of a gateway": answers(404, "404 page not found", "text/plain"),
    "406": answers(406, '{"message": "Not Acceptable"}'),
    "500": answers(500, '{"message": "Internal server error"}'),
    "a page": answers(200, "<html><body>sign in</body></html>", "text/html"),
    "nothing": answers(200),
    "null": answers(200, "null"),
    "an object": answers(200, "{}"),
    "a list": answers(200, "[]"),
    "no results": answers(200, '{"results": [], "total": 0}'),
    "an empty archive": archive({}),
    "empty texts": archive({f"company.team-{name}.yml": "" for name in ("edited", "drafted", "both")}),
    "half": half,
}
"""What comes in place of a sound answer."""

READS = ("export", "search", "flow", "revisions", "ledger")


def kind(request: str) -> str:
    """What a request reads, empty for one that writes and for the server's version."""
    method, _, path = request.partition(" ")
    place = path.partition("?")[0].split("/")[4:]
    match place if method == "GET" else []:
        case ["flows", "export", "by-query"]:
            return "export"
        case ["flows", "search"]:
            return "search"
        case ["flows", _, _]:
            return "flow"
        case ["flows", _, _, "revisions"]:
            return "revisions"
        case ["namespaces", _, "kv", _]:
            return "ledger"
    return ""


def spoiled(chosen: Mapping[str, str]) -> Callable[[int, str], Fault | None]:
    """Answer each kind of read in the way that was chosen for it, and let the others through."""
    return lambda _, request: ANSWERS[chosen[kind(request)]] if kind(request) in chosen else None


class Others:
    """A project whose flows others have edited, saved drafts of, or both; `texts` is what must never be lost."""

    def __init__(self, project: Project, api: httpx.Client, deployer: Run, *, drafts: bool) -> None:
        self.api, self.project, self.steps = api, project, 0
        self.names = ("edited", "drafted", "both") if drafts else ("edited",)
        for name in (*self.names, "ours"):
            project.flow(name)
        assert deployer(*SYNC).code == 0
        for name in self.names:
            if name != "drafted":
                edit(api, name, "message: hello", "message: a colleague's")
            if name != "edited":
                save_draft(api, name, "message: ", "message: unfinished, ")
        self.texts = self.live()

    def declare(self, names: set[str]) -> None:
        """Have files for these of the flows, as one that is edited refuses the whole run, and change one of ours."""
        self.steps += 1
        self.project.flow("ours", message=f"step {self.steps}")
        for name in self.names:
            self.project.flow(name)
            if name not in names:
                self.project.remove(name)

    def live(self) -> dict[str, list[tuple[int, str]]]:
        """Every revision of these flows."""
        found = {}
        for name in self.names:
            revisions = self.api.get(f"/flows/company.team/{name}/revisions").raise_for_status().json()
            found[name] = [(each["revision"], each["source"]) for each in revisions]
        return found


@pytest.fixture
def others(project: Project, server: Proxy, deployer: Run, api: httpx.Client, request: pytest.FixtureRequest) -> Others:
    """What others made of the project's flows, drafts too on 2.0."""
    assert server.url
    return Others(project, api, deployer, drafts="2.0" in request.node.callspec.params["kestra"])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    chosen=st.dictionaries(st.sampled_from(READS), st.sampled_from(sorted(ANSWERS)), min_size=1, max_size=2),
    declared=st.sets(st.sampled_from(("edited", "drafted", "both")), min_size=1),
)
def test_no_answer_to_a_read_makes_a_deploy_write_over_what_others_made(
    others: Others, server: Proxy, deployer: Run, chosen: Mapping[str, str], declared: set[str]
) -> None:
    others.declare(declared)
    with server.failing(spoiled(chosen)):
        ended = deployer(*SYNC)
    assert others.live() == others.texts, ended.stdout
    assert ended.code in (0, 1, 3, 4, 5), ended.stdout


@pytest.mark.parametrize("answer", ["404", "406", "500", "a page", "an empty archive"])
@pytest.mark.parametrize("kestra", ["2.0 for faults"], indirect=True)
def test_drafts_are_judged_alike_where_the_export_cannot_be_had(
    others: Others, server: Proxy, deployer: Run, answer: str
) -> None:
    with server.failing(spoiled({"export": answer})):
        ended, drift = deployer(*SYNC), deployer("drift", "--project", "ours", "--format", "json")
    standings = {change["name"]: change["standing"] for change in ended.report["plan"]["changes"]}
    assert standings == {"edited": "drifted", "both": "drifted", "drafted": "same", "ours": "same"}
    assert (ended.code, drift.code) == (4, 11)
    assert others.live() == others.texts
    [told] = [problem for problem in ended.report["problems"] if problem["check"] == "degraded-read"]
    # each of four flows, and the revisions of those two that have a draft
    assert told["message"].endswith(": 4 of them were read one by one, in 6 requests")

    for name in ("edited", "both"):
        others.project.remove(name)
    with server.failing(spoiled({"export": answer})):
        alone = deployer(*SYNC)
    assert alone.code == 0
    assert {each["action"] for each in alone.report["outcomes"]} == {"keep"}
    assert others.live() == others.texts
