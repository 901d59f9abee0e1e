"""Many flows in one request: delete, disable, enable, export, and texts of many flows."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from engine.http.flow_texts import LOG, flow, unknown_type
from engine.http.since import since

from deployer.engine.process.launch import RunningEngine

YAML = {"content-type": "application/x-yaml"}
JSON = {"content-type": "application/json"}
HELLO = [{"id": "hello", "namespace": "team.a"}]
IN_TEAM_A = "filters[namespace][EQUALS]=team.a"
Store = Callable[[str], dict[str, Any]]


def ids(api: httpx.Client, namespace: str = "team.a") -> list[str]:
    """The ids of the flows of a namespace."""
    return sorted(each["id"] for each in api.get(f"/flows/{namespace}").json())


def texts(archive: bytes) -> dict[str, str]:
    """What a ZIP holds."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name).decode() for name in opened.namelist()}


def test_named_flows_are_deleted(api: httpx.Client, store: Store) -> None:
    store(flow())
    store(flow("stays"))

    answer = api.request("DELETE", "/flows/delete/by-ids", json=HELLO)

    assert answer.json() == {"count": 1}
    assert ids(api) == ["stays"]


def test_matching_flows_are_deleted(api: httpx.Client, store: Store) -> None:
    store(flow())
    store(flow(namespace="team.b"))

    assert api.delete(f"/flows/delete/by-query?{IN_TEAM_A}").json() == {"count": 1}
    assert (ids(api), ids(api, "team.b")) == ([], ["hello"])


def test_a_name_that_is_not_there_is_404(api: httpx.Client) -> None:
    answer = api.request("DELETE", "/flows/delete/by-ids", json=HELLO)

    assert (answer.status_code, answer.json()["message"]) == (404, "Not Found: No value present")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "Invalid route params: Required Body [ids] not specified"),
        ("[", "Invalid json: Unexpected end-of-input"),
        ("3", "Invalid json mapping"),
    ],
)
def test_a_body_without_names_is_refused(api: httpx.Client, body: str, message: str) -> None:
    answer = api.post("/flows/disable/by-ids", content=body, headers=JSON)

    assert answer.status_code == 422
    assert answer.json()["message"].startswith(message)


def test_a_flow_is_disabled_in_its_text_once(api: httpx.Client, store: Store) -> None:
    store(flow())

    counts = [api.post("/flows/disable/by-ids", json=HELLO).json()["count"] for _ in range(2)]

    stored = api.get("/flows/team.a/hello?source=true").json()
    assert counts == [1, 0]
    assert (stored["disabled"], stored["revision"]) == (True, 2)
    assert stored["source"] == flow() + "\ndisabled: true"


def test_matching_flows_are_disabled_and_enabled_again(api: httpx.Client, store: Store) -> None:
    store(flow())
    store(flow("dark", extra="disabled: true\n"))

    assert api.post(f"/flows/disable/by-query?{IN_TEAM_A}").json() == {"count": 1}
    assert api.post(f"/flows/enable/by-query?{IN_TEAM_A}").json() == {"count": 2}
    assert api.get("/flows/team.a/hello").json()["disabled"] is False
    assert api.post("/flows/enable/by-ids", json=HELLO).json() == {"count": 0}


def test_named_flows_are_exported(api: httpx.Client, store: Store) -> None:
    store(flow())

    answer = api.post("/flows/export/by-ids", json=HELLO)

    assert answer.headers["content-disposition"] == 'attachment; filename="flows.zip"'
    assert texts(answer.content) == {"team.a.hello.yaml": flow()}


def test_matching_flows_are_a_table_since_1_2(api: httpx.Client, store: Store, engine: RunningEngine) -> None:
    empty = api.get(f"/flows/export/by-query/csv?{IN_TEAM_A}")
    store(flow())
    answer = api.get(f"/flows/export/by-query/csv?{IN_TEAM_A}")

    if since(engine, "1.2"):
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert empty.text == ""
        assert [(row["id"], row["namespace"], row["disabled"]) for row in rows] == [("hello", "team.a", "false")]
        assert rows[0]["tasks"] == f"[{{id=say, type={LOG}, message=hi}}]"
        assert answer.headers["content-disposition"] == "attachment; filename=flows.csv"
    else:
        assert answer.status_code == 404


def test_bulk_updates_and_creates_and_with_delete_off_leaves_the_rest(api: httpx.Client, store: Store) -> None:
    store(flow())
    store(flow("rest"))

    answer = api.post("/flows/bulk?delete=false", content=flow(message="new") + "---\n" + flow("more"), headers=YAML)

    assert [(each["id"], each["revision"]) for each in answer.json()] == [("hello", 2), ("more", 1)]
    assert ids(api) == ["hello", "more", "rest"]


def test_bulk_deletes_every_other_flow_of_the_tenant_unless_told_not_to(api: httpx.Client, store: Store) -> None:
    store(flow())
    store(flow("rest", "team.b"))

    answer = api.post("/flows/bulk", content=flow(), headers=YAML)

    assert [each["id"] for each in answer.json()] == ["rest", "hello"]
    assert ids(api, "team.b") == []


def test_an_empty_bulk_deletes_all(api: httpx.Client, store: Store) -> None:
    store(flow())

    assert [each["id"] for each in api.post("/flows/bulk", headers=YAML).json()] == ["hello"]
    assert ids(api) == []


def test_bulk_deletes_before_it_finds_a_flow_invalid(api: httpx.Client, store: Store) -> None:
    store(flow("rest"))

    answer = api.post("/flows/bulk", content=unknown_type(), headers=YAML)

    assert answer.status_code == 422
    assert ids(api) == []


@pytest.mark.parametrize(
    ("query", "text", "message"),
    [
        ("", flow() + "---\n" + flow(namespace="team.b"), "Invalid entity: flow.id: Duplicate flow id"),
        ("?namespace=team.b", flow(), "_team.a_hello_-1 - flow namespace is invalid"),
        ("?namespace=team", flow(), "_team.a_hello_-1 - flow namespace is invalid"),
        ("", "id: [", "Invalid entity: Illegal genericflow source"),
    ],
)
def test_what_bulk_refuses_at_once_deletes_nothing(
    api: httpx.Client, store: Store, query: str, text: str, message: str
) -> None:
    store(flow("rest"))

    answer = api.post(f"/flows/bulk{query}", content=text, headers=YAML)

    assert answer.status_code == 422
    assert message in answer.json()["message"]
    assert ids(api) == ["rest"]


def test_bulk_takes_namespaces_below_the_one_asked_for_if_told_so(api: httpx.Client) -> None:
    answer = api.post("/flows/bulk?namespace=team&allowNamespaceChild=true", content=flow(), headers=YAML)

    assert [each["id"] for each in answer.json()] == ["hello"]


def test_a_namespace_is_made_what_a_text_says(api: httpx.Client, store: Store) -> None:
    for text in (flow("gone"), flow("kept"), flow(namespace="team.b")):
        store(text)

    api.post("/flows/team.a?delete=false", content=flow("kept"), headers=YAML)
    both = ids(api)
    api.post("/flows/team.a", content=flow("kept"), headers=YAML)

    assert (both, ids(api), ids(api, "team.b")) == (["gone", "kept"], ["kept"], ["hello"])


def test_a_namespace_is_made_what_files_say_since_1_2(api: httpx.Client, engine: RunningEngine) -> None:
    files = [("flows", ("one.yml", flow("one"))), ("flows", ("two.yml", flow("two"))), ("other", ("x.yml", "x"))]

    refused = api.post("/flows/team.c", files=files)
    moved = api.post("/flows/team.c?override=true", files=files)

    if since(engine, "1.2"):
        assert refused.status_code == 422
        assert [(each["namespace"], each["id"]) for each in moved.json()] == [("team.c", "one"), ("team.c", "two")]
    else:
        assert moved.status_code == 415


def test_1x_takes_a_namespace_as_json(api: httpx.Client, is_2x: bool) -> None:
    sent = [{"id": "j", "namespace": "team.a", "tasks": [{"id": "say", "type": LOG, "message": "x"}]}]

    answer = api.post("/flows/team.a", json=sent)

    if is_2x:
        assert answer.status_code == 415
    else:
        assert [(each["id"], "source" in each) for each in answer.json()] == [("j", False)]


def test_single_revisions_are_deleted_since_1_2(api: httpx.Client, store: Store, engine: RunningEngine) -> None:
    store(flow())
    for message in ("two", "three"):
        api.put("/flows/team.a/hello", content=flow(message=message), headers=YAML)

    answer = api.delete("/flows/team.a/hello/revisions?revisions=1,2")
    left = [each["revision"] for each in api.get("/flows/team.a/hello/revisions").json()]

    assert (answer.status_code, left) == ((204, [3]) if since(engine, "1.2") else (405, [1, 2, 3]))


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ("", 400, "Bad Request: Required QueryValue [revisions] not specified"),
        ("?revisions=", 422, "Invalid entity: deleteRevisions.revisions: must not be empty"),
        ("?revisions=0", 422, "Invalid entity: deleteRevisions.revisions: must be greater than or equal to 1"),
        ("?revisions=x", 422, "Failed to convert argument [revisions] for value [x]"),
        ("?revisions=1", 404, "Not Found"),
    ],
)
def test_revisions_that_cannot_be_deleted_are_refused(
    api: httpx.Client, engine: RunningEngine, query: str, status: int, message: str
) -> None:
    answer = api.delete(f"/flows/team.a/none/revisions{query}")

    if since(engine, "1.2"):
        assert answer.status_code == status
        assert message in answer.json()["message"]
    else:
        assert answer.status_code == 405
