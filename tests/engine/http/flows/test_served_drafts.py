"""Drafts (2.x): what search, export and a run make of them. On 1.x the parameter has no meaning."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import httpx
from engine.http.flow_texts import flow, unknown_type

YAML = {"content-type": "application/x-yaml"}
Store = Callable[[str], dict[str, Any]]


def exported(api: httpx.Client) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(api.get("/flows/export/by-query").content)) as archive:
        return [archive.read(name).decode() for name in archive.namelist()]


def test_a_flow_that_is_only_a_draft_is_found_but_neither_exported_nor_run(api: httpx.Client, is_2x: bool) -> None:
    stored = api.post("/flows?draft=true", content=flow(), headers=YAML).json()

    (shown,) = api.get("/flows/search").json()["results"]
    if is_2x:
        assert stored["draft"] is shown["draft"] is True
        assert exported(api) == []
        assert api.post("/executions/team.a/hello").status_code == 404
    else:
        assert "draft" not in shown
        assert exported(api) == [flow()]


def test_a_draft_above_a_published_text_leaves_the_published_one_running(
    api: httpx.Client, store: Store, is_2x: bool
) -> None:
    store(flow())
    api.put("/flows/team.a/hello?draft=true", content=flow(message="draft"), headers=YAML)

    run = api.post("/executions/team.a/hello?wait=true").json()

    latest = api.get("/flows/team.a/hello?source=true").json()
    assert (latest["revision"], latest["source"]) == (2, flow(message="draft"))
    if is_2x:
        assert latest["draft"] is True
        assert run["flowRevision"] == 1
        assert exported(api) == [flow()]
        assert [r["draft"] for r in api.get("/flows/team.a/hello/revisions").json()] == [False, True]
    else:
        assert run["flowRevision"] == 2
        assert exported(api) == [flow(message="draft")]


def test_publishing_the_text_of_a_draft_makes_a_revision(api: httpx.Client, is_2x: bool) -> None:
    api.post("/flows?draft=true", content=flow(), headers=YAML)

    published = api.put("/flows/team.a/hello", content=flow(), headers=YAML).json()

    assert published["revision"] == (2 if is_2x else 1)
    assert published.get("draft") is (False if is_2x else None)
    assert exported(api) == [flow()]


def test_an_invalid_draft_is_stored_with_what_is_wrong(api: httpx.Client, is_2x: bool) -> None:
    answer = api.post("/flows?draft=true", content=unknown_type(), headers=YAML)

    if is_2x:
        assert answer.status_code == 200
        assert "io.kestra.plugin.nope.Nope" in answer.json()["exception"]
    else:
        assert answer.status_code == 422
