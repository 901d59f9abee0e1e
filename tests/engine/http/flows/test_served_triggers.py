"""The search for triggers over HTTP: nothing is scheduled, so there are none, but what is asked is checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
from engine.http.flow_texts import flow

Store = Callable[[str], dict[str, Any]]
DAILY = 'triggers:\n  - id: daily\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: "@daily"\n'
NONE = {"results": [], "total": 0}


def test_no_trigger_has_a_state(api: httpx.Client, store: Store) -> None:
    store(flow(extra=DAILY))

    assert api.get("/triggers/search").json() == NONE
    assert api.get("/triggers/search?filters[triggerId][EQUALS]=daily&sort=triggerId:asc").json() == NONE
    assert api.get("/triggers/team.a/hello").json() == NONE


def test_a_filter_that_triggers_do_not_have_is_refused(api: httpx.Client) -> None:
    assert api.get("/triggers/search?filters[state][IN]=SUCCESS").status_code in (400, 422)
    assert api.get("/triggers/search?size=0").status_code == 422
