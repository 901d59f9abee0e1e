"""The notices of types that are not described are one block, with the command that describes all of them."""

from __future__ import annotations

from deployer.check import check
from deployer.model.document import Document
from deployer.model.problem import Problem, Severity
from deployer.parsing.parse import parse

FLOW = """\
id: {name}
namespace: company.team
tasks:
  - {{id: one, type: io.kestra.plugin.jdbc.postgresql.Query}}
  - {{id: two, type: {type}}}
"""
SCRIPT = "io.kestra.plugin.scripts.python.Script"


def documents(*types: str) -> list[Document]:
    texts = [FLOW.format(name=f"f{at}", type=each) for at, each in enumerate(types)]
    read = [parse(f"flows/f{at}.yaml", text)[0] for at, text in enumerate(texts)]
    return [each for each in read if each]


def notices(problems: list[Problem]) -> list[Problem]:
    return [each for each in problems if each.check == "unverified-type"]


def test_many_are_one_block_by_type_and_number_with_the_whole_command() -> None:
    [block] = notices(check(documents(SCRIPT, SCRIPT, "com.example.Task")))
    assert (block.file, block.severity) == (None, Severity.NOTICE)
    assert block.message.splitlines() == [
        "3 types belong to plugins that are not described yet, so only common properties were checked:",
        "io.kestra.plugin.jdbc.postgresql.Query: 3 times, first in flows/f0.yaml:4",
        f"{SCRIPT}: 2 times, first in flows/f0.yaml:5",
        "com.example.Task: in flows/f2.yaml:5",
    ]
    command = "describe plugin-jdbc-postgres, plugin-script-python: kestra-deployer schema pull --missing"
    assert block.hint == f"{command}; give the jars of the others with --plugins"


def test_a_single_one_keeps_its_place() -> None:
    log = "io.kestra.plugin.core.log.Log, message: hello"
    [single] = notices(check(documents(log)))
    assert (single.file, single.span and single.span.line) == ("flows/f0.yaml", 4)


def test_each_has_its_place_where_it_is_more_than_a_notice() -> None:
    found = notices(check(documents(SCRIPT, SCRIPT), levels={"unverified-type": "error"}))
    assert {(each.file, each.span and each.span.line) for each in found} == {
        (f"flows/f{at}.yaml", line) for at in (0, 1) for line in (4, 5)
    }


def test_a_comment_takes_a_type_out_of_the_block() -> None:
    text = FLOW.format(name="f", type=SCRIPT).replace(
        "  - {id: one", "  # kestra-deployer: ignore[unverified-type]\n  - {id: one"
    )
    document, _ = parse("flows/f.yaml", text)
    assert document
    [left] = notices(check([document]))
    assert left.subject == SCRIPT
