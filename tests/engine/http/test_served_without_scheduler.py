"""What an engine without a scheduler says of triggers: it has no state of any."""

from __future__ import annotations

from collections.abc import Callable

import httpx
from engine.http.flow_texts import YAML
from engine.http.triggers.states_of import scheduled


def test_states_are_a_table_since_1_2(api: httpx.Client, since: Callable[[str], bool]) -> None:
    api.post("/flows", content=scheduled().encode(), headers=YAML).raise_for_status()
    answer = api.get("/triggers/export/by-query/csv")

    assert answer.status_code == (200 if since("1.2") else 404)
    if since("1.2"):
        assert answer.headers["content-type"].startswith("text/csv")
        assert "hello" not in answer.text
