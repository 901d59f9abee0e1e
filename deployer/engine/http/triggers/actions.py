"""Unlocks, restarts and deletes the states of triggers."""

from __future__ import annotations

from starlette.responses import Response

from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.refusal import not_found
from deployer.engine.http.exchange.route import Route
from deployer.engine.http.triggers.many import Many
from deployer.engine.http.triggers.places import answer_state, place_of_path
from deployer.engine.runtime.triggers import Delete, Unlock


def unlock(call: Call) -> Response:
    """Unlock one trigger; 409 if it is not locked."""
    return answer_state(call, call.runtime.triggers.act(place_of_path(call), Unlock()))


def restart(call: Call) -> Response:
    """Kill the evaluation of one trigger and begin anew."""
    return answer_state(call, call.runtime.triggers.restart(place_of_path(call)))


def delete(call: Call) -> Response:
    """Delete the state of one trigger; 404 if there is none."""
    if call.runtime.triggers.act(place_of_path(call), Delete()) is None:
        raise not_found()
    return Response(status_code=204)


_ONE = "triggers/{namespace}/{flowId}/{triggerId}"
ROUTES = (
    Route("POST", f"{_ONE}/unlock", unlock),
    Route("POST", f"{_ONE}/restart", restart),
    Route("DELETE", _ONE, delete, since="1.2"),
    *Many("unlock", Unlock(), in_path=True).routes(),
    *Many("delete", Delete(), flat=(), in_path=True).routes("DELETE", since="1.2"),
)
