"""The local checks: what each finds, and where."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

import deployer.check
from deployer.check import CHECKS, check, sound_flows
from deployer.model.document import Document
from deployer.model.problem import Problem
from deployer.parsing.parse import parse


def documents(**texts: str) -> list[Document]:
    parsed = [parse(f"{name}.yaml", text)[0] for name, text in texts.items()]
    return [document for document in parsed if document]


def found(**texts: str) -> list[Problem]:
    return check(documents(**texts))


GOOD = "id: hello\nnamespace: company.team\n"
TASKS = "tasks:\n  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: hello\n"


def test_a_sound_flow_has_no_problem() -> None:
    assert found(a=GOOD + TASKS) == []


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("id: hello\n", 1, "the flow has no `namespace`"),
        ("id: hello\nnamespace:\n", 2, "the flow has no `namespace`"),
        ("namespace: company.team\n", 1, "the flow has no `id`"),
        ("id: [a]\nnamespace: company.team\n", 1, "`id` is not a single value"),
        ("id: a b\nnamespace: company.team\n", 1, "`id` is not valid: 'a b'"),
        ("id: -a\nnamespace: company.team\n", 1, "`id` is not valid"),
        ("id: a\nnamespace: Company\n", 2, "`namespace` is not valid: 'Company'"),
        (f"id: {'a' * 101}\nnamespace: company.team\n", 1, "101 characters long; at most 100 are allowed"),
        (f"id: a\nnamespace: {'a' * 151}\n", 2, "151 characters long; at most 150 are allowed"),
    ],
)
def test_a_flow_that_does_not_say_who_it_is_is_found(text: str, line: int, words: str) -> None:
    [problem] = found(a=text + TASKS)
    assert problem.check == "flow-identity"
    assert words in problem.message
    assert problem.span
    assert problem.span.line == line


def test_an_id_is_taken_as_it_is_written() -> None:
    [flow] = sound_flows(documents(a="id: 010\nnamespace: 1.50\n"), [])
    assert (flow.id, flow.namespace) == ("010", "1.50")


def test_the_same_flow_in_two_files_is_found_at_both() -> None:
    problems = found(a=GOOD + TASKS, b=GOOD + TASKS + "# other\n", c="id: hello\nnamespace: company.other\n" + TASKS)
    assert [(problem.file, problem.check) for problem in problems] == [
        ("a.yaml", "duplicate-flow"),
        ("b.yaml", "duplicate-flow"),
    ]
    assert "also declared in b.yaml" in problems[0].message


def test_inputs_of_another_place_may_be_any() -> None:
    uses = TASKS.replace("message: hello", 'message: "{{ inputs.day }}"')
    reused = "inputs:\n  - id: shared\n    type: REUSABLE_INPUTS\n    ref: dates\n"
    problems = check(documents(a=GOOD + reused + uses), "2.0")
    assert "undeclared-name" not in {problem.check for problem in problems}


CALL = "tasks:\n  - {id: call, type: io.kestra.plugin.core.flow.Subflow, namespace: company.team, flowId: hello}\n"


@pytest.mark.parametrize(("namespace", "lacks"), [("company", False), ("company.team", False), ("company.other", True)])
def test_defaults_of_a_namespace_may_pass_the_inputs_of_a_call(namespace: str, lacks: bool) -> None:
    callee = GOOD + "inputs:\n  - id: day\n    type: STRING\n" + TASKS.replace("hello", '"{{ inputs.day }}"')
    caller = GOOD.replace("hello", "caller") + CALL
    values = {"inputs": {"day": "today"}}
    defaults = {namespace: [{"type": "io.kestra.plugin.core.flow.Subflow", "values": values}]}
    problems = check(documents(a=callee, b=caller), defaults=defaults)
    assert [problem.check for problem in problems] == ["subflow-inputs"] * lacks


def test_only_flows_without_errors_are_sound() -> None:
    read = documents(a=GOOD + TASKS, b="id: hello\n")
    assert [flow.document.file for flow in sound_flows(read, check(read))] == ["a.yaml"]


def test_every_check_has_documentation_with_an_example() -> None:
    for each in CHECKS:
        documentation = each.doc or ""
        assert all(word in documentation for word in ("Why:", "Bad:", "Good:"))


def test_the_page_on_checks_is_what_the_checks_say() -> None:
    root = Path(__file__).parents[2]
    written = (root / "docs/checks.md").read_text()
    for each in CHECKS:
        documentation = (each.doc or "").strip()
        assert f"## {each.name}\n\n{documentation}\n" in written, "run scripts/document-checks"


def test_a_secret_is_not_shown_again() -> None:
    problems = found(a=GOOD + TASKS + "variables:\n  password: hunter2\n")
    assert {problem.check for problem in problems} == {"plain-secret", "unused-variable"}
    assert not any("hunter2" in problem.message + problem.hint + problem.excerpt for problem in problems)


def test_every_module_with_a_check_is_in_the_table() -> None:
    modules = {path.stem for path in (Path(deployer.check.__file__).parent / "rules").glob("*.py")} - {"__init__"}
    assert {name for name in modules if import_module(f"deployer.check.rules.{name}").CHECK not in CHECKS} == set()
