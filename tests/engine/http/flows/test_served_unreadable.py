"""A stored flow that the engine can no longer read, as after its plugin went: what it does to everything else."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import httpx
import pytest
from engine.http.flow_texts import flow

from deployer.engine.process.launch import RunningEngine

YAML = {"content-type": "application/x-yaml"}


@pytest.fixture
def api(spoiled: RunningEngine) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{spoiled.url}/api/v1/main", timeout=60) as client:
        yield client


def test_search_shows_it_with_an_exception_among_the_others(api: httpx.Client) -> None:
    found = {each["id"]: each for each in api.get("/flows/search").json()["results"]}

    assert set(found) == {"sound", "spoiled", "mended"}
    assert "exception" not in found["sound"]
    assert "No plugin registered for the defined type: 'gone.Gone'" in found["spoiled"]["exception"]
    assert found["spoiled"]["tasks"] == []


def test_export_gives_its_text_untouched(api: httpx.Client) -> None:
    with zipfile.ZipFile(io.BytesIO(api.get("/flows/export/by-query").content)) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}

    assert (texts["team.a-sound.yml"], texts["team.a-spoiled.yml"]) == (flow("sound"), flow("spoiled"))


def test_reading_it_gives_text_and_exception(api: httpx.Client) -> None:
    answer = api.get("/flows/team.a/spoiled?source=true")

    assert answer.status_code == 200
    assert answer.json()["source"] == flow("spoiled")
    assert "gone.Gone" in answer.json()["exception"]


def test_running_it_is_409(api: httpx.Client) -> None:
    answer = api.post("/executions/team.a/spoiled")

    assert answer.status_code == 409
    assert answer.json()["message"].startswith("Illegal state: Requested Flow is not valid. Error: ")


def test_an_update_mends_it(api: httpx.Client) -> None:
    answer = api.put("/flows/team.a/mended", content=flow("mended", message="two"), headers=YAML)

    assert (answer.status_code, answer.json()["revision"]) == (200, 2)
    assert "exception" not in api.get("/flows/team.a/mended").json()
