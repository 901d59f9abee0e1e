"""What the engine tells of its plugins."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import httpx
import pytest
from engine.http.flow_texts import LOG

from deployer.engine.process.launch import RunningEngine


@pytest.fixture
def plugins(engine: RunningEngine) -> Iterator[httpx.Client]:
    """A client whose paths are below those of plugins."""
    with httpx.Client(base_url=f"{engine.url}/api/v1/plugins", timeout=60) as client:
        yield client


def test_the_core_lists_its_types(plugins: httpx.Client) -> None:
    (core,) = plugins.get("").json()

    assert (core["name"], core["group"]) == ("core", "io.kestra.plugin.core")
    assert LOG in {task["cls"] for task in core["tasks"]}


def test_the_groups_of_the_core_are_listed_too(plugins: httpx.Client) -> None:
    shown = {each.get("subGroup") for each in plugins.get("/groups/subgroups").json()}

    assert {None, "io.kestra.plugin.core.log"} <= shown


@pytest.mark.parametrize(("kind", "query"), [("flow", ""), ("task", "?arrayOf=true")])
def test_the_schema_of_a_kind_knows_the_types_there_are(plugins: httpx.Client, kind: str, query: str) -> None:
    answer = plugins.get(f"/schemas/{kind}{query}")

    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert f"{LOG}-1" in answer.json()["definitions"] or LOG in answer.json()["definitions"]


def test_properties_are_a_part_of_the_schema(plugins: httpx.Client) -> None:
    assert "id" in plugins.get("/properties/task").json()["properties"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/schemas/nope", "Failed to convert argument [type] for value [nope]"),
        ("/inputs/NOPE", "Failed to convert argument [type] for value [NOPE]"),
        ("/schemas/apps", "Illegal argument: "),
    ],
)
def test_an_unknown_kind_is_refused(plugins: httpx.Client, path: str, message: str) -> None:
    answer = plugins.get(path)

    assert answer.status_code == 422
    assert message in answer.json()["message"]


def test_inputs_have_types_with_documentation(plugins: httpx.Client) -> None:
    types = {each["type"]: each["cls"] for each in plugins.get("/inputs").json()}
    documented = plugins.get("/inputs/STRING").json()

    assert types["STRING"] == "io.kestra.core.models.flows.input.StringInput"
    assert "StringInput" in documented["markdown"]
    assert "properties" in documented["schema"]


def test_a_type_has_documentation_and_a_schema(plugins: httpx.Client) -> None:
    documented, whole = (plugins.get(f"/{LOG}{query}").json() for query in ("", "?all=true"))

    assert "title: Log" in documented["markdown"]
    assert "message" in documented["schema"]["properties"]["properties"]
    assert "timeout" in whole["schema"]["properties"]["properties"]
    assert plugins.get(f"/{LOG}/versions").json()["type"] == LOG
    assert plugins.get(f"/{LOG}/versions/1").status_code == 200


def test_an_unknown_type_is_404_with_its_name(plugins: httpx.Client) -> None:
    answer = plugins.get("/io.kestra.plugin.nope.Nope")

    assert answer.status_code == 404
    assert answer.json()["message"].strip() == "Not Found: Class 'io.kestra.plugin.nope.Nope' doesn't exists"


def test_types_and_groups_have_icons(plugins: httpx.Client) -> None:
    icon = plugins.get("/icons").json()["io.kestra.plugin.core.flow.If"]
    groups = plugins.get("/icons/groups").json()

    assert (icon["name"], icon["flowable"]) == ("If", True)
    assert b"<svg" in base64.b64decode(icon["icon"])
    assert "io.kestra.plugin.core" in groups
