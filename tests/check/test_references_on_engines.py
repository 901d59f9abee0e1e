"""What the checks of references say is what happens when the flow runs, on each engine."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import yaml

from deployer.check import CHECKS
from deployer.check.base import FlowFile, Folder
from deployer.check.guarded import problems
from deployer.engine.process.launch import RunningEngine
from deployer.language.types import types_of
from deployer.model.problem import Problem
from deployer.parsing.parse import parse

HEAD = "id: {id}\nnamespace: company.team\n"
LOG, RETURN = "io.kestra.plugin.core.log.Log", "io.kestra.plugin.core.debug.Return"
FLOW = "io.kestra.plugin.core.flow."

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(engine: RunningEngine, tenant: str) -> Iterator[Run]:
    """Store flows, the callees first, and run the last one to its end."""
    with httpx.Client(base_url=f"{engine.url}/api/v1/{tenant}", timeout=120) as client:

        def run(*texts: str) -> dict[str, Any]:
            for text in texts:
                headers = {"content-type": "application/x-yaml"}
                stored = client.post("/flows", content=text.encode(), headers=headers)
                assert stored.status_code == 200, stored.text
            name = yaml.safe_load(texts[-1])["id"]
            ended = client.post(f"/executions/company.team/{name}", params={"wait": True})
            assert ended.status_code == 200, ended.text
            execution: dict[str, Any] = ended.json()
            return execution

        yield run


def failed(execution: dict[str, Any]) -> set[str]:
    """The tasks whose expressions failed: with `allowFailure`, such a task ends with a warning."""
    return {each["taskId"] for each in execution["taskRunList"] if each["state"]["current"] in ("WARNING", "FAILED")}


def found(engine: RunningEngine, *texts: str, check: str) -> list[Problem]:
    types = types_of(engine.version.name)
    documents = [parse(f"{at}.yaml", text)[0] for at, text in enumerate(texts)]
    flows = [FlowFile(document, types) for document in documents if document]
    return list(problems([each for each in CHECKS if each.name == check], Folder(flows, types)))


def tasks_of(text: str, wrong: list[Problem]) -> set[str]:
    """The ids of the tasks in whose text the problems are; each task is in one line."""
    lines = text.splitlines()
    return {lines[each.span.line - 1].split("id: ")[1].split(",")[0] for each in wrong if each.span}


FAILING = """\
{{ inputs.NAME }}
{{ inputs['NAME'] }}
{{ inputs.NAME.sub }}
{{ outputs.NAME }}
{{ outputs.NAME.value }}
{{ vars.NAME }}
{{ trigger.NAME }}
{{ inputs.NAME is null }}
{{ inputs.NAME == null }}
{{ inputs.NAME != null }}
{{ inputs.NAME is empty }}
{{ inputs.NAME is not empty ? 1 : 2 }}
{{ inputs.NAME ? 'a' : 'b' }}
{{ inputs.NAME and true }}
{{ not inputs.NAME }}
{{ inputs.NAME | upper }}
{{ [inputs.NAME] }}
{{ {'a': inputs.NAME} }}
{{ inputs.NAME ~ 'a' }}
{{ inputs.NAME == 'a' }}
{{ max(inputs.NAME, 1) }}
{{ render(vars.NAME) }}
{{ "#{inputs.NAME}" }}
{% if inputs.NAME %}a{% endif %}
{% for each in inputs.NAME %}{{ each }}{% endfor %}
{% set mine = inputs.NAME %}{{ mine }}
{{ input.NAME }}
""".splitlines()

FINE = """\
{{ inputs.NAME ?? 'd' }}
{{ inputs.NAME.sub ?? 'd' }}
{{ inputs.NAME ??? 'd' }}
{{ inputs.NAME | default('d') }}
{{ inputs.NAME | upper | default('d') }}
{{ (inputs.NAME | upper) ?? 'd' }}
{{ (inputs.NAME ~ 'a') ?? 'd' }}
{{ render(inputs.NAME) ?? 'd' }}
{{ inputs.NAME is defined }}
{{ inputs.NAME is not defined }}
{{ inputs.NAME is defined and inputs.NAME == 'a' }}
{{ inputs.NAME is defined ? inputs.NAME : 'd' }}
{% if inputs.NAME is defined %}{{ inputs.NAME }}{% endif %}
{% for inputs in [{'NAME': 1}] %}{{ inputs.NAME }}{% endfor %}
{% set trigger = {'NAME': 1} %}{{ trigger.NAME }}
{% raw %}{{ inputs.NAME }}{% endraw %}
{# {{ inputs.NAME }} #}
{{ '{{ inputs.NAME }}' }}
{{ inputs.day }}{{ inputs['day'] }}{{ inputs.place.town }}{{ inputs.optional }}
{{ vars.bucket.name }}{{ outputs.first.value }}
""".splitlines()

UNKNOWN = """\
{{ (inputs.NAME == 'a') ?? 'd' }}
{{ render('{{ inputs.NAME }}') ?? 'd' }}
""".splitlines()
"""What fails although the flow seems to be prepared for it."""

DECLARED = """\
inputs:
  - {id: day, type: STRING, defaults: today}
  - {id: place.town, type: STRING, defaults: Bonn}
  - {id: optional, type: STRING, required: false}
variables:
  bucket: {name: data}
"""


def test_a_name_that_nothing_declares_fails_where_it_is_found_and_nowhere_else(engine: RunningEngine, run: Run) -> None:
    texts = [text.replace("NAME", f"n{at}") for at, text in enumerate([*FAILING, *FINE, *UNKNOWN])]
    lines = [
        f"  - {{id: t{at}, type: {LOG}, allowFailure: true, message: {json.dumps(text)}}}"
        for at, text in enumerate(texts)
    ]
    first = f"  - {{id: first, type: {RETURN}, format: hello}}"
    flow = "\n".join([HEAD.format(id="names") + DECLARED + "tasks:", first, *lines, ""])
    wrong = found(engine, flow, check="undeclared-name")
    known, unknown = len(FAILING), len(FAILING) + len(FINE)
    assert tasks_of(flow, wrong) == {f"t{at}" for at in range(known)}
    assert failed(run(flow)) == {f"t{at}" for at in (*range(known), *range(unknown, len(texts)))}


def test_a_flow_may_ask_for_a_name_before_it_uses_it(engine: RunningEngine, run: Run) -> None:
    text = "{% if inputs contains 'other' %}{{ inputs.other }}{% endif %}"
    flow = f"{HEAD.format(id='asks')}{DECLARED}tasks:\n  - {{id: say, type: {LOG}, message: {json.dumps(text)}}}\n"
    assert found(engine, flow, check="undeclared-name") == []
    assert failed(run(flow)) == set()


ORDER = f"""\
tasks:
- {{id: early, type: {LOG}, allowFailure: true, message: "{{{{ outputs.late.value }}}}"}}
- {{id: own, type: {RETURN}, allowFailure: true, format: "{{{{ outputs.own.value }}}}"}}
- {{id: idle, type: {RETURN}, disabled: true, format: "{{{{ outputs.late.value }}}}"}}
- {{id: of-idle, type: {LOG}, allowFailure: true, message: "{{{{ outputs.idle.value }}}}"}}
- id: line
  type: {FLOW}Sequential
  tasks:
  - {{id: s1, type: {RETURN}, format: hello}}
  - {{id: s2, type: {LOG}, allowFailure: true, message: "{{{{ outputs.s1.value }}}} {{{{ outputs.line }}}}"}}
  - {{id: s3, type: {LOG}, allowFailure: true, message: "{{{{ outputs.s4.value }}}}"}}
  - {{id: s4, type: {RETURN}, format: hello}}
- {{id: after-line, type: {LOG}, allowFailure: true, message: "{{{{ outputs.s4.value }}}} {{{{ outputs.line }}}}"}}
- id: both
  type: {FLOW}Parallel
  tasks:
  - {{id: p1, type: {LOG}, allowFailure: true, message: "{{{{ outputs.p2.value }}}}"}}
  - id: slow
    type: {FLOW}Sequential
    tasks:
    - {{id: nap, type: {FLOW}Sleep, duration: PT1S}}
    - {{id: p2, type: {RETURN}, format: hello}}
    - {{id: p3, type: {LOG}, allowFailure: true, message: "{{{{ outputs.p2.value }}}}"}}
- id: graph
  type: {FLOW}Dag
  concurrent: 1
  tasks:
  - task: {{id: d1, type: {LOG}, allowFailure: true, message: "{{{{ outputs.d2.value }}}}"}}
  - task: {{id: d2, type: {RETURN}, format: hello}}
    dependsOn: [d1]
  - task: {{id: d3, type: {LOG}, allowFailure: true, message: "{{{{ outputs.d2.value }}}}"}}
    dependsOn: [d2]
  - task: {{id: d4, type: {LOG}, allowFailure: true, message: "{{{{ outputs.d2.value }}}}"}}
    dependsOn: [d3]
- id: choice
  type: {FLOW}If
  condition: "{{{{ true }}}}"
  then:
  - {{id: i1, type: {RETURN}, format: hello}}
  - {{id: i2, type: {LOG}, allowFailure: true, message: "{{{{ outputs.i1.value }}}} {{{{ outputs.choice }}}}"}}
  - {{id: of-around, type: {LOG}, allowFailure: true, message: "{{{{ outputs.choice.evaluationResult }}}}"}}
  - {{id: i3, type: {LOG}, allowFailure: true, message: "{{{{ outputs.i4.value }}}}"}}
  else:
  - {{id: i4, type: {RETURN}, format: hello}}
- {{id: of-choice, type: {LOG}, allowFailure: true, message: "{{{{ outputs.i1.value }}}}"}}
- {{id: of-finally, type: {LOG}, allowFailure: true, message: "{{{{ outputs.cleanup.value }}}}"}}
- {{id: late, type: {RETURN}, format: hello}}
finally:
- {{id: cleanup, type: {RETURN}, format: "{{{{ outputs.late.value }}}}"}}
afterExecution:
- {{id: after, type: {LOG}, message: "{{{{ outputs.cleanup.value }}}}"}}
"""


def test_outputs_are_missing_where_it_is_found_and_nowhere_else(engine: RunningEngine, run: Run) -> None:
    flow = HEAD.format(id="order") + ORDER
    wrong = tasks_of(flow, found(engine, flow, check="task-order"))
    around = {"both", "graph", "choice", "line", "slow"}  # they end as their tasks do
    assert wrong == {"early", "own", "of-idle", "s3", "p1", "d1", "i3", "of-finally"}
    assert failed(run(flow)) - around == wrong


OUTPUTS = f"""\
tasks:
- {{id: say, type: {LOG}, message: hello}}
- {{id: give, type: {RETURN}, format: hello}}
- {{id: make, type: io.kestra.plugin.core.output.OutputValues, values: {{a: 1}}}}
- {{id: nap, type: {FLOW}Sleep, duration: PT0.01S}}
- {{id: keep, type: io.kestra.plugin.core.kv.Set, key: a, value: b}}
- {{id: know, type: io.kestra.plugin.core.kv.Get, key: a}}
- {{id: decide, type: {FLOW}If, condition: "{{{{ true }}}}", then: [{{id: in-if, type: {LOG}, message: hello}}]}}
- id: choose
  type: {FLOW}Switch
  value: a
  cases:
    a: [{{id: in-switch, type: {LOG}, message: hello}}]
- {{id: call, type: {FLOW}Subflow, namespace: company.team, flowId: callee, wait: true}}
"""
HAVE = ("give.value", "make.values.a", "know.value", "decide.evaluationResult", "choose.value", "call.outputs.answer")
LACK = ("say", "give", "make", "nap", "keep", "know", "decide", "choose", "call", "call.outputs")


def test_outputs_that_are_found_are_missing_and_no_others(engine: RunningEngine, run: Run) -> None:
    callee = HEAD.format(id="callee") + (
        f"tasks:\n- {{id: give, type: {RETURN}, format: hello}}\n"
        'outputs:\n- {id: answer, type: STRING, value: "{{ outputs.give.value }}"}\n'
    )
    lines = [
        f'- {{id: t{at}, type: {LOG}, allowFailure: true, message: "{{{{ outputs.{path} }}}}"}}\n'
        for at, path in enumerate([*HAVE, *(f"{task}.nothing" for task in LACK)])
    ]
    flow = "".join([HEAD.format(id="outputs"), OUTPUTS, *lines])
    wrong = tasks_of(
        flow, [each for each in found(engine, callee, flow, check="unknown-output") if each.file == "1.yaml"]
    )
    assert wrong == {f"t{at}" for at in range(len(HAVE), len(lines))}
    assert failed(run(callee, flow)) == wrong


KINDS: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "STRING": ({"validator": "[a-z]*"}, ["a", "", "A", 5, None, [1]]),
    "INT": ({"max": 7}, [5, "5", 8, "a", 3.5, True, "", None]),
    "FLOAT": ({}, [5, "1.5", "a", True]),
    "DATE": ({}, ["2024-01-31", "31.01.2024", "2024-01-31T10:30:00Z"]),
    "DATETIME": ({}, ["2024-01-31T10:30:00Z", "2024-01-31"]),
    "TIME": ({}, ["10:30:00", "12:30", "a"]),
    "DURATION": ({}, ["PT1H", "1h"]),
    "JSON": ({}, ["[1,2]", {"a": 1}, "a", [1]]),
    "URI": ({}, ["http://example.com/a", "a b"]),
    "EMAIL": ({}, ["a@example.com", "", "a"]),
    "SELECT": ({"values": ["a", "b"]}, ["a", "c"]),
    "MULTISELECT": ({"values": ["a", "b"]}, [["a", "b"], ["a", "c"], "a"]),
    "ARRAY": ({"itemType": "INT"}, [[1, 2], [1, "x"], "a"]),
    "SECRET": ({}, ["a", "", None]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_call_fails_with_the_values_that_are_found(engine: RunningEngine, run: Run, kind: str) -> None:
    more, values = KINDS[kind]
    tasks = [{"id": "say", "type": LOG, "message": "hello"}]
    callee = {
        "id": "callee",
        "namespace": "company.team",
        "inputs": [{"id": "x", "type": kind, **more}],
        "tasks": tasks,
    }
    of_callee = yaml.safe_dump(callee)
    judged, ended, stored = [], [], [of_callee]
    for at, value in enumerate(values):
        call = {"id": "call", "type": f"{FLOW}Subflow", "namespace": "company.team", "flowId": "callee"}
        calls = [{**call, "inputs": {"x": value, "nothing": 1}, "wait": True, "transmitFailed": True}]
        caller = yaml.safe_dump({"id": f"caller{at}", "namespace": "company.team", "tasks": calls})
        judged.append({each.message for each in found(engine, of_callee, caller, check="subflow-inputs")})
        ended.append(run(*stored, caller)["state"]["current"])
        stored = []
    ignored = {"the flow company.team/callee has no input `nothing`"}
    assert all(ignored <= messages for messages in judged)
    assert [messages == ignored for messages in judged] == [state == "SUCCESS" for state in ended]
