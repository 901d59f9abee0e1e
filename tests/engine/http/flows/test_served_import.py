"""Importing flows from an uploaded file."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import httpx
import pytest
from engine.http.flow_texts import flow, unknown_type
from engine.http.since import since

from deployer.engine.process.launch import RunningEngine


def imported(api: httpx.Client, name: str, content: str | bytes, query: str = "") -> httpx.Response:
    """The answer to an upload."""
    return api.post(f"/flows/import{query}", files={"fileUpload": (name, content)})


def ids(api: httpx.Client) -> list[Any]:
    """The ids of the flows that are there."""
    return sorted(each["id"] for each in api.get("/flows/team.a").json())


def test_each_flow_of_a_yaml_file_stands_alone(api: httpx.Client) -> None:
    answer = imported(api, "flows.yml", "\n---\n".join([flow("a"), unknown_type("b"), flow("c")]))

    assert answer.status_code == 200
    assert len(answer.json()) == 1
    assert "1" in answer.json()[0]
    assert ids(api) == ["a", "c"]


def test_an_archive_gives_the_names_of_what_was_refused(api: httpx.Client) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writing:
        for name, text in (("x/a.yaml", flow("a")), ("b.yml", "id: ["), ("c.txt", flow("c"))):
            writing.writestr(name, text)

    assert imported(api, "flows.zip", archive.getvalue()).json() == ["b.yml"]
    assert ids(api) == ["a"]


def test_an_import_updates(api: httpx.Client) -> None:
    for message in ("one", "two"):
        assert imported(api, "flows.yml", flow(message=message)).json() == []

    assert api.get("/flows/team.a/hello").json()["revision"] == 2


def test_a_refused_flow_can_make_it_fail_since_1_2(api: httpx.Client, engine: RunningEngine) -> None:
    answer = imported(api, "flows.yml", "\n---\n".join([flow(), unknown_type("b")]), "?failOnError=true")

    assert ids(api) == ["hello"]
    assert answer.status_code == (422 if since(engine, "1.2") else 200)
    assert ("Following invalid flows were not imported: " in answer.text) is since(engine, "1.2")


@pytest.mark.parametrize(
    ("files", "status", "message"),
    [
        ({"fileUpload": ("flows.txt", "x")}, 422, "Illegal argument: Cannot import file of type .txt"),
        ({"other": ("flows.yml", "x")}, 500, "Internal server error: Required Part [fileUpload] not specified"),
    ],
)
def test_what_is_no_file_of_flows_is_refused(
    api: httpx.Client, files: dict[str, tuple[str, str]], status: int, message: str
) -> None:
    answer = api.post("/flows/import", files=files)

    assert (answer.status_code, answer.json()["message"]) == (status, message)
