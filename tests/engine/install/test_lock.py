from __future__ import annotations

import re

import pytest

from deployer.engine.install.lock import Jar, jar, lock_of, read, write
from deployer.model.version import VERSIONS, KestraVersion


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
def test_every_version_in_the_table_has_a_lock_of_hashed_jars_with_its_own_core(version: KestraVersion) -> None:
    jars = read(lock_of(version).read_text())
    assert [one.version for one in jars if (one.group, one.artifact) == ("io.kestra", "core")] == [version.engine]
    assert len(jars) > 200
    assert all(re.fullmatch("[0-9a-f]{64}", one.sha256) for one in jars)
    assert len({(one.group, one.artifact, one.classifier) for one in jars}) == len(jars)


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
def test_a_lock_has_the_module_for_scripts_with_docker_and_says_where_it_is_of_another_release(
    version: KestraVersion,
) -> None:
    text = lock_of(version).read_text()
    jars = {(one.group, one.artifact): one.version for one in read(text)}
    script = jars["io.kestra", "script"]
    assert ("com.github.docker-java", "docker-java-core") in jars
    assert script.startswith(f"{version.name}.")
    said = f"# Maven Central has no io.kestra:script:{version.engine}: this has {script}, the newest before it."
    assert (said in text.splitlines()) == (script != version.engine)


def test_a_lock_that_is_written_reads_back_the_same_and_keeps_its_order() -> None:
    jars = (Jar("b", "b", "2", "linux", "f" * 64), Jar("a", "a", "1", sha256="0" * 64))
    text = write(jars, header="why\n\nand how")
    assert text.splitlines()[:3] == ["# why", "#", "# and how"]
    assert read(text) == jars


@pytest.mark.parametrize("text", ["a:b", "a:b:c:d:e", "a::c", ""])
def test_what_is_no_coordinate_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(text))):
        jar(text)


def test_a_jar_lies_where_maven_would_put_it() -> None:
    assert str(jar("io.netty:netty-all:4.2:linux").path) == "io/netty/netty-all/4.2/netty-all-4.2-linux.jar"
    assert str(jar("io.kestra:core:2.0.0:").path) == "io/kestra/core/2.0.0/core-2.0.0.jar"
