"""The engine's verdict on texts that are not stored, and how one body is cut into flows."""

from __future__ import annotations

import httpx
import pytest
from engine.http.flow_texts import LOG, flow, unknown_type

from deployer.engine.http.flows.validation import split
from deployer.engine.process.launch import RunningEngine

YAML = {"content-type": "application/x-yaml"}


def test_verdicts_come_in_the_order_of_the_texts(api: httpx.Client) -> None:
    body = "\n---\n".join([flow("a"), unknown_type("b"), flow("c", extra="nope: 1\n")])

    verdicts = api.post("/flows/validate", content=body, headers=YAML).json()

    assert [v["index"] for v in verdicts] == [0, 1, 2]
    assert ["constraints" in v for v in verdicts] == [False, True, True]
    assert verdicts[0] == {
        "index": 0,
        "namespace": "team.a",
        "flow": "a",
        "outdated": False,
        "deprecationPaths": [],
        "warnings": [],
        "infos": [],
    }
    assert verdicts[1]["constraints"] == "Validation error: Invalid type: io.kestra.plugin.nope.Nope"
    assert 'Unrecognized field "nope"' in verdicts[2]["constraints"]


def test_files_of_a_multipart_body_are_named_in_their_verdicts(api: httpx.Client, engine: RunningEngine) -> None:
    files = [("flows", ("one.yml", flow("a"))), ("flows", ("two.yml", unknown_type())), ("other", ("x.yml", "x"))]

    answer = api.post("/flows/validate", files=files)
    if engine.version.name in ("1.0", "1.1"):
        assert answer.status_code == 415
        return
    verdicts = answer.json()

    assert [(v["filename"], "constraints" in v) for v in verdicts] == [("one.yml", False), ("two.yml", True)]


def test_a_flow_is_outdated_unless_it_names_the_revision_to_come(api: httpx.Client) -> None:
    api.post("/flows", content=flow(), headers=YAML)

    current, coming = (
        api.post("/flows/validate", content=f"revision: {n}\n{flow()}", headers=YAML).json()[0] for n in (1, 2)
    )

    assert (current["outdated"], coming["outdated"]) == (True, False)


def test_validating_stores_nothing(api: httpx.Client) -> None:
    api.post("/flows/validate", content=flow(), headers=YAML)

    assert api.get("/flows/search").json()["total"] == 0


def test_an_empty_body_is_one_invalid_flow_and_none_at_all_to_1_0(api: httpx.Client, engine: RunningEngine) -> None:
    answer = api.post("/flows/validate", content="", headers=YAML)

    if engine.version.name == "1.0":
        assert answer.status_code == 422
        assert answer.json()["message"] == "Invalid route params: Required Body [flows] not specified"
        return
    (verdict,) = answer.json()
    assert "No content to map due to end-of-input" in verdict["constraints"]


def test_another_type_is_refused_with_415(api: httpx.Client) -> None:
    answer = api.post("/flows/validate", content="id: x", headers={"content-type": "text/plain"})

    assert answer.status_code == 415
    assert "Allowed types: [application/x-yaml" in answer.json()["message"]


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        ("", [""]),
        ("a\n", ["a"]),
        ("a\n---\nb", ["a", "\nb"]),
        ("a\n\n\n---\n\nb\n", ["a", "\n\nb"]),
        ("---\na", ["---\na"]),
        ("a\n---\n", ["a"]),
        ("a\n---x", ["a", "x"]),
        ("a: |\n  b\n---\n  c", ["a: |\n  b", "\n  c"]),
        ("a ---\nb", ["a ---\nb"]),
    ],
)
def test_a_body_is_cut_at_lines_of_dashes_wherever_they_stand(body: str, texts: list[str]) -> None:
    assert split(body) == texts


TASK = {"id": "say", "type": LOG, "message": "hi"}
SCHEDULE = {"id": "daily", "type": "io.kestra.plugin.core.trigger.Schedule", "cron": "0 9 * * *"}


@pytest.mark.parametrize(
    ("path", "sent", "constraints"),
    [
        ("task", TASK, None),
        ("task?section=TASKS", TASK, None),
        ("task", {**TASK, "type": "io.kestra.plugin.nope.Nope"}, "Invalid type: io.kestra.plugin.nope.Nope"),
        ("task", {**TASK, "nope": 1}, 'Unrecognized field "nope"'),
        ("trigger", SCHEDULE, None),
        ("trigger", {**SCHEDULE, "cron": "nope"}, "invalid cron expression 'nope'"),
        ("trigger", {**SCHEDULE, "id": "a b"}, "id: must match"),
    ],
)
def test_a_task_or_trigger_is_judged_alone(
    api: httpx.Client, path: str, sent: dict[str, str], constraints: str | None
) -> None:
    verdict = api.post(f"/flows/validate/{path}", json=sent).json()

    assert constraints in verdict["constraints"] if constraints else "constraints" not in verdict


@pytest.mark.parametrize(
    ("section", "text", "constraints"),
    [
        ("TASKS", f"id: say\ntype: {LOG}\nmessage: hi\n", None),
        ("TASKS", f"id: say\ntype: {LOG}\nmessage: hi\nnope: 1\n", 'Unrecognized field "nope"'),
        ("TRIGGERS", f"id: daily\ntype: {SCHEDULE['type']}\ncron: nope\n", "invalid cron expression 'nope'"),
    ],
)
def test_yaml_is_judged_as_the_section_says(
    api: httpx.Client, section: str, text: str, constraints: str | None
) -> None:
    verdict = api.post(f"/flows/validate/task?section={section}", content=text, headers=YAML).json()

    assert constraints in verdict["constraints"] if constraints else "constraints" not in verdict


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ("", 400, "Bad Request: Required QueryValue [section] not specified"),
        ("?section=X", 422, "Failed to convert argument [section] for value [X]"),
    ],
)
def test_yaml_without_a_section_is_refused(api: httpx.Client, query: str, status: int, message: str) -> None:
    answer = api.post(f"/flows/validate/task{query}", content="id: say\n", headers=YAML)

    assert answer.status_code == status
    assert message in answer.json()["message"]
