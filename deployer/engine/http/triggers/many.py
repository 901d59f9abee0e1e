"""The same action on many triggers: those that the body lists, or those that the filters of the query find."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from starlette.responses import Response

from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.route import Route
from deployer.engine.http.triggers.places import answer_many, read_filters_of, read_places
from deployer.engine.runtime.triggers import Action

FLAT = ("q", "namespace")
"""The flat parameters of most actions in 1.x."""


@dataclass(frozen=True, slots=True)
class Many:
    """An action at `triggers/{path}/by-…`; `flat` are the flat parameters that 1.x reads there.

    With `in_path`, the tenant of the path is meant in 1.x, whatever the body says.
    """

    path: str
    action: Action
    flat: tuple[str, ...] = FLAT
    in_path: bool = False

    def listed(self, call: Call) -> Response:
        """Act on the triggers that the body lists."""
        places = read_places(call, "triggers")
        if self.in_path:
            places = [place.within(call.tenant) for place in places]
        return answer_many(call, call.runtime.triggers.act_on_named(places, self.action))

    def matching(self, call: Call) -> Response:
        """Act on the triggers that match."""
        filters = read_filters_of(call, *self.flat)
        return answer_many(call, call.runtime.triggers.act_on_matching(call.tenant, filters, self.action))

    def routes(self, method: str = "POST", since: str = "1.0") -> Iterator[Route]:
        """Yield the rows of both."""
        yield Route(method, f"triggers/{self.path}/by-triggers", self.listed, since=since)
        yield Route(method, f"triggers/{self.path}/by-query", self.matching, since=since)
