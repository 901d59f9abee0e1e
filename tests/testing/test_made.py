"""What is in a suite that is made of an execution, or of a flow alone: no engine is needed to see that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import pytest

from deployer.check.base import FlowFile
from deployer.check.suite_fixtures import fit
from deployer.check.suite_inputs import prepare
from deployer.errors import UsageError
from deployer.kestra.answers import Execution, ExecutionTrigger, Iteration, Stage
from deployer.language.types import types_of
from deployer.model.document import Document
from deployer.model.flow import Flow
from deployer.model.resource import FLOW, Key
from deployer.parsing.parse import parse
from deployer.read.suites import suites
from deployer.testing.draft import Draft
from deployer.testing.needs import needs
from deployer.testing.observe import Observed, Ran
from deployer.testing.record import Subject, record, refuse
from deployer.testing.suggest import suggest
from deployer.testing.write import free_file, text

ABSENT = "io.kestra.plugin.fs.http.Fetch"
HEAD = "id: a\nnamespace: b.c\n"
FETCH = f"{HEAD}tasks:\n  - {{id: fetch, type: {ABSENT}}}\n"
SAYS = "  - {id: say, type: io.kestra.plugin.core.log.Log, message: '%s'}\n"


def in_loop(kind: str) -> str:
    """The flow that fetches, in a loop of one of Kestra's lines."""
    fetch = f"{{id: fetch, type: {ABSENT}}}"
    return (
        f"{HEAD}tasks:\n  - {{id: each, type: io.kestra.plugin.core.flow.{kind}, values: [a, b], tasks: [{fetch}]}}\n"
    )


def document(name: str, source: str) -> Document:
    found, problems = parse(name, source)
    assert found, problems
    return found


def flow(source: str, version: str = "1.3") -> FlowFile:
    return FlowFile(document("a.yaml", source), types_of(version))


def fits(draft: Draft, made: FlowFile) -> dict[str, Any]:
    """The only case of a drafted suite, which is sound and fits its flow."""
    suite = document("a.smoke.yaml", text(draft, "a"))
    cases, wrong = suites([suite])
    flows = [Flow(made.document, "b.c", "a")]
    cases, unknown = fit(cases, [suite], flows, made.types.version)
    _, unfit = prepare(cases, [suite], flows, made.types.version)
    assert [each.message for each in (*wrong, *unknown, *unfit)] == []
    [case] = suite.data["testCases"]
    assert isinstance(case, dict)
    return case


def execution(state: str = "SUCCESS", **more: Any) -> Execution:
    return Execution("E", "b.c", "a", state, **more)


def recorded(
    source: str,
    *runs: Ran,
    version: str = "1.3",
    outputs: Mapping[str, Any] | None = None,
    hides: Callable[[str], bool] = lambda _: False,
    **more: Any,
) -> tuple[dict[str, Any], str]:
    made = flow(source, version)
    subject = Subject(flow=made, needs=needs(made, {"b.c/a"}, lambda _: False))
    draft = record(subject, Observed(execution=execution(**more), outputs=outputs or {}, runs=runs), hides)
    return fits(draft, made), "\n".join(draft.notes)


def fetched(**outputs: Any) -> Ran:
    return Ran(task="fetch", state="SUCCESS", outputs=outputs)


def test_nulls_are_dropped_and_templates_are_texts() -> None:
    case, _ = recorded(FETCH, fetched(a=None, b=[1, {"c": None, "d": "{{ x }}"}], **{"{% k": 1}))
    assert case["fixtures"]["tasks"] == [
        {
            "id": "fetch",
            "state": "SUCCESS",
            "outputs": {"b": [1, {"d": "{% raw %}{{ x }}{% endraw %}"}], "{% raw %}{% k{% endraw %}": 1},
        }
    ]


@pytest.mark.parametrize(
    ("outputs", "why"),
    [
        ({"body": "x" * 5000}, "`outputs.fetch.body` is left out: it has 5002 bytes"),
        ({"body": ["x" * 100] * 50}, "`outputs.fetch.body` is left out: it has 5"),
        ({"token": "hunter2"}, "`outputs.fetch.token` is left out: it is a secret"),
        ({"body": {"apiKey": "hunter2"}}, "`outputs.fetch.body.apiKey` is left out: it is a secret"),
        ({"headers": {"Set-Cookie": "a=hunter2"}}, "`outputs.fetch.headers.Set-Cookie` is left out: it is a secret"),
        ({"body": '{"password": "hunter2"}'}, "`outputs.fetch.body` is left out: it holds a secret"),
        ({"body": "Bearer hunter2hunter2"}, "`outputs.fetch.body` is left out: it holds a secret"),
        ({"body": {"type": "io.kestra.datatype:aes_encrypted", "value": "hunter2"}}, "it is a secret"),
        ({"password": "hunter2", "body": ["my hunter2!"]}, "`outputs.fetch.body` is left out: it holds a secret"),
        ({"body": "our hunter2"}, "`outputs.fetch.body` is left out: it holds a secret"),
    ],
)
def test_what_is_big_or_secret_is_left_out_and_named(outputs: dict[str, Any], why: str) -> None:
    case, notes = recorded(FETCH, fetched(**outputs, fine=1), hides=lambda each: "our hunter2" in each)
    assert why in notes
    assert "hunter2" not in str(case)
    assert len(str(case)) < 500
    assert case["fixtures"]["tasks"][0]["outputs"]["fine"] == 1


@pytest.mark.parametrize(
    ("outputs", "placeholder"),
    [
        ({"body": "x" * 5000}, "left out"),
        ({"body": ["x" * 5000, 1]}, ["left out", 1]),
        ({"body": [1] * 5000}, []),
        ({"body": {"secret": 5}}, {"secret": 0}),
        (
            {"body": '{"names": ["a", "b"], "n": 5, "ok": true, "token": "hunter2"}'},
            '{"names": ["left out", "left out"], "n": 0, "ok": true, "token": "left out"}',
        ),
        ({"body": '{"Bearer hunter2hunter2": 1}'}, "left out"),
        ({"body": "[" + '"x", ' * 5000 + "1]"}, "left out"),
        ({"body": "kestra:///b/c/a/executions/E/tasks/fetch/T/my report.csv"}, "{{ files['my-report.csv'] }}"),
    ],
)
def test_a_placeholder_stands_where_the_flow_needs_one(outputs: dict[str, Any], placeholder: Any) -> None:
    case, _ = recorded(FETCH + SAYS % "{{ outputs.fetch.body }}", fetched(**outputs))
    assert case["fixtures"]["tasks"][0]["outputs"] == {"body": placeholder}
    assert case["fixtures"].get("files", {}).keys() == ({"my-report.csv"} if "files" in str(placeholder) else set())


def test_outputs_that_are_made_of_what_was_left_out_are_only_expected_to_be_there() -> None:
    outputs = (
        "outputs:\n  - {id: body, type: STRING, value: '{{ outputs.fetch.body }}'}\n"
        "  - {id: code, type: INT, value: '{{ outputs.fetch.code }}'}\n"
        "  - {id: when, type: STRING, value: '{{ outputs.late.value }}'}\n"
    )
    late = "  - {id: late, type: io.kestra.plugin.core.debug.Return, format: '{{ render(vars.day) }}'}\n"
    source = FETCH + late + "variables: {day: '{{ now() }}'}\n" + outputs
    found = {"body": "short", "code": 200, "when": "2026", "other": 1}
    case, notes = recorded(source, fetched(body="x" * 5000, code=200), outputs=found)
    assert case["expectedOutputs"] == {"code": 200}
    assert [each["value"] for each in case["assertions"]] == [
        "{{ execution.outputs.body }}",
        "{{ execution.outputs.when }}",
    ]
    assert "the output `when` is expected, but not its value: it depends on `now`" in notes


def test_inputs_are_as_they_are_sent() -> None:
    source = (
        f"{HEAD}inputs:\n  - {{id: wait, type: DURATION}}\n  - {{id: half, type: DURATION}}\n"
        "  - {id: pin, type: SECRET}\n  - {id: more, type: SECRET, required: false}\n  - {id: none, type: STRING}\n"
        "  - {id: csv, type: FILE}\n  - {id: big, type: STRING, validator: '[a-z]+'}\n"
        "  - {id: spare, type: STRING, defaults: x}\n  - {id: address.city, type: STRING}\n"
        f"tasks:\n{SAYS % 'hi'}"
    ).replace("{id: none, type: STRING}", "{id: none, type: STRING, required: false}")
    inputs = {
        "wait": 90.0, "half": 0.5, "pin": {"type": "io.kestra.datatype:aes_encrypted", "value": "x"}, "more": "hunter2",
        "none": None, "csv": "kestra:///x/y.csv", "big": "x" * 5000, "spare": "x" * 5000, "address": {"city": "Bonn"},
        "former": 1,
    }  # fmt: skip
    case, notes = recorded(source, inputs=inputs)
    assert case["fixtures"]["inputs"] == {
        "wait": "PT90S", "half": "PT0.5S", "pin": "example", "csv": "{{ files['csv'] }}", "big": "example",
        "address.city": "Bonn",
    }  # fmt: skip
    assert "the input `former` is left out: the flow has none of that name any more" in notes
    assert "`inputs.more` is left out: it is a secret" in notes


HOOK = "triggers:\n  - {id: hook, type: io.kestra.plugin.core.trigger.Webhook, key: abcdefgh}\n"


def test_a_trigger_has_what_it_gave() -> None:
    variables = {
        "body": {"x": 1, "password": "hunter2", "csv": "kestra:///b/c/x.csv"},
        "headers": {"Cookie": ["hunter2"]},
        "none": None,
    }
    fired = ExecutionTrigger("hook", "io.kestra.plugin.core.trigger.Webhook", variables)
    case, _ = recorded(FETCH + SAYS % "{{ trigger.body.csv }}" + HOOK, trigger=fired)
    variables = {"body": {"x": 1, "csv": "left out"}}
    assert case["fixtures"]["trigger"] == {"id": fired.id, "type": fired.type, "variables": variables}
    case, notes = recorded(FETCH, trigger=fired)
    assert "fixtures" not in case
    assert "`trigger` is left out: `hook`" in notes


def test_the_iterations_of_kestra_2_have_one_state() -> None:
    runs = [
        Ran(task="fetch", state=state, value=value, outputs={"n": value})
        for value, state in (("a", "SUCCESS"), ("b", "FAILED"), ("b", "FAILED"))
    ]
    before, _ = recorded(in_loop("ForEach"), *runs)
    after, notes = recorded(in_loop("Loop"), *runs, version="2.0")
    assert [each["state"] for each in before["fixtures"]["tasks"]] == ["SUCCESS", "FAILED"]
    assert [each["state"] for each in after["fixtures"]["tasks"]] == ["FAILED", "FAILED"]
    assert "every iteration of `fetch` ends FAILED" in notes


def test_lists_of_iterations_that_differ_in_length_are_named() -> None:
    runs = [
        Ran(task="fetch", state="SUCCESS", value=value, outputs={"l": [1] * n}) for value, n in (("a", 1), ("b", 2))
    ]
    _, notes = recorded(in_loop("Loop"), *runs, version="2.0")
    assert "lists that `fetch` gives are texts in the test" in notes


def test_a_task_that_failed_is_expected_to_if_it_always_did() -> None:
    runs = [
        Ran(task="say", state="FAILED", id="1", parent="2"),
        Ran(task="fetch", state="FAILED", id="2"),
        Ran(task="mixed", state="FAILED", id="3"),
        Ran(task="mixed", state="SUCCESS", id="4"),
        Ran(task="former", state="FAILED", id="5"),
    ]
    case, _ = recorded(FETCH + SAYS % "x" + (SAYS % "y").replace("say", "mixed"), *runs, state="FAILED")
    assert (case["expectedState"], case["expectedTaskStates"]) == ("FAILED", {"say": "FAILED"})


def test_one_that_took_long_gets_the_time_and_labels_are_kept_that_are_read() -> None:
    stages = (Stage("CREATED", "2026-01-01T00:00:00Z"), Stage("SUCCESS", "2026-01-01T00:01:00Z"))
    labels = {"team": "shop", "other": "x", "system.from": "api"}
    case, _ = recorded(HEAD + "tasks:\n" + SAYS % "{{ labels.team }}", states=stages, labels=labels)
    assert (case["timeout"], case["labels"]) == ("PT120S", {"team": "shop"})


@pytest.mark.parametrize("state", ["RUNNING", "PAUSED", "KILLED", "CANCELLED", "RETRIED"])
def test_what_no_test_can_repeat_is_refused(state: str) -> None:
    with pytest.raises(UsageError):
        refuse(execution(state))
    with pytest.raises(UsageError, match="an iteration of a loop"):
        refuse(execution(iteration=Iteration("each", 0, "a")))


def test_what_has_to_be_mocked() -> None:
    core = "io.kestra.plugin.core"
    source = (
        f"{FETCH}  - {{id: get, type: {core}.http.Request}}\n  - {{id: hold, type: {core}.flow.Pause}}\n"
        f"  - {{id: ours, type: {core}.flow.Subflow, namespace: b.c, flowId: a}}\n"
        f"  - {{id: theirs, type: {core}.flow.Subflow, namespace: b.c, flowId: x}}\n"
        f"  - {{id: dir, type: {core}.flow.WorkingDirectory, tasks: [{{id: in, type: {ABSENT}}}]}}\n"
        f"  - {{id: off, type: {ABSENT}, disabled: true}}\n{SAYS % 'x'}"
    )
    assert [*needs(flow(source), {"b.c/a"}, lambda _: False)] == ["fetch", "get", "hold", "theirs", "dir"]
    assert [*needs(flow(source), {"b.c/a"}, lambda name: name == ABSENT)] == ["get", "hold", "theirs"]


INPUTS = {
    "{id: x, type: STRING}": "example",
    "{id: x, type: STRING, validator: '[A-Z]{3}-[0-9]+'}": "ABC-123",
    "{id: x, type: STRING, validator: '\\d+'}": "1",
    "{id: x, type: INT, min: 18, max: 30}": 18,
    "{id: x, type: FLOAT, max: -2}": -2,
    "{id: x, type: BOOL}": False,
    "{id: x, type: SELECT, values: [b, c]}": "b",
    "{id: x, type: MULTISELECT, values: [b, c]}": ["b"],
    "{id: x, type: ARRAY, itemType: INT}": [1],
    "{id: x, type: DATE, after: '2030-01-01'}": "2099-01-31",
    "{id: x, type: DATETIME}": "2026-01-31T10:30:00Z",
    "{id: x, type: TIME, before: '09:00:00'}": "00:00:00",
    "{id: x, type: DURATION, min: PT5M}": "PT5M",
    "{id: x, type: URI}": "https://example.com",
    "{id: x, type: EMAIL}": "someone@example.com",
    "{id: x, type: JSON}": {"key": "example"},
    "{id: x, type: SECRET}": "example",
    "{id: x, type: FILE}": "{{ files['x'] }}",
    "{id: x, type: STRING, defaults: y}": None,
    "{id: x, type: STRING, required: false}": None,
}


def suggested(
    source: str, version: str = "1.3", given: AbstractSet[tuple[str, str]] = frozenset()
) -> tuple[dict[str, Any], str]:
    made = flow(source, version)
    draft = suggest(made, Key(FLOW, "b.c", "a"), needs(made, {"b.c/a"}, lambda _: False), given)
    return fits(draft, made), "\n".join(draft.notes)


@pytest.mark.parametrize(("given", "value"), INPUTS.items())
def test_a_required_input_gets_a_value_that_it_takes(given: str, value: Any) -> None:
    case, notes = suggested(f"{HEAD}inputs:\n  - {given}\ntasks:\n{SAYS % 'x'}")
    assert case.get("fixtures", {}).get("inputs", {}).get("x") == value
    assert "takes only certain values" not in notes


def test_outputs_are_those_that_later_expressions_use() -> None:
    source = (
        FETCH
        + "  - id: each\n    type: io.kestra.plugin.core.flow.ForEach\n    values: '{{ outputs.fetch.rows }}'\n"
        + f"    tasks: [{{id: copy, type: {ABSENT}}}]\n"
        + SAYS % "{{ outputs.fetch.code == 201 }} {{ outputs.fetch.size >= 5 }} {{ outputs.fetch.list[0].name }}"
        + (SAYS % '{{ outputs.fetch.uri }} {{ outputs.fetch.kind == "big" }} {{ trigger.body.x }}').replace("say", "b")
        + "outputs:\n  - {id: a-b, type: STRING, value: x}\n  - {id: maybe, type: STRING, value: x, required: false}\n"
        + HOOK
    )
    case, notes = suggested(source)
    [fetch, copy] = case["fixtures"]["tasks"]
    assert fetch["outputs"] == {
        "rows": ["example"], "code": 201, "size": 5, "list": [{"name": "example"}], "kind": "big",
        "uri": "{{ files['fetch-uri.txt'] }}",
    }  # fmt: skip
    assert (copy["id"], copy["value"]) == ("copy", "example")
    assert case["fixtures"]["trigger"]["variables"] == {"body": {"x": "example"}}
    assert case["expectedState"] == "SUCCESS"
    assert case["assertions"] == [{"value": "{{ execution.outputs['a-b'] }}", "isNotNull": True}]
    assert "put its content under `files: fetch-uri.txt`" in notes


def test_what_is_read_as_a_file_is_one() -> None:
    source = FETCH + SAYS % (
        "{{ read(outputs.fetch.data) }} {{ fileSize(uri=outputs['fetch']['log']) }} {{ outputs.fetch.stdout }}"
        """ {{ outputs.fetch.outputFiles["a.csv"] }} {{ outputs["fetch"]["n"] > 2 }}"""
    ).replace("'", "''")
    case, notes = suggested(source)
    [fetch] = case["fixtures"]["tasks"]
    assert fetch["outputs"] == {
        "data": "{{ files['fetch-data.txt'] }}",
        "log": "{{ files['fetch-log.txt'] }}",
        "stdout": "example",
        "outputFiles": {"a.csv": "{{ files['fetch-a.csv'] }}"},
        "n": 3,
    }
    assert "`outputs.fetch.outputFiles.a.csv` is a file: put its content under `files: fetch-a.csv`" in notes


def test_a_trigger_can_be_given_no_file() -> None:
    case, notes = suggested(f"{HEAD}tasks:\n{SAYS % '{{ read(trigger.uri) }}'}{HOOK}")
    assert case["fixtures"]["trigger"]["variables"] == {"uri": "example"}
    assert "`trigger.uri` is a file, which a test cannot give to a trigger" in notes


def test_outputs_do_not_make_the_flow_fail() -> None:
    fails = '  - {id: no, type: io.kestra.plugin.core.execution.Fail, condition: "{{ %s }}"}\n'
    case, _ = suggested(FETCH + fails % "outputs.fetch.code == 404 or outputs.fetch.size <= 5 or outputs.fetch.n < 2.5")
    assert case["fixtures"]["tasks"][0]["outputs"] == {"code": 405, "size": 6, "n": 2.5}


def test_what_the_flow_asks_for_is_named() -> None:
    source = FETCH.replace("}\n", ", password: \"{{ secret('MOCKED') }}\"}\n")
    _, notes = suggested(source + SAYS % '{{ secret("PIN") }} {{ kv("last") }}')
    assert "under `test: secrets: PIN`" in notes
    assert "under `test: kv: b.c: last`" in notes
    assert "MOCKED" not in notes
    _, notes = suggested(source + SAYS % '{{ secret("PIN") }} {{ kv("last") }}', given={("secret", "PIN")})
    assert "PIN" not in notes
    assert "last" in notes


def test_a_suite_goes_where_none_is(tmp_path: Path) -> None:
    assert free_file(tmp_path, "a").name == "a.smoke.yaml"
    (tmp_path / "a.smoke.yml").touch()
    (tmp_path / "a-2.smoke.yaml").symlink_to("nowhere")
    assert free_file(tmp_path, "a").name == "a-3.smoke.yaml"


def test_a_note_cannot_leave_its_comment() -> None:
    draft = Draft(flow=Key(FLOW, "b.c", "a"), case={"id": "x"}, notes=("one\ntwo\u2028: \x1b",))
    assert text(draft, "a").splitlines()[1] == "# - one\\ntwo\\u2028: \\x1b"
