"""A server that does not keep a promise: a proxy spoils its answers, and the trial says which promise it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import httpx
import pytest
from cli.others import create
from cli.project import HELLO, Ended
from proxy import Fault, Passing, Proxy, answers, pass_on
from trial.found import Found, executions, flows, keys, where

from deployer.kestra.dialect import server_info

pytestmark = pytest.mark.one_version("2.0")

Trial = Callable[..., Found]


@pytest.fixture(autouse=True)
def kestras(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the server be taken for one of Kestra's, which has pages to name."""
    told = server_info
    monkeypatch.setattr("deployer.kestra.connection.server_info", lambda *said: replace(told(*said), ours=False))


def killed(api: httpx.Client, names: set[str]) -> None:
    """End executions that a trial could not end."""
    for name in names:
        for path in (f"/executions/{name}/kill", f"/executions/{name}/actions/kill"):
            with suppress(httpx.HTTPStatusError):
                api.delete(path).raise_for_status()


@pytest.mark.usefixtures("short_grace")
def test_a_kill_that_is_refused_is_found_and_what_still_runs_is_named(
    trial: Trial, server: Proxy, api: httpx.Client
) -> None:
    server.fault = where("/kill", answers(406))
    found = trial()
    running = executions(api)
    killed(api, running)
    assert found.code == 1
    assert found.steps("broken") == ["smoke", "kill", "clean up"]
    assert "406" in found.of("past its timeout")
    assert "406" in found.of("a kill ends an execution")
    assert found.of("that succeeds passes") == "kept: "
    assert len(found.document["left"]) == len(running) == 3
    for each in found.document["left"]:
        assert "RUNNING" in each
        assert f"{server.url}/ui/" in each
        assert "406" in each
        assert any(name in each for name in running)
    assert flows(api) == set()


def test_an_export_that_is_not_there_is_found(trial: Trial, server: Proxy, api: httpx.Client) -> None:
    create(api, HELLO)
    server.fault = where("/flows/export/", answers(404, '{"message": "Not Found"}'))
    found = trial()
    assert found.code == 1
    assert [step for step in found.steps("broken") if step != "draft"] == ["reads", "create", "again", "prune"]
    for judge in ("an export contains the sources", "the export and the search contain all of them"):
        assert "flows/export/by-query" in found.of(judge)
        assert "404" in found.of(judge)
    assert "requests" in found.of("an unchanged deploy reads")
    assert flows(api) == {"company.team/hello"}


def test_key_values_that_are_refused_are_told_and_the_rest_is_judged(
    trial: Trial, server: Proxy, api: httpx.Client
) -> None:
    server.fault = where("/kv/", answers(403, '{"message": "Forbidden"}'))
    found = trial()
    assert found.code == 1
    assert found.steps("broken") == ["reads"]
    assert "ledger: file:PATH" in found.of("may read key-value pairs")
    assert found.of("the ledger records the deploy on the server").startswith("not-judged: the server denies")
    assert {"drift", "stop", "prune", "clean up"} <= set(found.steps("kept"))
    assert flows(api) == set()


def test_key_values_that_may_be_read_and_not_written_are_told(trial: Trial, server: Proxy, api: httpx.Client) -> None:
    def fault(_: int, asked: str) -> Fault | None:
        return answers(403, '{"message": "Forbidden"}') if "/kv/" in asked and asked.startswith("PUT") else None

    server.fault = fault
    found = trial()
    assert found.code == 1
    assert found.steps("broken") == ["ledger"]
    assert "ledger: file:PATH" in found.of("is read as it was written")
    assert {"drift", "stop", "prune", "clean up"} <= set(found.steps("kept"))
    assert keys(api, server) == set()


def test_a_text_that_is_stored_with_other_letters_is_found(trial: Trial, server: Proxy, api: httpx.Client) -> None:
    def spoil(request: Passing) -> None:
        request.body = request.body.replace("🙂".encode(), b"????")  # as a database does that knows no such letters
        pass_on(request)

    server.fault = where("/flows", spoil)
    found = trial()
    assert found.code == 1
    assert "letters-" in found.of("a first deploy creates every flow")
    assert flows(api) == set()


def test_what_cannot_be_judged_any_more_is_told_and_the_rest_goes_on(
    trial: Trial, server: Proxy, api: httpx.Client
) -> None:
    def refuse(request: Passing) -> None:
        refused = b"duration: PT3M" in request.body
        (answers(422, '{"message": "no such type here"}') if refused else pass_on)(request)

    server.fault = where("POST", lambda request: (refuse if request.path.endswith("/flows") else pass_on)(request))
    found = trial()
    assert found.code == 1
    assert found.steps("broken")[0] == "create"
    assert "no such type here" in found.of("creates every flow")
    assert "sleeps-" in found.of("a kill ends an execution")
    assert found.of("a kill ends an execution").startswith("not-judged")
    assert {"change", "stop", "drift", "clean up"} <= set(found.steps("kept"))
    assert flows(api) == set()
    assert executions(api, server) == set()


@pytest.mark.usefixtures("short_grace")
def test_what_cannot_be_deleted_is_named_with_its_address(
    trial: Trial, server: Proxy, api: httpx.Client, deployer: Callable[..., Ended]
) -> None:
    def fault(_: int, asked: str) -> Fault | None:
        return answers(403, '{"message": "no deleting"}') if asked.startswith("DELETE") else None

    server.fault = fault
    found = trial()
    left = flows(api)
    killed(api, executions(api))
    assert found.code == 1
    assert len(left) == 8
    assert found.steps("broken")[-1] == "clean up"
    for each in left:
        [told] = [line for line in found.document["left"] if each in line and line.startswith("the flow")]
        assert f"{server.url}/ui/" in told
        assert "no deleting" in told
    assert any(line.startswith("the key kestra-deployer.trial-") for line in found.document["left"])


def test_a_server_that_goes_away_ends_the_trial_and_it_is_said_what_may_be_left(
    trial: Trial, server: Proxy, api: httpx.Client
) -> None:
    def away(request: Passing) -> None:
        request.close_connection = True

    def fault(_: int, asked: str) -> Fault | None:
        gone = any(each.endswith("/disable/by-ids") for each in list(server.requests))
        return away if gone else None

    server.fault = fault
    found = trial()
    assert found.code == 3
    assert found.steps("broken") == ["stop", "clean up"]
    [told] = found.document["left"]
    assert "it is unknown what is left" in told
    for each in flows(api):
        assert each in told
