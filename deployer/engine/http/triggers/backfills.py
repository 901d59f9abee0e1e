"""Backfills: executions of a schedule for a time that has passed. In 1.x, `switch.update` starts them."""

from __future__ import annotations

from functools import partial

from starlette.responses import Response

from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.route import Route
from deployer.engine.http.triggers.many import Many
from deployer.engine.http.triggers.places import answer_state, convert, read_body
from deployer.engine.jvm.context import CORE
from deployer.engine.runtime.triggers import Action, EndBackfill, Pause

_BACKFILL = CORE + "scheduler.events.CreateBackfillTrigger$Backfill"


def create(call: Call) -> Response:
    """Start the backfill in the body (2.x)."""
    place, sent = read_body(call, "request")
    return answer_state(
        call, call.runtime.triggers.start_backfill(place, convert(call, sent.get("backfill"), _BACKFILL))
    )


def change(call: Call, action: Action) -> Response:
    """Pause or end the backfill of the body's trigger, or let it go on."""
    place, _ = read_body(call, "trigger")
    return answer_state(call, call.runtime.triggers.act(place, action))


_PAUSE, _UNPAUSE, _END = Pause(paused=True), Pause(paused=False), EndBackfill()
ROUTES = (
    Route("PUT", "triggers/backfill/create", create, since="2.0"),
    Route("PUT", "triggers/backfill/pause", partial(change, action=_PAUSE)),
    Route("PUT", "triggers/backfill/unpause", partial(change, action=_UNPAUSE)),
    Route("POST", "triggers/backfill/delete", partial(change, action=_END)),
    *Many("backfill/pause", _PAUSE, flat=()).routes(),
    *Many("backfill/unpause", _UNPAUSE).routes(),
    *Many("backfill/delete", _END).routes(),
)
