"""`--plugins`: flows with their real plugins, end to end, and what is said of plugins that cannot be had."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cli.project import Ended, Project
from engine.ftp import LISTING, ftp_server
from engine.made_plugin import TASK as RUN
from engine.made_plugin import a_plugin
from engine.plugin_jars import COMMAND, COORDINATE, a_jar, plugin_fs, spoilt

from deployer.cache import VARIABLE as CACHE_VARIABLE
from deployer.model.version import named

Run = Callable[..., Ended]
SUITE = """\
id: listing-smoke
namespace: company.files
flowId: listing
testCases:
  - id: lists
    timeout: PT30S
    fixtures:
      inputs:
        port: {port}
"""


@pytest.mark.engine
@pytest.mark.parametrize("version", [pytest.param("1.3", marks=pytest.mark.thorough), "2.0"])
def test_flows_are_deployed_and_tested_with_their_real_plugin(
    project: Project, deployer: Run, version: str, tmp_path: Path
) -> None:
    project.write("flows/listing.yaml", LISTING)
    (tmp_path / "served").mkdir()
    with ftp_server(tmp_path / "served") as port:
        project.write("flows/listing.smoke.yaml", SUITE.format(port=port))
        ended = deployer(
            "sync", "--embedded", "--kestra", version, "--plugins", COORDINATE, "--smoke", "--format", "json"
        )
    assert ended.code == 0, ended.stderr
    assert ended.report["server"]["version"] == named(version).engine
    assert ended.done == [("listing", "create", 1)]
    assert [smoke["verdict"] for smoke in ended.report["smokes"]] == ["passed"]


@pytest.mark.engine
def test_configured_plugins_count_and_the_engine_is_as_strict_about_them(project: Project, deployer: Run) -> None:
    (project.root / "plugins").mkdir()
    (project.root / "plugins" / "plugin-fs.jar").symlink_to(plugin_fs())
    project.write("kestra-deployer.yaml", "engine:\n  plugins: [plugins]\n")
    project.write("flows/listing.yaml", LISTING)
    project.write("flows/wrong.yaml", LISTING.replace("host:", "hostx:").replace("id: listing", "id: wrong"))
    ended = deployer("sync", "--embedded", "--dry-run", "--format", "json")
    assert ended.code == 1
    [problem] = [each for each in ended.report["problems"] if each["severity"] == "error"]
    assert problem["file"] == "flows/wrong.yaml"
    assert "`hostx` is not a property of `io.kestra.plugin.fs.ftp.List`" in problem["message"]


@pytest.mark.usefixtures("server")
def test_without_its_plugin_the_flow_is_refused(project: Project, deployer: Run) -> None:
    project.write("flows/listing.yaml", LISTING)
    ended = deployer("sync", "--dry-run")
    assert ended.code == 1
    assert "this server has no plugin that provides `io.kestra.plugin.fs.ftp.List`" in ended.stdout


@pytest.mark.parametrize("command", [("dev", "--port", "0"), ("sync", "--embedded")])
@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("io.kestra.plugin:plugin-fs", 2, "is no Maven coordinate"),
        ("io.kestra.plugin:plugin-fs:LATEST", 2, "name a version"),
        ("nowhere", 2, "the plugin nowhere does not exist"),
        ("empty", 3, "the plugin folder empty has no jars"),
        ("torn.jar", 3, "torn.jar is not a jar"),
        ("library.jar", 3, "there is no plugin in"),
        ("io.kestra.plugin:plugin-fs:0.16.0", 3, "could not be fetched from Maven Central"),
    ],
)
def test_what_cannot_be_had_is_one_sentence_with_a_hint(
    project: Project, deployer: Run, *, command: tuple[str, ...], name: str, code: int, words: str
) -> None:
    (project.root / "empty").mkdir()
    (project.root / "torn.jar").write_bytes(plugin_fs().read_bytes()[:1000])
    a_jar(project.root / "library.jar")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(project.root / "cache"))
        patch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
        ended = deployer(*command, "--plugins", name)
    assert ended.code == code
    assert words in ended.stderr
    assert "hint: " in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.engine
def test_a_plugin_for_another_kestra_is_one_sentence_with_a_hint(project: Project, deployer: Run) -> None:
    jar = spoilt(project.root, COMMAND, b"io/kestra/core/models/tasks/Task", b"io/kestra/core/models/tasks/Tusk")
    ended = deployer("sync", "--embedded", "--plugins", str(jar))
    assert ended.code == 3
    needs = "io.kestra.plugin.fs.ssh.Command needs the class io.kestra.core.models.tasks.Tusk, which Kestra 1.3.31"
    assert f"plugin-to-come.jar does not fit Kestra 1.3.31: {needs} does not have" in ended.stderr
    assert "hint: use the release of the plugin that was made for Kestra 1.3" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.fixture
def some_misfit(project: Project) -> Project:
    """A project whose folder of plugins has one that fits, and one that does not."""
    (project.root / "plugins").mkdir()
    (project.root / "plugins" / "plugin-fs.jar").symlink_to(plugin_fs())
    a_plugin(project.root / "plugins" / "plugin-run.jar", above="io/kestra/core/models/tasks/Tusk")
    project.write("flows/listing.yaml", LISTING)
    return project


@pytest.mark.engine
def test_a_plugin_that_is_left_out_is_a_warning_of_the_report(some_misfit: Project, deployer: Run) -> None:
    assert some_misfit
    ended = deployer("check", "--embedded", "--plugins", "plugins", "--format", "json", "--strict")
    assert ended.code == 1
    [left] = [each for each in ended.report["problems"] if each["check"] == "unfit-plugin"]
    assert left["severity"] == "warning"
    assert (
        "plugin-run.jar does not fit Kestra 1.3.31: org.example.Run needs the class io.kestra.core" in left["message"]
    )
    assert "flows that use it are refused, and plugin defaults for it are not judged" in left["message"]
    assert left["hint"] == "use the release of the plugin that was made for Kestra 1.3"


@pytest.mark.engine
def test_the_flows_of_other_plugins_are_deployed_and_those_of_it_are_refused(
    some_misfit: Project, deployer: Run
) -> None:
    ended = deployer("sync", "--embedded", "--plugins", "plugins", "--format", "json")
    assert ended.code == 0
    assert ended.done == [("listing", "create", 1)]
    assert "unfit-plugin" in {each["check"] for each in ended.report["problems"]}
    some_misfit.write("flows/run.yaml", f"id: run\nnamespace: company.team\ntasks:\n  - {{id: a, type: {RUN}}}\n")
    ended = deployer("plan", "--embedded", "--plugins", "plugins", "--format", "json")
    assert ended.code == 1
    found = {each["check"]: each["message"] for each in ended.report["problems"]}
    assert f"this server has no type `{RUN}`" in found["kestra-validate"]
    assert "it is left out" in found["unfit-plugin"]


def test_plugins_for_a_server_are_a_usage_error(project: Project, deployer: Run) -> None:
    ended = deployer("sync", "--plugins", COORDINATE, "--host", "http://localhost:1")
    assert ended.code == 2
    assert "add --embedded" in ended.stderr
