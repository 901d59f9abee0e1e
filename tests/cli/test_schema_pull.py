"""`kestra-deployer schema pull`: plugins described in a file, which `check` uses by itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from cli.project import Ended, Project
from engine.ftp import LISTING as OPEN
from engine.ftp import PASSWORD
from engine.made_plugin import FLOW as SCRIPT
from engine.made_plugin import TASK as RUN
from engine.made_plugin import a_plugin
from engine.plugin_jars import COORDINATE, plugin_fs
from jsonschema import Draft7Validator

from deployer.cli import run
from deployer.parsing.parse import parse

Run = Callable[..., Ended]
FILE = "kestra-plugins.json"
LISTING = OPEN.replace(f"password: {PASSWORD}", "password: \"{{ secret('FTP') }}\"")
WRONG = LISTING.replace("host:", "hostx:")


def problems(ended: Ended) -> list[tuple[str, str, int | None]]:
    return [(each["severity"], each["check"], each["line"]) for each in ended.report["problems"]]


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The text of a file with a plugin described for 1.3."""
    file = tmp_path_factory.mktemp("described") / FILE
    assert run(["schema", "pull", "--plugins", COORDINATE, "--kestra", "1.3", "--out", str(file)]) == 0
    return file.read_text()


@pytest.fixture
def pulled(project: Project, described: str) -> Project:
    """A project with a plugin configured, and described for 1.3."""
    (project.root / "jars").mkdir()
    (project.root / "jars" / "plugin-fs.jar").symlink_to(plugin_fs())
    project.write("kestra-deployer.yaml", "engine:\n  plugins: [jars]\n")
    project.write(FILE, described)
    return project


@pytest.mark.engine
def test_configured_plugins_are_described_from_their_jars(pulled: Project, deployer: Run, described: str) -> None:
    (pulled.root / FILE).unlink()
    ended = deployer("schema", "pull", "--embedded")
    assert ended.code == 0, ended.stderr
    assert ended.stdout.endswith(f"{FILE}: 33 types for Kestra 1.3, from the jars of plugin-fs 0.17.0 (33 types)\n")
    assert (pulled.root / FILE).read_text() == described


@pytest.mark.engine
def test_what_was_pulled_is_checked_as_strictly_as_the_core(pulled: Project, deployer: Run) -> None:
    pulled.write("flows/a.yaml", WRONG)
    ended = deployer("check", "--format", "json")
    assert ended.code == 1
    assert ("error", "unknown-property", 9) in problems(ended)
    pulled.write("flows/a.yaml", LISTING.replace("ftp.List", "ftp.Lisst"))
    [problem] = deployer("check", "--format", "json").report["problems"]
    assert problem["check"] == "unverified-type"
    pulled.write("flows/a.yaml", LISTING)
    assert deployer("check", "--format", "json").report["problems"] == []


@pytest.mark.engine
def test_what_was_pulled_is_in_the_schema_for_editors(pulled: Project, deployer: Run) -> None:
    schema = json.loads(deployer("schema", "export").stdout)
    flow, _ = parse("a.yaml", LISTING)
    wrong, _ = parse("a.yaml", WRONG)
    assert flow
    assert wrong
    assert Draft7Validator(schema).is_valid(flow.data)
    assert not Draft7Validator(schema).is_valid(wrong.data)
    ended = deployer("schema", "export", "--kestra", "2.0")
    assert Draft7Validator(json.loads(ended.stdout)).is_valid(wrong.data)
    assert f"{FILE} is not used" in ended.stderr


@pytest.mark.engine
def test_a_file_for_another_version_is_said_to_be_so(pulled: Project, deployer: Run) -> None:
    pulled.write("flows/a.yaml", WRONG)
    ended = deployer("check", "--kestra", "2.0", "--format", "json")
    assert ended.code == 0
    assert problems(ended) == [("notice", "plugin-types", None), ("notice", "unverified-type", 8)]
    told = ended.report["problems"][0]
    assert told["message"] == f"{FILE} is not used: it describes plugins for Kestra 1.3, not for 2.0"
    assert told["hint"] == "kestra-deployer schema pull --kestra 2.0"


@pytest.mark.engine
def test_a_file_keeps_what_it_says_of_other_versions(pulled: Project, deployer: Run) -> None:
    pulled.write("flows/a.yaml", WRONG)
    assert deployer("schema", "pull", "--embedded", "--kestra", "2.0").code == 0
    for version in ("1.3", "2.0"):
        assert ("error", "unknown-property", 9) in problems(deployer("check", "--kestra", version, "--format", "json"))


@pytest.mark.engine
def test_a_file_elsewhere_is_named_in_the_configuration(pulled: Project, deployer: Run) -> None:
    pulled.write("flows/a.yaml", WRONG)
    (pulled.root / FILE).rename(pulled.root / "types.json")
    assert deployer("check").code == 0
    pulled.write("kestra-deployer.yaml", "plugin-types: types.json\n")
    assert deployer("check").code == 1


@pytest.mark.engine
def test_a_file_that_was_made_beside_another_core_is_not_used(pulled: Project, deployer: Run) -> None:
    pulled.write("flows/a.yaml", WRONG)
    text = (pulled.root / FILE).read_text()
    pulled.write(FILE, text.replace("io.kestra.core.models.tasks.Cache", "io.kestra.core.models.tasks.Cash"))
    [told, _] = deployer("check", "--format", "json").report["problems"]
    assert told["message"] == (
        f"{FILE} is not used: it refers to a type that Kestra 1.3 does not have: io.kestra.core.models.tasks.Cash"
    )


@pytest.mark.engine
def test_what_fits_is_described_and_what_does_not_is_named(project: Project, deployer: Run) -> None:
    (project.root / "jars").mkdir()
    a_plugin(project.root / "jars" / "plugin-run.jar")
    a_plugin(project.root / "jars" / "plugin-torn.jar", name="org.example.Torn", holds=False)
    ended = deployer("schema", "pull", "--plugins", "jars")
    assert ended.code == 0, ended.stderr
    assert ended.stdout.endswith("1 types for Kestra 1.3, from the jars of plugin-run 1.2.3 (1 types)\n")
    assert "warning: the plugin plugin-torn.jar does not fit Kestra 1.3.31: it lists org.example.Torn" in ended.stderr
    assert "it is left out (get the jar again: it is not complete)" in ended.stderr
    project.write("flows/a.yaml", SCRIPT)
    assert deployer("check", "--format", "json").report["problems"] == []
    project.write("flows/a.yaml", SCRIPT.replace("image", "imago"))
    assert problems(deployer("check", "--format", "json")) == [("error", "unknown-property", 8)]
    project.write("flows/a.yaml", SCRIPT.replace(RUN, "org.example.Torn"))
    assert problems(deployer("check", "--format", "json")) == [("notice", "unverified-type", 5)]


WHOLE: dict[str, Any] = {"origin": "a test", "plugins": {}, "types": {}, "enums": {}, "polys": {}, "deprecated": {}}
TORN: list[Any] = [
    [],
    WHOLE | {"types": []},
    WHOLE | {"more": 1},
    WHOLE | {"origin": 1},
    WHOLE | {"plugins": {"a.b.C": "a.b.C"}},
    WHOLE | {"types": {"a.b.C": []}},
    WHOLE | {"types": {"a.b.C": {"props": {"a": 1}}}},
    WHOLE | {"types": {"a.b.C": {"props": {}, "must": []}}},
    WHOLE | {"enums": {"a": "b"}},
    WHOLE | {"polys": {"a": "b"}},
    WHOLE | {"deprecated": {"a": "b"}},
]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe", "cannot be read"),
        (b"<<<<<<< HEAD\n{}", "cannot be read"),
        (b"[" * 100_000, "cannot be read"),
        (b"[]", "is not a plugin description"),
        (b'{"format": 2, "kestra": {}}', "is not a plugin description"),
        *(
            (json.dumps({"format": 1, "kestra": {"1.3": torn}}).encode(), "section for Kestra 1.3 is incomplete")
            for torn in TORN
        ),
    ],
)
def test_a_broken_file_is_one_clear_sentence(project: Project, deployer: Run, content: bytes, words: str) -> None:
    project.write("flows/a.yaml", LISTING)
    (project.root / FILE).write_bytes(content)
    ended = deployer("check")
    assert ended.code == 2
    assert words in ended.stderr
    assert "hint: delete it, and create it again: kestra-deployer schema pull" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_without_plugins_there_is_nothing_to_pull(project: Project, deployer: Run) -> None:
    ended = deployer("schema", "pull", "--embedded")
    assert (ended.code, ended.stdout) == (2, "")
    assert "no plugins are given" in ended.stderr


@pytest.mark.engine
def test_missing_plugins_are_found_and_described_in_a_version_that_fits(project: Project, deployer: Run) -> None:
    project.write("flows/a.yaml", LISTING)
    project.write(
        "flows/b.yaml", LISTING.replace("id: listing", "id: b").replace("io.kestra.plugin.fs.ftp", "org.example")
    )
    checked = deployer("check")
    assert "describe plugin-fs: kestra-deployer schema pull --missing" in checked.stdout
    ended = deployer("schema", "pull", "--missing", "--kestra", "1.3")
    assert ended.code == 0, ended.stderr
    assert "33 types for Kestra 1.3, from the jars of plugin-fs 0.17.0" in ended.stdout
    assert "not Kestra's own, so their jars are not known" in ended.stderr
    again = deployer("schema", "pull", "--missing", "--kestra", "1.3")
    assert "none of the missing plugins can be described" in again.stderr
    (project.root / "flows/b.yaml").unlink()
    again = deployer("schema", "pull", "--missing", "--kestra", "1.3")
    assert (again.code, again.stdout) == (2, "")
    assert "the flows use no plugin that is not described" in again.stderr


@pytest.mark.parametrize("more", [("flows",), ("--missing", "--public"), ("--missing", "--plugins", COORDINATE)])
def test_what_does_not_go_together_is_said(project: Project, deployer: Run, more: tuple[str, ...]) -> None:
    ended = deployer("schema", "pull", *more)
    assert ended.code == 2
    assert "--missing" in ended.stderr
