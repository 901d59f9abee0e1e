"""Finding and fetching plugins, before any engine has seen them."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine.plugin_jars import COORDINATE, a_jar, plugin_fs

from deployer.cache import VARIABLE as CACHE_VARIABLE
from deployer.engine.install.jars import sha256
from deployer.engine.install.plugins import locate, types_in
from deployer.engine.install.progress import Progress, Stage
from deployer.errors import EngineError, ExitCode, UsageError
from deployer.model.plugin import plugin


def test_a_coordinate_is_fetched_once_and_afterwards_no_network_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    told: list[Progress] = []
    first = locate([plugin(COORDINATE)], progress=told.append)
    assert [(one.stage, one.done, one.total) for one in told] == [(Stage.PLUGINS, 0, 1), (Stage.PLUGINS, 1, 1)]
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    assert locate([plugin(COORDINATE)]) == first
    assert first[0].with_name(first[0].name + ".sha256").read_text().strip() == sha256(first[0])
    with pytest.raises(EngineError, match="could not be fetched from Maven Central") as caught:
        locate([plugin(COORDINATE.replace("0.17.0", "0.16.0"))])
    assert "needs the network" in caught.value.hint


def test_a_release_that_is_not_there_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    with pytest.raises(EngineError, match=r"^Maven Central has no io\.kestra\.plugin:plugin-fs:99\.0\.0$"):
        locate([plugin("io.kestra.plugin:plugin-fs:99.0.0")])


def test_a_folder_stands_for_its_jars_and_a_jar_that_is_named_twice_counts_once(tmp_path: Path) -> None:
    jars = tuple(a_jar(tmp_path / f"{name}.jar", types=f"org.example.{name}") for name in "ab")
    (tmp_path / "README.md").write_text("not a jar")
    assert locate([tmp_path, jars[0], tmp_path]) == jars


def test_a_relative_path_is_made_whole_for_the_engines_own_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jar = a_jar(tmp_path / "a.jar", types="org.example.A")
    monkeypatch.chdir(tmp_path)
    assert locate([Path("a.jar")]) == (jar,)


def test_the_types_of_a_jar_are_what_it_lists_for_kestra(tmp_path: Path) -> None:
    assert "io.kestra.plugin.fs.ftp.List" in types_in(plugin_fs())
    jar = a_jar(tmp_path / "a.jar", types="# licence\norg.example.A # the first\n\norg.example.B\norg.example.A\n")
    assert types_in(jar) == ("org.example.A", "org.example.B")


def test_a_path_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"the plugin \S+/nowhere does not exist"):
        locate([tmp_path / "nowhere"])


def test_a_folder_without_jars_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=f"the plugin folder {tmp_path} has no jars") as caught:
        locate([tmp_path])
    assert caught.value.exit_code is ExitCode.COULD_NOT_RUN


@pytest.mark.parametrize("content", [b"no jar", b""])
def test_a_jar_that_is_none_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.jar").write_bytes(content)
    with pytest.raises(EngineError, match=r"a\.jar is not a jar: File is not a zip file"):
        locate([tmp_path, tmp_path / "a.jar"])


@pytest.mark.parametrize("entries", [{}, {"types": "# nothing\n"}])
def test_a_jar_with_no_plugin_in_it_is_named(tmp_path: Path, entries: dict[str, str]) -> None:
    with pytest.raises(EngineError, match=r"there is no plugin in \S+/a\.jar"):
        locate([a_jar(tmp_path / "a.jar", **entries)])


def test_of_a_folder_any_jar_is_taken_and_the_engine_leaves_out_what_is_no_plugin(tmp_path: Path) -> None:
    (tmp_path / "torn.jar").write_bytes(b"no jar")
    jars = (a_jar(tmp_path / "a.jar", types="org.example.A"), a_jar(tmp_path / "library.jar"), tmp_path / "torn.jar")
    assert locate([tmp_path]) == jars


def test_two_jars_with_the_same_type_are_refused_for_one_would_count_by_chance(tmp_path: Path) -> None:
    for name in "ab":
        a_jar(tmp_path / f"{name}.jar", types="org.example.Same")
    with pytest.raises(EngineError, match=r"a\.jar and \S+b\.jar both contain org\.example\.Same"):
        locate([tmp_path])
