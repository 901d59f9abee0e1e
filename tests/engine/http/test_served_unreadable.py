"""A stored flow that the engine can no longer read, as after its plugin went: what it does to everything else."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import httpx
import pytest
from engine.http.flow_texts import flow
from engine.http.spoil_flows import spoiled_folder

from deployer.engine.launch import launch
from deployer.model.version import VERSIONS, KestraVersion

YAML = {"content-type": "application/x-yaml"}


@pytest.fixture(scope="module", params=VERSIONS, ids=lambda version: version.name)
def spoiled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """An engine on data that holds one sound flow and two that it cannot read."""
    version: KestraVersion = request.param
    folder = spoiled_folder(version, tmp_path_factory.mktemp("data") / "engine")
    with launch(version, data=folder) as engine, httpx.Client(base_url=f"{engine.url}/api/v1/main", timeout=60) as api:
        yield api


def test_search_shows_it_with_an_exception_among_the_others(spoiled: httpx.Client) -> None:
    found = {each["id"]: each for each in spoiled.get("/flows/search").json()["results"]}

    assert set(found) == {"sound", "spoiled", "mended"}
    assert "exception" not in found["sound"]
    assert "No plugin registered for the defined type: 'gone.Gone'" in found["spoiled"]["exception"]
    assert found["spoiled"]["tasks"] == []


def test_export_gives_its_text_untouched(spoiled: httpx.Client) -> None:
    with zipfile.ZipFile(io.BytesIO(spoiled.get("/flows/export/by-query").content)) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}

    assert (texts["team.a-sound.yml"], texts["team.a-spoiled.yml"]) == (flow("sound"), flow("spoiled"))


def test_reading_it_gives_text_and_exception(spoiled: httpx.Client) -> None:
    answer = spoiled.get("/flows/team.a/spoiled?source=true")

    assert answer.status_code == 200
    assert answer.json()["source"] == flow("spoiled")
    assert "gone.Gone" in answer.json()["exception"]


def test_running_it_is_409(spoiled: httpx.Client) -> None:
    answer = spoiled.post("/executions/team.a/spoiled")

    assert answer.status_code == 409
    assert answer.json()["message"].startswith("Illegal state: Requested Flow is not valid. Error: ")


def test_an_update_mends_it(spoiled: httpx.Client) -> None:
    answer = spoiled.put("/flows/team.a/mended", content=flow("mended", message="two"), headers=YAML)

    assert (answer.status_code, answer.json()["revision"]) == (200, 2)
    assert "exception" not in spoiled.get("/flows/team.a/mended").json()
