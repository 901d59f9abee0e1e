"""Downloads without waits between attempts."""

from __future__ import annotations

import threading

import pytest

from deployer.engine.install import jars


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waits: list[float] = []

    class Impatient(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout or 0)
            return self.is_set()

    monkeypatch.setattr(jars, "Event", Impatient)
    return waits
