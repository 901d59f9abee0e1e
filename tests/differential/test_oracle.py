"""The engine's verdicts, asked of the engine and kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from differential.cases import FLOW, ODD
from differential.oracle import Oracle
from engine.plugin_jars import plugin_fs

from deployer.model.version import NAMES

REMOTE = """\
authMethod: PASSWORD
    host: example.com
    username: ann
    password: pw
    commands: [ls]
"""


@pytest.mark.engine
@pytest.mark.parametrize("version", NAMES)
def test_each_text_has_the_verdict_of_its_own(version: str, asked: Callable[[str], Oracle]) -> None:
    verdicts = asked(version).verdicts([*ODD])
    assert [says is None for says in verdicts] == [*ODD.values()]
    assert "massage" in str(verdicts[1])
    assert "Duplicate field" in str(verdicts[3])
    assert "Invalid type" in str(verdicts[6])


@pytest.mark.engine
def test_what_was_asked_is_not_asked_again(tmp_path: Path) -> None:
    oracle = Oracle("1.3", folder=tmp_path)
    assert oracle.verdicts([FLOW]) == [None]
    (kept,) = tmp_path.glob("*.db")
    with sqlite3.connect(kept) as store:
        store.execute("update verdict set verdict = 'kept'")
    store.close()
    assert oracle.verdicts([FLOW]) == ["kept"]


def test_verdicts_of_other_engines_are_kept_apart() -> None:
    keys = {Oracle(version).key for version in NAMES} | {Oracle("1.3", (plugin_fs(),)).key}
    assert len(keys) == len(NAMES) + 1


@pytest.mark.engine
def test_an_engine_with_a_plugin_knows_its_types() -> None:
    flow = FLOW.replace("core.log.Log", "fs.ssh.Command").replace("message: hello\n", REMOTE)
    with_plugin = Oracle("1.3", (plugin_fs(),))
    taken, refused = with_plugin.verdicts([flow, flow.replace("commands", "command")])
    assert taken is None
    assert "command" in str(refused)
    assert "io.kestra.plugin.fs.ssh.Command" in with_plugin.described()["plugins"]
