"""Flows over HTTP: what is stored, what is refused and in which words. Against the real engine, on every version."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from engine.http.flow_texts import LOG, flow, unknown_type

YAML = {"content-type": "application/x-yaml"}
Store = Callable[[str], dict[str, Any]]


def test_a_created_flow_comes_back_with_source_and_revision(store: Store) -> None:
    stored = store(flow())

    assert (stored["id"], stored["namespace"], stored["revision"]) == ("hello", "team.a", 1)
    assert stored["source"] == flow()
    assert stored["tasks"] == [{"id": "say", "type": LOG, "message": "hi"}]
    assert "tenantId" not in stored


def test_a_second_create_is_refused_in_the_words_of_its_line(api: httpx.Client, store: Store, is_2x: bool) -> None:
    store(flow())

    answer = api.post("/flows", content=flow(), headers=YAML)

    if is_2x:
        assert answer.status_code == 409
        assert answer.json()["message"] == "Conflict: Flow 'hello' already exists in namespace 'team.a'."
    else:
        assert answer.status_code == 422
        assert answer.json()["message"] == "Invalid entity: flow.id: Flow id already exists"
        assert [(e["path"], e["message"]) for e in answer.json()["_embedded"]["errors"]] == [
            ("flow.id", "Flow id already exists")
        ]


def test_an_unknown_task_type_is_refused_with_422_and_its_name(api: httpx.Client) -> None:
    answer = api.post("/flows", content=unknown_type(), headers=YAML)

    assert answer.status_code == 422
    assert answer.json()["message"] == "Invalid entity: Invalid type: io.kestra.plugin.nope.Nope"
    assert api.get("/flows/team.a/hello").status_code == 404


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id: [\n", "Invalid entity: Illegal genericflow source: YAML parsing error: "),
        ("id: a\nid: b\nnamespace: n\ntasks: []\n", "Duplicate field 'id'"),
        ("id: a\nnamespace: n\ntasks: []\n", "Invalid entity: tasks: must not be empty"),
        (flow(identifier="b c!"), 'Invalid entity: id: must match "^[a-zA-Z0-9][a-zA-Z0-9._-]*"'),
        (flow(extra="labels:\n  system.x: y\n"), "System labels can only be set by Kestra itself"),
        ("", "Invalid route params: Required Body [flow] not specified"),
    ],
)
def test_what_is_no_valid_flow_is_refused_with_422(api: httpx.Client, text: str, words: str) -> None:
    answer = api.post("/flows", content=text, headers=YAML)

    assert answer.status_code == 422
    assert words in answer.json()["message"]


def test_an_error_links_to_the_request_as_it_was_sent(api: httpx.Client, tenant: str) -> None:
    error = api.get("/flows/team.a/none?source=true").json()

    assert error == {
        "message": "Not Found",
        "logref": None,
        "path": None,
        "_links": {
            "self": {
                "href": f"/api/v1/{tenant}/flows/team.a/none?source=true",
                "templated": False,
                **dict.fromkeys(("profile", "deprecation", "title", "hreflang", "type", "name")),
            }
        },
        "_embedded": {},
    }


@pytest.mark.parametrize(
    "text", ["# top\r\n" + flow().replace("\n", "\r\n"), "\ufeff" + flow(), flow(message="'é ✓ 日'")]
)
def test_the_stored_source_is_the_sent_text_byte_for_byte(api: httpx.Client, store: Store, text: str) -> None:
    store(text)

    assert api.get("/flows/team.a/hello?source=true").json()["source"] == text


def test_yaml_under_another_content_type_is_refused_as_its_line_does(api: httpx.Client, is_2x: bool) -> None:
    answer = api.post("/flows", content=flow(), headers={"content-type": "text/yaml"})

    if is_2x:
        assert answer.status_code == 415
        assert "Content Type [text/yaml] not allowed. Allowed types: [application/x-yaml]" in answer.json()["message"]
    else:
        assert answer.status_code == 422
        assert answer.json()["message"] == "Invalid route params: Required Body [flow] not specified"


def test_1x_takes_a_flow_as_json_and_answers_without_a_source(api: httpx.Client, is_2x: bool) -> None:
    sent = {"id": "j", "namespace": "team.a", "tasks": [{"id": "say", "type": LOG, "message": "x"}]}

    answer = api.post("/flows", json=sent)

    if is_2x:
        assert answer.status_code == 415
    else:
        assert answer.status_code == 200
        assert "source" not in answer.json()
        assert api.get("/flows/team.a/j?source=true").json()["source"]


def test_1x_reads_a_body_without_a_content_type_as_json_and_2x_as_yaml(api: httpx.Client, is_2x: bool) -> None:
    answer = api.post("/flows", content=flow())

    assert answer.status_code == (200 if is_2x else 500)
    if not is_2x:
        assert answer.json()["message"].startswith("Internal server error: Unrecognized token 'id'")


def test_a_new_text_makes_a_new_revision_and_the_same_text_does_not(api: httpx.Client, store: Store) -> None:
    store(flow())
    texts = (flow(), "# a comment\n" + flow(), "# a comment\n" + flow(), flow() + "\n")

    answers = [api.put("/flows/team.a/hello", content=text, headers=YAML).json() for text in texts]

    assert [answer["revision"] for answer in answers] == [1, 2, 2, 3]


def test_an_update_of_what_is_not_there_is_404_even_for_a_broken_text(api: httpx.Client) -> None:
    answer = api.put("/flows/team.a/none", content="id: [", headers=YAML)

    assert (answer.status_code, answer.json()["message"]) == (404, "Not Found")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (flow(identifier="other"), "Invalid entity: flow.id: Illegal flow id update"),
        (flow(namespace="team.b"), "Invalid entity: flow.namespace: Illegal namespace update"),
        (unknown_type(), "Invalid entity: Invalid type: io.kestra.plugin.nope.Nope"),
    ],
)
def test_an_update_that_does_not_fit_is_refused_with_422(
    api: httpx.Client, store: Store, text: str, words: str
) -> None:
    store(flow())

    answer = api.put("/flows/team.a/hello", content=text, headers=YAML)

    assert (answer.status_code, answer.json()["message"].strip()) == (422, words)
    assert api.get("/flows/team.a/hello").json()["revision"] == 1


def test_an_unknown_property_is_refused_by_a_create_and_by_an_update_of_2x_only(
    api: httpx.Client, store: Store, is_2x: bool
) -> None:
    created = api.post("/flows", content=flow(extra="nope: 1\n"), headers=YAML)
    store(flow())
    updated = api.put("/flows/team.a/hello", content=flow(extra="nope: 1\n"), headers=YAML)

    assert created.status_code == 422
    assert 'Unrecognized field "nope"' in created.json()["message"]
    assert updated.status_code == (422 if is_2x else 200)


def test_1x_refuses_an_id_that_is_also_a_path(api: httpx.Client, is_2x: bool) -> None:
    answer = api.post("/flows", content=flow("pause"), headers=YAML)

    assert answer.status_code == (200 if is_2x else 422)
    assert ("Flow id is a reserved keyword: pause" in answer.text) is not is_2x


def test_any_revision_can_be_read(api: httpx.Client, store: Store) -> None:
    store(flow())
    api.put("/flows/team.a/hello", content=flow(message="two"), headers=YAML)

    assert api.get("/flows/team.a/hello?source=true&revision=1").json()["source"] == flow()
    assert "source" not in api.get("/flows/team.a/hello").json()
    assert [r["source"] for r in api.get("/flows/team.a/hello/revisions").json()] == [flow(), flow(message="two")]
    assert api.get("/flows/team.a/hello?revision=99").status_code == 404


def test_a_revision_that_is_no_number_is_refused(api: httpx.Client) -> None:
    answer = api.get("/flows/team.a/hello?revision=x")

    assert answer.status_code == 422
    assert answer.json()["message"] == (
        'Internal server error: Failed to convert argument [revision] for value [x] due to: For input string: "x"'
    )


def test_a_delete_takes_a_revision_and_leaves_the_old_ones_readable(api: httpx.Client, store: Store) -> None:
    store(flow())

    assert api.delete("/flows/team.a/hello").status_code == 204
    assert api.delete("/flows/team.a/hello").status_code == 404
    assert api.get("/flows/team.a/hello").status_code == 404
    assert api.get("/flows/team.a/hello?allowDeleted=true").json()["deleted"] is True
    assert store(flow())["revision"] == 3


def test_a_namespace_lists_its_own_flows_only(api: httpx.Client, store: Store) -> None:
    for namespace in ("team.a", "team.a.sub", "team.b"):
        store(flow(namespace=namespace))

    assert [f["namespace"] for f in api.get("/flows/team.a").json()] == ["team.a"]
    assert api.get("/flows/team.none").json() == []
    assert sorted(api.get("/flows/distinct-namespaces").json()) == ["team.a", "team.a.sub", "team.b"]


def test_tenants_do_not_see_each_other(api: httpx.Client, store: Store, tenant: str) -> None:
    store(flow())

    other = api.get(str(api.base_url).replace(tenant, tenant + "x") + "flows/search")

    assert other.json() == {"results": [], "total": 0}
