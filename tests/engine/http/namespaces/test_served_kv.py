"""The key-value store of a namespace."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from engine.http.since import since
from engine.http.written import logs_of

from deployer.engine.process.launch import RunningEngine

KEYS = "/namespaces/team.a/kv"
TEXT = {"content-type": "text/plain"}


def keys(api: httpx.Client, *, is_2x: bool) -> list[dict[str, Any]]:
    """The entries of team.a as the line lists them."""
    if is_2x:
        found: list[dict[str, Any]] = api.get("/kv?filters[namespace][EQUALS]=team.a").json()["results"]
    else:
        found = api.get(KEYS).json()
    return found


@pytest.mark.parametrize(
    ("body", "kind", "value"),
    [
        ('"text"', "STRING", "text"),
        ("42", "NUMBER", 42),
        ("true", "BOOLEAN", True),
        ('{"a": [1, 2]}', "JSON", {"a": [1, 2]}),
        ('"2024-01-01T00:00:00Z"', "STRING", "2024-01-01T00:00:00Z"),
    ],
)
def test_a_value_comes_back_with_its_type(api: httpx.Client, body: str, kind: str, value: object) -> None:
    put = api.put(f"{KEYS}/k", content=body, headers=TEXT)

    got = api.get(f"{KEYS}/k").json()

    assert (put.status_code, put.content) == (200, b"")
    assert (got["type"], got["value"]) == (kind, value)


def test_the_revision_of_a_value_is_told_since_1_3(api: httpx.Client, engine: RunningEngine) -> None:
    for value in ("1", "2"):
        api.put(f"{KEYS}/k", content=value, headers=TEXT)

    got = api.get(f"{KEYS}/k").json()

    assert got.get("revision") == (2 if since(engine, "1.3") else None)
    assert ("updated" in got) is since(engine, "1.3")


def test_keys_are_listed_with_their_expiry(api: httpx.Client, is_2x: bool) -> None:
    assert keys(api, is_2x=is_2x) == []
    api.put(f"{KEYS}/for-ever", content="1", headers=TEXT)
    api.put(f"{KEYS}/for-an-hour", content="2", headers={**TEXT, "ttl": "PT1H", "description": "soon gone"})

    entries = {entry["key"]: entry for entry in keys(api, is_2x=is_2x)}

    assert {name: "expirationDate" in entry for name, entry in entries.items()} == {
        "for-ever": False,
        "for-an-hour": True,
    }
    assert entries["for-an-hour"]["description"] == "soon gone"


def test_an_unknown_key_is_404(api: httpx.Client) -> None:
    answer = api.get(f"{KEYS}/none")

    assert answer.status_code == 404
    assert answer.json()["message"] == "Not Found: No value found for key 'none' in namespace 'team.a'"


def test_an_expired_key_is_410(api: httpx.Client) -> None:
    api.put(f"{KEYS}/k", content="1", headers={**TEXT, "ttl": "PT0S"})

    answer = api.get(f"{KEYS}/k")

    assert answer.status_code == 410
    assert answer.json()["message"] == "Resource has expired: The requested value has expired"


def test_a_ttl_that_is_no_duration_is_refused(api: httpx.Client, is_2x: bool) -> None:
    answer = api.put(f"{KEYS}/k", content="1", headers={**TEXT, "ttl": "soon"})

    assert answer.status_code == (422 if is_2x else 500)
    assert api.get(f"{KEYS}/k").status_code == 404


def test_a_bare_text_is_a_string_for_2x_only(api: httpx.Client, is_2x: bool) -> None:
    api.put(f"{KEYS}/k", content="hello world", headers=TEXT)

    assert api.get(f"{KEYS}/k").json()["value"] == ("hello world" if is_2x else "hello")


def test_what_cannot_be_read_is_a_string_since_1_1(api: httpx.Client, engine: RunningEngine) -> None:
    answer = api.put(f"{KEYS}/k", content='{"a":', headers=TEXT)

    if since(engine, "1.1"):
        assert api.get(f"{KEYS}/k").json()["value"] == '{"a":'
    else:
        assert answer.status_code == 422
        assert answer.json()["message"] == 'Illegal argument: Invalid JSON value for: {"a":'


def test_a_value_is_sent_as_text_and_as_json_to_1_0_only(api: httpx.Client, engine: RunningEngine) -> None:
    answer = api.put(f"{KEYS}/k", json={"a": 1})

    assert answer.status_code == (415 if since(engine, "1.1") else 200)


def test_keys_of_all_namespaces_are_searched_since_1_1(api: httpx.Client, engine: RunningEngine) -> None:
    for key in ("b", "a", "c"):
        api.put(f"{KEYS}/{key}", content="1", headers=TEXT)
    api.put("/namespaces/team.b/kv/other", content="1", headers=TEXT)

    answer = api.get("/kv?sort=key:desc&size=2&filters[namespace][EQUALS]=team.a")

    if since(engine, "1.1"):
        assert [entry["key"] for entry in answer.json()["results"]] == ["c", "b"]
        assert answer.json()["total"] == 3
        assert api.get("/kv").json()["total"] == 4
    else:
        assert answer.status_code == 404


def test_the_nearest_of_inherited_keys_counts(api: httpx.Client, engine: RunningEngine) -> None:
    for namespace, key in (("team", "far"), ("team", "both"), ("team.a", "both"), ("team.a.sub", "own")):
        api.put(f"/namespaces/{namespace}/kv/{key}", content="1", headers={**TEXT, "description": namespace})

    inherited = api.get("/namespaces/team.a.sub/kv/inheritance").json()

    own = [("own", "team.a.sub")] if engine.version.name == "1.0" else []
    assert sorted((entry["key"], entry["description"]) for entry in inherited) == [
        ("both", "team.a"),
        ("far", "team"),
        *own,
    ]
    assert api.get("/namespaces/top/kv/inheritance").json() == []


def test_many_keys_are_deleted_at_once(api: httpx.Client, is_2x: bool) -> None:
    for key in ("a", "b"):
        api.put(f"{KEYS}/{key}", content="1", headers=TEXT)

    answer = api.request("DELETE", KEYS, json={"keys": ["a", "none"]})

    assert answer.json() == {"keys": ["a"]}
    assert [entry["key"] for entry in keys(api, is_2x=is_2x)] == ["b"]
    assert api.request("DELETE", KEYS, json={}).json() == {"keys": []}


def test_a_delete_tells_whether_the_key_was_there(api: httpx.Client) -> None:
    api.put(f"{KEYS}/k", content="1", headers=TEXT)

    assert [api.delete(f"{KEYS}/k").json() for _ in range(2)] == [True, False]


def test_a_flow_reads_a_value_put_over_http(api: httpx.Client) -> None:
    api.put(f"{KEYS}/greeting", content='"good day"', headers=TEXT)
    text = (
        "id: reader\nnamespace: team.a\ntasks:\n  - id: say\n    type: io.kestra.plugin.core.log.Log\n"
        "    message: \"{{ kv('greeting') }}\"\n"
    )
    api.post("/flows", content=text, headers={"content-type": "application/x-yaml"})

    run = api.post("/executions/team.a/reader?wait=true").json()

    assert [entry["message"] for entry in logs_of(api, run["id"])] == ["good day"]
