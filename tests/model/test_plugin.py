"""What names a plugin, and which count of those configured and those given."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployer.model.plugin import Coordinate, artifact, merged, plugin

FS = Coordinate("io.kestra.plugin", "plugin-fs", "0.17.0")


@pytest.mark.parametrize(
    ("text", "coordinate"),
    [
        ("io.kestra.plugin:plugin-fs:0.17.0", FS),
        ("io.kestra.plugin:plugin-fs:jar:0.17.0", FS),
        ("a.b:c:jar:linux:1.0-rc1", Coordinate("a.b", "c", "1.0-rc1", "linux")),
    ],
)
def test_a_coordinate_is_written_as_for_kestras_own_command(text: str, coordinate: Coordinate) -> None:
    assert plugin(text) == coordinate


@pytest.mark.parametrize("text", ["plugins", "lib/mine.jar", "mine.jar", "./a:b:c", "MINE.JAR"])
def test_everything_else_is_a_path_that_counts_from_the_root(text: str) -> None:
    assert plugin(text) == Path(text)
    assert plugin(text, Path("/project")) == Path("/project") / text


def test_a_path_may_begin_at_home_or_at_the_root() -> None:
    assert plugin("~/plugins", Path("/project")) == Path.home() / "plugins"
    assert plugin("/opt/plugins", Path("/project")) == Path("/opt/plugins")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a:b", "group:artifact:version"),
        ("a:b:c:d:e:f", "group:artifact:version"),
        ("a::1", "group:artifact:version"),
        ("a:b:pom:1", "group:artifact:version"),
        ("a:b:[1,2)", "group:artifact:version"),
        ("a:..:1", "group:artifact:version"),
        ("", "empty"),
        (" ", "empty"),
        ("a:b:LATEST", "name a version"),
        ("a:b:release", "name a version"),
        ("a:b:1.0-SNAPSHOT", "name a version"),
    ],
)
def test_what_is_neither_is_refused_in_a_sentence(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        plugin(text)


def test_given_plugins_come_beside_the_configured_and_decide_the_version_of_the_same() -> None:
    newer, other, path = Coordinate("io.kestra.plugin", "plugin-fs", "0.18.0"), Coordinate("a", "b", "1"), Path("mine")
    assert merged([FS, path], [other]) == (FS, path, other)
    assert merged([FS, path], [newer]) == (path, newer)
    assert merged([path], [path]) == (path,)


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("scripts.python.Script", "plugin-script-python"),
        ("jdbc.postgresql.Query", "plugin-jdbc-postgres"),
        ("debezium.mysql.Trigger", "plugin-debezium-mysql"),
        ("gcp.bigquery.Query", "plugin-gcp"),
        ("core.log.Log", ""),
        ("scripts.runner.docker.Docker", ""),
    ],
)
def test_what_the_plugin_with_a_type_is_called(name: str, called: str) -> None:
    assert artifact(f"io.kestra.plugin.{name}") == (f"io.kestra.plugin:{called}" if called else "")
    assert artifact(f"com.example.{name}") == ""
