"""Every method of the client against the genuine engine, on each version we know."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator

import pytest

from deployer.engine.process.launch import RunningEngine
from deployer.errors import KestraNotFoundError, KestraRefusedError
from deployer.kestra.answers import Execution
from deployer.kestra.client import KestraClient
from deployer.model.version import Dialect
from deployer.settings import Settings

LOG = "io.kestra.plugin.core.log.Log"
PATIENCE = 60.0  # seconds before a test gives up; nothing waits for so long


def flow(identifier: str, namespace: str = "a.b", message: str = "hi", *, tail: str = "") -> str:
    return (
        f"id: {identifier}\nnamespace: {namespace}\ntasks:\n  - id: t\n    type: {LOG}\n    message: {message}\n{tail}"
    )


GREET = (
    flow("greet", message='"{{ inputs.who }} {{ inputs.count }} {{ inputs.loud }}"')
    + "inputs:\n  - id: who\n    type: STRING\n  - id: count\n    type: INT\n    defaults: 1\n"
    + "  - id: loud\n    type: BOOL\n    defaults: false\n  - id: data\n    type: FILE\n    required: false\n"
    + 'outputs:\n  - id: said\n    type: STRING\n    value: "hello {{ inputs.who }} {{ inputs.count }}"\n'
)
NAP = "id: nap\nnamespace: a.b\ntasks:\n  - id: t\n    type: io.kestra.plugin.core.flow.Sleep\n    duration: PT1M\n"


@pytest.fixture
def client(engine: RunningEngine, tenant: str) -> Iterator[KestraClient]:
    with KestraClient(Settings(host=engine.url, tenant=tenant)) as client:
        yield client


def create(client: KestraClient, text: str, identifier: str, namespace: str = "a.b") -> None:
    client.create_flow(text, namespace=namespace, id=identifier)


def ended(client: KestraClient, execution: Execution) -> Execution:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for seen in client.follow_execution(execution.id, until=until):
            if seen.over:
                break
        execution = client.execution(execution.id)
        if execution.over:
            return execution
        time.sleep(0.05)
    pytest.fail(f"{execution.id} is still {execution.state}")


def test_the_server_says_what_it_is(client: KestraClient, engine: RunningEngine) -> None:
    info = client.server()
    assert (info.version, info.dialect, info.note) == (engine.version.engine, engine.version.dialect, "")


def test_an_empty_tenant_has_nothing_and_fails_nowhere(client: KestraClient) -> None:
    assert client.search_flows() == []
    assert client.search_flows(["a.b"]) == []
    assert client.export_flows_by_query() == {}
    assert client.export_flows_by_query(["a.b"]) == {}
    assert client.list_flows_by_namespace("a.b") == []
    assert client.search_executions() == []
    assert client.find_execution({"run": "x"}) is None


def test_a_flow_is_created_read_updated_and_deleted(client: KestraClient) -> None:
    text = "# é\r\n" + flow("x", tail="\n\n")
    made = client.create_flow(text, namespace="a.b", id="x")
    assert (made.revision, made.source, made.draft, made.disabled) == (1, text, False, False)
    assert client.update_flow("a.b", "x", text).revision == 1
    assert client.update_flow("a.b", "x", text + "# more\n").revision == 2
    assert client.flow("a.b", "x").source == text + "# more\n"
    assert client.flow("a.b", "x", revision=1).source == text
    assert [stored.revision for stored in client.list_flow_revisions("a.b", "x")] == [1, 2]
    client.delete_flow("a.b", "x")
    with pytest.raises(KestraNotFoundError):
        client.flow("a.b", "x")
    assert client.flow("a.b", "x", allow_deleted=True).deleted


def test_what_the_server_refuses_comes_in_its_own_words(client: KestraClient) -> None:
    create(client, flow("x"), "x")
    with pytest.raises(KestraRefusedError) as exists:
        create(client, flow("x"), "x")
    assert "already exists" in exists.value.reason
    with pytest.raises(KestraRefusedError, match="Nope"):
        create(client, flow("y").replace(LOG, "io.kestra.Nope"), "y")
    with pytest.raises(KestraRefusedError):
        client.update_flow("a.b", "x", flow("other"))
    with pytest.raises(KestraNotFoundError):
        client.update_flow("a.b", "missing", flow("missing"))
    with pytest.raises(KestraNotFoundError):
        client.delete_flow("a.b", "missing")


def test_a_search_gives_exactly_the_namespaces_that_are_asked_for_and_an_export_at_least_these(
    client: KestraClient,
) -> None:
    for namespace in ("a.b", "a.b.c", "d"):
        create(client, flow("x", namespace), "x", namespace)
    create(client, flow("off", tail="disabled: true\n"), "off")
    found = {(stored.namespace, stored.id): stored for stored in client.search_flows(["a.b", "d", "none"])}
    assert set(found) == {("a.b", "x"), ("a.b", "off"), ("d", "x")}
    assert [stored.id for stored in found.values() if stored.disabled] == ["off"]
    whole = {
        "a.b-x.yml": flow("x"),
        "a.b-off.yml": flow("off", tail="disabled: true\n"),
        "a.b.c-x.yml": flow("x", "a.b.c"),
        "d-x.yml": flow("x", "d"),
    }
    assert client.export_flows_by_query(["a.b", "d", "none"]) == whole
    assert client.export_flows_by_query(["a.b", "a.b.c"]) == {
        name: text for name, text in whole.items() if name.startswith("a.b")
    }
    assert len(client.search_flows()) == len(client.export_flows_by_query()) == 4
    assert sorted(stored.id for stored in client.list_flows_by_namespace("a.b")) == ["off", "x"]


def test_flows_whose_export_names_collide_are_left_out_and_the_others_come(client: KestraClient) -> None:
    for identifier, namespace in (("a-b", "n"), ("b", "n-a"), ("x", "n"), ("y", "n-a")):
        create(client, flow(identifier, namespace), identifier, namespace)
    assert sorted(client.export_flows_by_query(["n", "n-a"])) == ["n-a-y.yml", "n-x.yml"]


def test_more_flows_than_a_page_holds_are_all_found(client: KestraClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deployer.kestra.flows.LARGEST_PAGE", 3)
    for number in range(4):
        for namespace in ("n1", "n2"):
            create(client, flow(f"f{number}", namespace), f"f{number}", namespace)
    found = client.search_flows()
    assert len(found) == 8
    assert {(stored.namespace, stored.id) for stored in found} == {
        (namespace, f"f{number}") for number in range(4) for namespace in ("n1", "n2")
    }


def test_every_text_gets_its_own_verdict_with_its_own_lines(client: KestraClient) -> None:
    broken = "id: [\nnamespace: a.b\n"
    texts = [
        flow("a", tail="\n\n"),
        flow("b").replace(LOG, "io.kestra.Nope"),
        "# licence\n---\n" + flow("c"),
        "---\n" + flow("d"),
        broken,
        flow("e", message="|\n      one\n      ---\n      two"),
    ]
    verdicts = client.validate_flows(texts)
    assert [bool(verdict and verdict.constraints) for verdict in verdicts] == [False, True, False, False, True, False]
    (alone,) = client.validate_flows([broken])
    assert alone is not None
    assert verdicts[4] is not None
    assert verdicts[4].constraints == alone.constraints


def test_a_second_document_is_judged_only_where_the_server_does_not_cut(client: KestraClient) -> None:
    (verdict,) = client.validate_flows([flow("a") + "---\n" + flow("b")])
    assert (verdict is None) is (client.server().dialect is Dialect.V1)


def test_an_execution_gets_typed_inputs_and_gives_outputs_and_logs(client: KestraClient) -> None:
    create(client, GREET, "greet")
    inputs = {"who": "Zoë", "count": 3, "loud": True, "data": b"a,b\n1,2\n", "nothing": None}
    started = client.create_execution("a.b", "greet", inputs=inputs, labels={"team": "x"}, revision=1)
    assert (started.namespace, started.flow_id, started.revision, started.kind) == ("a.b", "greet", 1, "NORMAL")
    done = ended(client, started)
    assert (done.state, done.inputs["count"], done.inputs["loud"], done.labels["team"]) == ("SUCCESS", 3, True, "x")
    assert [(run.task_id, run.state) for run in done.task_runs] == [("t", "SUCCESS")]
    assert client.outputs_from_execution(done.id) == {"said": "hello Zoë 3"}
    deadline = time.monotonic() + 60
    while not client.list_logs_from_execution(done.id) and time.monotonic() < deadline:
        time.sleep(0.05)  # Kestra stores logs a little after the execution is over
    assert [(entry.level, entry.message, entry.task_id) for entry in client.list_logs_from_execution(done.id)] == [
        ("INFO", "Zoë 3 true", "t")
    ]
    assert client.list_logs_from_execution(done.id, min_level="ERROR") == []
    assert [entry.message for entry in client.list_logs_from_execution(done.id, min_level="INFO")] == ["Zoë 3 true"]
    assert done.url.endswith(f"/executions/a.b/greet/{done.id}")


def test_following_tells_of_changes_and_ends_at_the_end(client: KestraClient) -> None:
    create(client, flow("x"), "x")
    started = client.create_execution("a.b", "x")
    seen = [execution.state for execution in client.follow_execution(started.id, until=time.monotonic() + PATIENCE)]
    assert seen[-1:] == ["SUCCESS"] or ended(client, started).state == "SUCCESS"
    again = list(client.follow_execution(started.id, until=time.monotonic() + PATIENCE))
    assert [execution.state for execution in again] == ["SUCCESS"]


@pytest.mark.parametrize("kind", [None, "NORMAL", "TEST"])
def test_an_execution_is_found_by_its_labels_whatever_its_kind(client: KestraClient, kind: str | None) -> None:
    create(client, flow("x"), "x")
    label = {"kestra-deployer.smoke": uuid.uuid4().hex}
    started = client.create_execution("a.b", "x", labels=label, kind=kind)
    ended(client, started)
    found = client.find_execution(label)
    assert found is not None
    assert (found.id, found.labels["kestra-deployer.smoke"]) == (started.id, label["kestra-deployer.smoke"])
    assert client.find_execution({"kestra-deployer.smoke": "another"}) is None
    listed = client.search_executions(namespace="a.b", flow_id="x")
    assert [execution.id for execution in listed] == ([started.id] if kind != "TEST" else [])


def test_all_executions_are_found_on_however_many_pages(client: KestraClient, monkeypatch: pytest.MonkeyPatch) -> None:
    create(client, flow("x"), "x")
    started = [ended(client, client.create_execution("a.b", "x", kind="TEST")).id for _ in range(5)]
    monkeypatch.setattr("deployer.kestra.executions.LARGEST_PAGE", 2)
    found = client.search_executions(flow_id="x", kinds=("TEST",), size=None)
    assert sorted(each.id for each in found) == sorted(started)


def test_a_running_execution_is_killed(client: KestraClient) -> None:
    create(client, NAP, "nap")
    started = client.create_execution("a.b", "nap")
    for seen in client.follow_execution(started.id, until=time.monotonic() + PATIENCE):
        if seen.state == "RUNNING":
            break
    client.kill_execution(started.id)
    assert ended(client, started).state == "KILLED"
    client.kill_execution(started.id)


def test_what_cannot_be_started_says_why(client: KestraClient) -> None:
    create(client, GREET, "greet")
    create(client, flow("off", tail="disabled: true\n"), "off")
    with pytest.raises(KestraRefusedError, match="who"):
        client.create_execution("a.b", "greet")
    with pytest.raises(KestraRefusedError, match="disabled"):
        client.create_execution("a.b", "off")
    with pytest.raises(KestraNotFoundError):
        client.create_execution("a.b", "missing")


def test_an_execution_that_is_not_there_is_not_found(client: KestraClient) -> None:
    with pytest.raises(KestraNotFoundError):
        client.execution("missing")
    with pytest.raises(KestraNotFoundError):
        client.kill_execution("missing")


@pytest.mark.parametrize(
    ("value", "kind"),
    [("text", "STRING"), (5, "NUMBER"), (True, "BOOLEAN"), ({"a": [1, None]}, "JSON"), ("2026-01-02", "STRING")],
)
def test_a_value_is_stored_with_its_type(client: KestraClient, value: object, kind: str) -> None:
    create(client, flow("x"), "x")
    client.set_key_value("a.b", "key", value, ttl="PT1H")
    stored = client.key_value("a.b", "key")
    assert (stored.type, stored.value) == (kind, value)


def test_a_key_is_deleted_once(client: KestraClient) -> None:
    create(client, flow("x"), "x")
    client.set_key_value("a.b", "key", "v")
    assert client.delete_key_value("a.b", "key") is True
    assert client.delete_key_value("a.b", "key") is False
    with pytest.raises(KestraNotFoundError):
        client.key_value("a.b", "key")
