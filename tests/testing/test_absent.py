"""Tasks and triggers of plugins that an engine does not have, and what stands for them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.check.base import FlowFile
from deployer.language.types import types_of
from deployer.model.document import Document
from deployer.model.problem import Route, Span
from deployer.model.sent import Sent
from deployer.model.version import NAMES
from deployer.parsing.parse import parse
from deployer.parsing.places import Places
from deployer.testing.absent import FAIL, find_absent, without

FLOW = """id: a
namespace: b.c
tasks:
  - id: fetch
    type: io.kestra.plugin.gcp.bigquery.Query
    sql: SELECT 1
    runIf: "{{ true }}"
    timeout: PT1M
    retry: {type: constant, interval: PT1S, maxAttempts: 2}
  - id: gate
    type: io.kestra.plugin.core.flow.If
    condition: "true"
    then:
      - {id: upload, type: io.kestra.plugin.aws.s3.Upload, from: x}
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: hi
errors:
  - {id: page, type: com.example.Pager}
triggers:
  - {id: hook, type: io.kestra.plugin.core.trigger.Webhook, key: abcdefgh}
  - {id: queue, type: io.kestra.plugin.aws.sqs.Trigger, queueUrl: x}
"""


def read(text: str) -> Document:
    document, problems = parse("a.yaml", text)
    assert document, problems
    return document


def swapped(text: str, version: str = NAMES[-1]) -> Sent:
    """A flow's text as it is deployed where only the core is there."""
    flow = FlowFile(read(text), types_of(version))
    return without(flow, find_absent(flow, ()))


@pytest.mark.parametrize("version", NAMES)
def test_what_is_absent_is_found_wherever_it_is(version: str) -> None:
    document = read(FLOW)
    found = find_absent(FlowFile(document, types_of(version)), {"io.kestra.plugin.aws.s3.Upload"})
    assert [(each.id, each.type, each.is_trigger) for each in found] == [
        ("fetch", "io.kestra.plugin.gcp.bigquery.Query", False),
        ("page", "com.example.Pager", False),
        ("queue", "io.kestra.plugin.aws.sqs.Trigger", True),
    ]
    assert "--plugins io.kestra.plugin:plugin-gcp:VERSION" in found[0].remedy
    assert "its jar with --plugins" in found[1].remedy


@pytest.mark.parametrize("version", NAMES)
def test_what_stands_for_it_fails_and_keeps_what_every_task_can_have(version: str) -> None:
    document = read(FLOW)
    flow = read(swapped(FLOW, version).text).data
    fetch, gate, say = flow["tasks"]
    message = fetch.pop("errorMessage")
    assert "`fetch` is a io.kestra.plugin.gcp.bigquery.Query, which this engine does not have" in message
    assert fetch == {
        "id": "fetch",
        "type": FAIL,
        "runIf": "{{ true }}",
        "timeout": "PT1M",
        "retry": {"type": "constant", "interval": "PT1S", "maxAttempts": 2},
    }
    assert gate["then"][0]["type"] == FAIL
    assert say == {"id": "say", "type": "io.kestra.plugin.core.log.Log", "message": "hi"}
    assert flow["errors"][0]["type"] == FAIL
    assert [each["id"] for each in flow["triggers"]] == ["hook"]
    assert document.data["tasks"][0]["sql"] == "SELECT 1"


SCALARS = """\
id: a  # a comment
namespace: b.c
labels: {version: 1.10, n: 017, y: yes, big: 1e400, "quoted": "a\\x07", none: ~}
variables:
  text: |
    1.10
      é\U0001f600
tasks:
  - id: fetch
    type: com.example.Fetch  # gone
    allowFailure: yes
    retry: {type: constant, maxAttempts: 0x2, interval: "PT1S"}
    description: 1.10
    logLevel: TRACE
    body: |
      a
      b

  # before the next
  - {id: say, type: io.kestra.plugin.core.log.Log, message: 1_000}
triggers:
  - {id: queue, type: com.example.Queue}
"""


def test_every_scalar_stays_as_it_is_written() -> None:
    sent = swapped(SCALARS)
    lines = sent.text.split("\n")
    before = SCALARS.split("\n")
    assert sent.lines == ()
    changed = [number for number, pair in enumerate(zip(before, lines, strict=True), 1) if len({*pair}) > 1]
    assert changed == [*range(9, 18), 22]
    assert lines[8].startswith('  - {"id": "fetch", "type": "io.kestra.plugin.core.execution.Fail", ')
    assert '"allowFailure": yes, ' in lines[8]
    assert '"maxAttempts": 0x2, ' in lines[8]
    assert '"description": 1.10, ' in lines[8]
    assert not "".join(lines[9:17]).strip()
    assert lines[21] == "   []"


def test_what_cannot_be_changed_in_place_is_written_anew_with_scalars_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Places, "at", lambda *_: None)
    text = SCALARS.replace("none: ~", "none: ~, one: !!float 1, endless: !!float '-Infinity', nan: !!float NaN")
    sent = swapped(text)
    assert sent.lines == (1,)
    assert "\n" not in sent.text
    assert '{"version": 1.10, "n": 017, "y": yes, "big": 1e400, "quoted": "a\\u0007", "none": ~, ' in sent.text
    assert '"allowFailure": yes, "retry": {"type": "constant", "maxAttempts": 0x2, ' in sent.text
    assert '"message": 1_000}], "triggers": []}' in sent.text
    assert repr(without_messages(read(sent.text).data)) == repr(expected(read(text).data))


def test_a_text_that_would_say_something_else_is_written_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    at = Places.at

    def beside(self: Places, route: Route) -> Span | None:
        found = at(self, route)
        return replace(found, line=found.line - 1) if found else None

    monkeypatch.setattr(Places, "at", beside)
    assert swapped(SCALARS).lines == (1,)


def test_an_alias_is_a_name_also_where_its_anchor_is_gone() -> None:
    tasks = "- &x\n  id: b\n  type: com.example.A\n  x: &y 1\n- {id: c, type: com.example.B, description: *y}\n"
    sent = swapped(f"id: a\ntasks:\n{tasks}labels: {{a: *x, n: 017}}\n")
    assert sent.text.endswith("\nlabels: {a: *x, n: 017}\n")
    document, _ = parse("a.yaml", sent.text)
    assert document
    assert (document.data["labels"]["a"], document.data["tasks"][1]["description"]) == ("x", "y")


ABSENT = [
    "id: NAME\ntype: com.example.A",
    "type: com.example.A # c\nid: NAME  # - {",
    "{id: NAME, type: com.example.A}",
    "{id: NAME, type: com.example.A} # c",
    "{ id: NAME, # }\n  type: com.example.A,\n\n  sql: [a,\n  b] }",
    "&anchor\nid: NAME\ntype: com.example.A",
    "!tag {id: NAME, type: com.example.A}",
    "# - comment\nid: NAME\ntype: com.example.A\nsql: |\n  a # b\n   c\n\n",
    "id: NAME\ntype: com.example.A\nsql: >-\n  a\n\n  b\n# comment",
    "id: NAME\ntype: com.example.A\nsql: |+\n  a\n\n",
    "id: NAME\ntype: com.example.A\nsql: 'a\n\n  b # '\nx: \"\\\n  c\"",
    "id: NAME\ntype: com.example.A\nsql: a\n  b\n    c",
    "id: NAME\ntype: com.example.A\nempty:",
    "? id\n: NAME\n? type\n: com.example.A\n? x",
    "id: NAME\ntype: com.example.A\nlist:\n- a\n- b: c\n  d:\n  - e",
    "id: NAME\ntype: com.example.A\n<<: *anchor\ndescription: *anchor",
    "id: NAME\ntype: com.example.A\ntimeout: PT1M\nrunIf: \"{{ '\\x07' }}\"\nretry:\n  type: constant # c",
    "id: NAME\ntype: com.example.A\ndescription: |\n  é, \U0001f600 {\ndisabled: off\nrunner: {type: com.example.R}",
    "'id': NAME\n\"type\": com.example.A\ntab: a\tb\t# c",
]
THERE = [
    "id: NAME\ntype: io.kestra.plugin.core.log.Log\nmessage: 1.10 # c",
    "{id: NAME, type: io.kestra.plugin.core.log.Log, message: 017}",
    "id: NAME\ntype: io.kestra.plugin.core.log.Log\nmessage: |\n  - id: x\n    type: com.example.A\n",
]
INSIDE = [
    ("id: NAME\ntype: io.kestra.plugin.core.flow.Sequential\ntasks:", False),
    ("id: NAME\ntype: io.kestra.plugin.core.flow.If\ncondition: yes\nthen:", False),
    ("id: NAME\ntype: io.kestra.plugin.core.flow.Dag\ntasks:", True),
]


BRACKETS = [
    "{id: NAME, type: TYPE}",
    '{"id": "NAME", "type": "TYPE", x: [a, {b: c}]}',
    "{id: NAME,\n  type: TYPE # ], -\n  }",
]
TRIGGERS = [
    *BRACKETS,
    "id: NAME\ntype: TYPE # c",
    "# - c\nid: NAME\ntype: TYPE\nconditions:\n- type: TYPE",
    "!t\n? id\n: NAME\n? type\n: TYPE",
]
HOOK, LOG = "io.kestra.plugin.core.trigger.Webhook", "io.kestra.plugin.core.log.Log"


def indented(text: str, width: int) -> str:
    return "\n".join(f"{' ' * width}{line}" if line else line for line in text.split("\n"))


@st.composite
def items(draw: st.DrawFn, texts: list[str], width: int) -> str:
    """A list in the block style; what is between its items is no value."""
    found = []
    for text in texts:
        blanks = draw(st.sampled_from([" ", "   ", "\n  "]))
        if blanks.startswith("\n"):
            found.append(f"-\n{indented(text, 2)}")
        else:
            found.append("-" + blanks + indented(text, 1 + len(blanks)).lstrip(" "))
        found += draw(st.sampled_from([[], [], [""], ["# - between"], ["", "    # }", ""]]))
    return indented("\n".join(found), width)


@st.composite
def tasks(draw: st.DrawFn, names: Any, depth: int = 2) -> str:
    """A list of tasks, some absent, some with others inside."""
    texts = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["absent", "absent", "there", "inside"] if depth else ["absent", "there"]))
        if kind == "inside":
            text, is_dag = draw(st.sampled_from(INSIDE))
            below = draw(tasks(names, depth - 1))
            if is_dag:
                one = draw(st.sampled_from(ABSENT[:4] + ABSENT[6:7] + THERE))
                below = f"- task:\n{indented(one.replace('NAME', next(names)), 4)}\n- {{task: {BRACKETS[0]} }}"
                below = below.replace("NAME", next(names)).replace("TYPE", "com.example.A")
            text = f"{text}\n{below}"
        else:
            text = draw(st.sampled_from(ABSENT if kind == "absent" else THERE))
        texts.append(text.replace("NAME", next(names)))
    return draw(items(texts, draw(st.sampled_from([0, 1, 2]))))


@st.composite
def triggers(draw: st.DrawFn) -> str:
    """Some triggers, some absent, or none."""
    types = draw(st.lists(st.sampled_from([HOOK, "com.example.Trigger"]), max_size=4))
    if not types:
        return ""
    style = draw(st.sampled_from([BRACKETS, TRIGGERS]))
    texts = [
        draw(st.sampled_from(style)).replace("NAME", f"t{number}").replace("TYPE", each)
        for number, each in enumerate(types)
    ]
    if style is BRACKETS and draw(st.booleans()):
        between, end = draw(st.sampled_from([(", ", ""), (" ,\n  ", ","), (" # ,\n  , ", " ")]))
        return f"triggers: [{between.join(texts)}{end}]\n"
    behind, width = draw(st.sampled_from(["", " # - c", " &list"])), draw(st.sampled_from([0, 2]))
    return f"triggers:{behind}\n{draw(items(texts, width))}\n"


@st.composite
def flows(draw: st.DrawFn) -> str:
    names = (f"n{number}" for number in range(1000))
    parts = [
        "id: a\nnamespace: b.c\nlabels: {version: 1.10, n: 017, y: yes, big: 1e400}\n",
        f"tasks:\n{draw(tasks(names))}\n",
        draw(st.sampled_from(["", f"errors: [{BRACKETS[0]}, {BRACKETS[2]}]\n"])).replace("TYPE", "com.example.A"),
        draw(triggers()),
    ]
    text = "".join(draw(st.permutations(parts))).rstrip("\n") + draw(
        st.sampled_from(["", "\n", "\n# end\n---\nx: [\n"])
    )
    for name in ("e1", "e2"):
        text = text.replace("NAME", name, 1)
    return draw(st.sampled_from(["", "\ufeff"])) + text.replace("\n", draw(st.sampled_from(["\n", "\r\n", "\r"])))


KEPT = ("id", "type", "allowFailure", "logLevel", "description", "timeout", "runIf", "retry", "disabled")


def expected(value: Any) -> Any:
    """The data that is to be deployed, without the messages."""
    if isinstance(value, list):
        return [expected(each) for each in value]
    if not isinstance(value, dict):
        return value
    if str(value.get("type", "")).startswith("com.example."):
        return {**{name: each for name, each in value.items() if name in KEPT}, "type": FAIL}
    found = {name: expected(each) for name, each in value.items()}
    if "triggers" in value:
        found["triggers"] = [each for each in value["triggers"] if each["type"] == HOOK]
    return found


def without_messages(value: Any) -> Any:
    if isinstance(value, list):
        return [without_messages(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: without_messages(each) for name, each in value.items() if name != "errorMessage"}


@pytest.mark.untraced
@given(flows())
def test_what_stands_for_it_leaves_the_rest_to_the_byte_however_it_is_written(text: str) -> None:
    before, _ = parse("a.yaml", text)
    assert before, text
    sent = swapped(text)
    found, _ = parse("a.yaml", sent.text)
    assert found
    assert without_messages(found.data) == expected(before.data)
    assert sent.lines == ()
    breaks = re.compile("\r\n|\r|\n")
    assert breaks.findall(sent.text) == breaks.findall(text)
    pairs = zip(breaks.split(text), breaks.split(sent.text), strict=True)
    for line, now in pairs:
        if "labels" in line or LOG in line or "condition:" in line:
            assert now == line


def test_nothing_absent_is_nothing_changed() -> None:
    text = "id: a\nnamespace: b\ntasks: [{id: c, type: io.kestra.plugin.core.log.Log, message: 1.10}]"
    assert swapped(text) == Sent(text)
