"""Switches triggers off and on without their flows: `disabled` in their states, not in a source."""

from __future__ import annotations

from functools import partial
from typing import Any

from starlette.responses import Response

from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.refusal import Refusal
from deployer.engine.http.exchange.route import LAST_1X, Route
from deployer.engine.http.triggers.many import FLAT
from deployer.engine.http.triggers.places import (
    answer_many,
    answer_state,
    convert_places,
    read_body,
    read_filters_of,
)
from deployer.engine.runtime.triggers import Switch

_RECOVER = "recoverMissedSchedules"


def update(call: Call) -> Response:
    """Switch the trigger of the body off or on; with a backfill in the body, start that instead (1.x)."""
    place, sent = read_body(call, "newTrigger")
    place, backfill = place.within(call.tenant), sent.getBackfill()
    if backfill is not None:
        return answer_state(call, call.runtime.triggers.start_backfill(place, backfill))
    return answer_state(call, call.runtime.triggers.act(place, Switch(bool(sent.getDisabled()))))


def switch(call: Call) -> Response:
    """Switch the trigger of the body off or on (2.x)."""
    place, sent = read_body(call, "request")
    return answer_state(call, call.runtime.triggers.act(place, _switch(sent)))


def switch_listed(call: Call, *, body: str) -> Response:
    """Switch all triggers off or on that the body lists; Kestra calls it `body` in messages."""
    sent = call.json(body, "java.util.Map")
    listed = sent.get("triggers")
    missing = [("triggers", "must not be null")] if listed is None else []
    missing += [("triggers", "must not be empty")] if not listed else []
    missing += [("disabled", "must not be null")] if sent.get("disabled") is None else []
    if missing:
        raise _refuse(body, missing)
    return answer_many(call, call.runtime.triggers.act_on_named(convert_places(call, listed), _switch(sent)))


def switch_matching(call: Call) -> Response:
    """Switch all triggers that match off, or on with `disabled=false`."""
    recover = call.flag(_RECOVER) if _RECOVER in call.query else None
    action = Switch(call.flag("disabled", default=True), recover)
    filters = read_filters_of(call, *FLAT)
    return answer_many(call, call.runtime.triggers.act_on_matching(call.tenant, filters, action))


def _switch(sent: Any) -> Switch:
    recover = sent.get(_RECOVER)
    return Switch(bool(sent.get("disabled")), None if recover is None else bool(recover))


def _refuse(body: str, missing: list[tuple[str, str]]) -> Refusal:
    errors = tuple((message, f"disabledTriggersByIds.{body}.{name}") for name, message in missing)
    message = ", ".join(f"{path}: {message}" for message, path in errors)
    return Refusal(422, message, reason="Invalid entity", errors=errors)


_LISTED = "triggers/set-disabled/by-triggers"
ROUTES = (
    Route("PUT", "triggers", update, until=LAST_1X),
    Route("PUT", "triggers/set-disabled", switch, since="2.0"),
    Route("POST", _LISTED, partial(switch_listed, body="setDisabledRequest"), until=LAST_1X),
    Route("POST", _LISTED, partial(switch_listed, body="request"), since="2.0"),
    Route("POST", "triggers/set-disabled/by-query", switch_matching),
)
