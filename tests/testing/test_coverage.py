"""What of a flow was reached, by the task runs that there were: every kind of branch, and what does not count."""

from __future__ import annotations

import pytest

from deployer.check.base import FlowFile
from deployer.language.types import types_of
from deployer.model.coverage import Count, Coverage, FlowCoverage
from deployer.model.resource import FLOW, Key
from deployer.model.smoke import TaskRun
from deployer.model.version import NAMES
from deployer.parsing.parse import parse
from deployer.testing.coverage import callers, cover, late

CORE = "io.kestra.plugin.core"
LOG = f"type: {CORE}.log.Log, message: hi"
HEAD = "id: a\nnamespace: b.c\n"
KEY = Key(FLOW, "b.c", "a")


def read(text: str, version: str = "2.0") -> FlowFile:
    document, problems = parse("a.yaml", text)
    assert document
    assert problems == []
    flow = FlowFile(document, types_of(version))
    assert flow.read.misreads == []
    return flow


def covered(text: str, *reached: str, skipped: str = "", version: str = "2.0") -> FlowCoverage:
    runs = [TaskRun(task=each, state="SUCCESS") for each in reached]
    runs += [TaskRun(task=each, state="SKIPPED") for each in skipped.split()]
    [found] = cover({KEY: read(HEAD + text, version)}, {KEY: runs}).flows
    return found


def told(flow: FlowCoverage) -> list[str]:
    """Each target with its line, and whether it is a branch (`/`) and was reached (`+`)."""
    marks = {"task": "", "branch": "/"}
    return [f"{each.line} {marks[each.kind]}{each.name}{' +' if each.reached else ''}" for each in flow.targets]


SWITCH = f"""tasks:
  - id: s
    type: {CORE}.flow.Switch
    value: x
    cases:
      one:
        - {{id: first, {LOG}}}
      2:
        - {{id: second, {LOG}}}
    defaults:
      - {{id: other, {LOG}}}
"""


def test_each_case_of_a_switch_and_its_defaults_are_branches() -> None:
    assert told(covered(SWITCH, "s", "second")) == [
        "4 s +",
        "8 /s.cases.one",
        "9 first",
        "10 /s.cases.2 +",
        "11 second +",
        "12 /s.defaults",
        "13 other",
    ]


def test_then_and_else_are_branches_and_an_else_that_is_missing_is_not() -> None:
    condition = f"tasks:\n  - id: i\n    type: {CORE}.flow.If\n    condition: x\n    then:\n      - {{id: t, {LOG}}}\n"
    assert told(covered(condition, "i", "t")) == ["4 i +", "7 /i.then +", "8 t +"]
    assert told(covered(f"{condition}    else:\n      - {{id: e, {LOG}}}\n", "i", "t"))[-2:] == ["9 /i.else", "10 e"]
    assert told(covered(f"{condition}    else: []\n", "i", "t")) == ["4 i +", "7 /i.then +", "8 t +"]


BLOCKS = f"""tasks:
  - id: seq
    type: {CORE}.flow.Sequential
    tasks:
      - {{id: a, {LOG}}}
    errors:
      - {{id: se, {LOG}}}
    finally:
      - {{id: sf, {LOG}}}
errors:
  - {{id: fe, {LOG}}}
finally:
  - {{id: ff, {LOG}}}
afterExecution:
  - {{id: ae, {LOG}}}
"""


def test_error_handlers_and_what_comes_last_are_branches_of_the_flow_and_of_tasks() -> None:
    assert told(covered(BLOCKS, "seq", "a", "sf", "ff", "ae")) == [
        *["4 seq +", "7 a +", "8 /seq.errors", "9 se", "10 /seq.finally +", "11 sf +"],
        *["12 /errors", "13 fe", "14 /finally +", "15 ff +", "16 /afterExecution +", "17 ae +"],
    ]


INSIDE = f"""tasks:
  - id: dag
    type: {CORE}.flow.Dag
    tasks:
      - task: {{id: d, {LOG}}}
  - id: wd
    type: {CORE}.flow.WorkingDirectory
    tasks: [{{id: w, {LOG}}}]
  - id: p
    type: {CORE}.flow.Pause
    onPause: {{id: op, {LOG}}}
  - id: par
    type: {CORE}.flow.Parallel
    tasks: [{{id: a1, {LOG}}}]
  - id: until
    type: {CORE}.flow.LoopUntil
    condition: x
    tasks: [{{id: u, {LOG}}}]
"""


@pytest.mark.parametrize("version", NAMES)
def test_what_always_runs_inside_a_task_is_no_branch(version: str) -> None:
    found = covered(INSIDE, version=version)
    assert [each.name for each in found.targets] == ["dag", "d", "wd", "w", "p", "op", "par", "a1", "until", "u"]
    assert found.count == Count(reached=0, all=10)


@pytest.mark.parametrize(("version", "loop"), [("1.3", "ForEach"), ("2.0", "Loop")])
def test_tasks_of_loops_count_once(version: str, loop: str) -> None:
    text = f"tasks:\n  - id: l\n    type: {CORE}.flow.{loop}\n    values: [1]\n    tasks: [{{id: a, {LOG}}}]\n"
    assert told(covered(text, "l", "a", "a", version=version)) == ["4 l +", "7 a +"]


def test_the_tasks_that_a_for_each_item_has_by_itself_do_not_count() -> None:
    text = f"tasks:\n  - {{id: l, type: {CORE}.flow.ForEachItem, items: x, namespace: b.c, flowId: d}}\n"
    assert told(covered(text, "l", "l_split", "l_items", "l_merge", version="1.3")) == ["4 l +"]


def test_a_task_of_an_unknown_plugin_counts() -> None:
    assert told(covered("tasks:\n  - {id: q, type: io.kestra.plugin.gcp.bigquery.Query}\n", "q")) == ["4 q +"]


def test_what_was_skipped_is_not_reached_but_its_branch_is() -> None:
    found = covered(SWITCH, "s", skipped="first")
    assert [each.name for each in found.targets if each.reached] == ["s", "s.cases.one"]
    assert covered(f"tasks: [{{id: t, {LOG}}}]\n", skipped="t").count == Count(reached=0, all=1)
    assert covered(f"tasks: [{{id: t, {LOG}}}]\n", "t", skipped="t").count == Count(reached=1, all=1)


def test_what_is_disabled_does_not_count_nor_a_branch_of_nothing_else() -> None:
    text = f"tasks:\n  - {{id: t, {LOG}}}\n  - id: seq\n    type: {CORE}.flow.Sequential\n    disabled: true\n"
    text += f"    tasks: [{{id: a, {LOG}}}]\nerrors:\n  - {{id: e, disabled: true, {LOG}}}\n"
    assert told(covered(text)) == ["4 t"]


def test_a_disabled_flow_is_left_out_and_one_without_a_test_is_not() -> None:
    other = Key(FLOW, "b.c", "other")
    flows = {KEY: read(f"{HEAD}tasks: [{{id: t, {LOG}}}]\n")}
    off = {other: read(f"id: other\nnamespace: b.c\ndisabled: true\ntasks: [{{id: t, {LOG}}}]\n")}
    found = cover(flows | off, {})
    assert [(each.flow, each.file, each.count.percent) for each in found.flows] == [(KEY, "a.yaml", 0)]


def test_a_task_that_only_plugin_defaults_put_there_is_in_no_line() -> None:
    text = f"tasks: [{{id: s, type: {CORE}.flow.Sequential, tasks: [{{id: a, {LOG}}}]}}]\npluginDefaults:\n"
    text += f"  - {{type: {CORE}.flow.Sequential, values: {{errors: [{{id: e, {LOG}}}]}}}}\n"
    assert told(covered(text, version="1.3")) == ["None /s.errors", "None e", "3 s", "3 a"]


def test_which_flows_start_others_and_what_runs_after_the_end() -> None:
    call = f"type: {CORE}.flow.Subflow, namespace: b.c, flowId: d"
    keys = [Key(FLOW, "b.c", name) for name in ("plain", "nested", "items")]
    nested = SWITCH.replace("type: io.kestra.plugin.core.log.Log, message: hi", call, 1)
    items = f"tasks: [{{id: l, type: {CORE}.flow.ForEachItem, items: x, namespace: b.c, flowId: d}}]\n"
    flows = {key: read(HEAD + text, "1.3") for key, text in zip(keys, (BLOCKS, nested, items), strict=True)}
    assert callers(flows) == {*keys[1:]}
    assert late(flows) == {keys[0]: {"ae"}, keys[1]: set(), keys[2]: set()}


def test_a_hundred_percent_means_all() -> None:
    assert Count(reached=1999, all=2000).percent == 99.9
    assert Count(reached=2000, all=2000).percent == 100
    assert Count().percent == 100
    assert not Count(reached=1999, all=2000).meets(100)
    assert Count(reached=2, all=3).meets(66)
    assert not Count(reached=2, all=3).meets(67)
    assert Count().meets(100)
    assert Coverage().count == Count()
