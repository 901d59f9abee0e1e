"""Webhooks over HTTP: any method and body start an execution that sees the request. Against the real engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from engine.http.flow_texts import flow
from engine.http.states import when_in

from deployer.engine.process.launch import RunningEngine

Store = Callable[[str], dict[str, Any]]
WEBHOOK = "triggers:\n  - id: hook\n    type: io.kestra.plugin.core.trigger.Webhook\n    key: secret\n"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_a_webhook_starts_an_execution(api: httpx.Client, store: Store, method: str) -> None:
    store(flow(extra=f"labels:\n  of: flow\n{WEBHOOK}"))

    answer = api.request(method, "/executions/webhook/team.a/hello/secret", params={"q": "1"})

    started = answer.json()
    assert (answer.status_code, started["flowId"], started["state"]["current"]) == (200, "hello", "CREATED")
    ended = when_in(api, started["id"], "SUCCESS")
    assert ended["trigger"]["variables"]["parameters"] == {"q": ["1"]}
    assert {"key": "of", "value": "flow"} in ended["labels"]


@pytest.mark.parametrize(
    ("body", "kind", "seen"),
    [
        (b'{"x": 7}', "application/json", {"x": 7}),
        ("grün".encode(), "text/plain", "grün"),
    ],
    ids=["json", "text"],
)
def test_an_execution_sees_the_body(api: httpx.Client, store: Store, body: bytes, kind: str, seen: object) -> None:
    store(flow(extra=WEBHOOK))

    answer = api.post("/executions/webhook/team.a/hello/secret", content=body, headers={"content-type": kind})

    assert when_in(api, answer.json()["id"], "SUCCESS")["trigger"]["variables"]["body"] == seen


def test_bytes_are_taken_too(api: httpx.Client, store: Store) -> None:
    store(flow(extra=WEBHOOK))
    kind = {"content-type": "application/octet-stream"}

    answer = api.post("/executions/webhook/team.a/hello/secret", content=b"\xff\x00", headers=kind)

    assert answer.status_code == 200
    assert when_in(api, answer.json()["id"], "SUCCESS")


def test_a_condition_that_is_not_met_starts_nothing(
    api: httpx.Client, store: Store, engine: RunningEngine, is_2x: bool
) -> None:
    if is_2x:
        condition = "    when: '{{ 1 == 2 }}'\n"
    else:
        kind = "io.kestra.plugin.core.condition.Expression"
        condition = f"    conditions:\n      - type: {kind}\n        expression: '{{{{ 1 == 2 }}}}'\n"
    store(flow(extra=WEBHOOK + condition))

    answer = api.post("/executions/webhook/team.a/hello/secret")

    assert (answer.status_code, answer.content) == (409 if engine.version.name == "1.3" else 204, b"")
    assert api.get("/executions/search").json()["total"] == 0


def test_an_unknown_flow_key_or_path_is_404(api: httpx.Client, store: Store) -> None:
    store(flow(extra=WEBHOOK))
    store(flow("plain"))

    for path, words in (
        ("none/secret", "Flow not found"),
        ("hello/other", "Webhook not found"),
        ("plain/secret", "Webhook not found"),
    ):
        answer = api.post(f"/executions/webhook/team.a/{path}")
        assert (answer.status_code, answer.json()["message"]) == (404, f"Not Found: {words}")


def test_a_key_that_cannot_be_rendered_fits_no_request(api: httpx.Client, store: Store) -> None:
    store(flow(extra=WEBHOOK.replace("secret", "'{{ none.such }}'")))

    assert api.post("/executions/webhook/team.a/hello/secret").status_code == 404


def test_a_disabled_flow_is_409(api: httpx.Client, store: Store, is_2x: bool) -> None:
    store(flow(extra=f"disabled: true\n{WEBHOOK}"))

    answer = api.post("/executions/webhook/team.a/hello/secret")

    words = (
        "Conflict: Cannot execute flow: flow is disabled." if is_2x else "Illegal state: Cannot execute a disabled flow"
    )
    assert (answer.status_code, answer.json()["message"]) == (409, words)
