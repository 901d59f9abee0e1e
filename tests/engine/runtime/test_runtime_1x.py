"""How 1.x is spoken to, version by version, without an engine."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest.mock import MagicMock

import pytest

from deployer.engine.jvm.context import Kestra
from deployer.engine.runtime.runtime_1x import Runtime1x
from deployer.model.version import NAMES, KestraVersion, named

LATER = replace(named("1.3"), name="1.9")
SERVICE = "io.kestra.core.services.ExecutionService"


class Recorded(Kestra):
    """Kestra without a JVM: every bean records what it is asked."""

    def __init__(self, version: KestraVersion) -> None:
        self.version = version
        self.context = MagicMock()
        self.beans: dict[str, Any] = {}

    def java(self, _name: str) -> Any:
        return MagicMock()

    def bean(self, name: str) -> Any:
        return self.beans.setdefault(name, MagicMock())


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [name for version in NAMES for name in ((LATER.name, version) if version == "2.0" else (version,))]
    monkeypatch.setattr("deployer.model.version.NAMES", tuple(names))


def answers(version: KestraVersion) -> list[object]:
    """Return whatever 1.x does differently from version to version."""
    kestra, execution, found = Recorded(version), MagicMock(), MagicMock()
    runtime = Runtime1x(kestra)
    runtime.executions.replay(execution, "run", None, None)
    execution.getState().isTerminated.return_value = True
    execution.getState().canChangeStatus.return_value = False
    execution.getState().canBeRestarted.return_value = False
    found.exceptions.return_value = [MagicMock(**{"getMessage.return_value": "no", "isRenderError.return_value": True})]
    return [
        runtime.reports_checks,
        runtime.validates_files,
        runtime.labels_origin,
        set(runtime.configuration()),
        len(kestra.beans[SERVICE].replay.call_args.args),
        runtime.executions.input_errors(found),
        runtime.executions.restart_problem(execution),
        runtime.executions.status_problem(execution),
        set(runtime.key_details(MagicMock(), "key")),
    ]


def test_a_later_1x_is_spoken_to_as_the_newest_that_is_known() -> None:
    assert answers(LATER) == answers(named("1.3"))


def test_versions_of_1x_differ() -> None:
    told = [answers(named(name)) for name in ("1.0", "1.1", "1.2", "1.3")]
    assert [told.index(each) for each in told] == [0, 1, 2, 3]
