"""Where the tasks of a flow are. A plugin that is not described does not show the tasks inside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deployer.language.leaves import as_text, truth
from deployer.language.parts import Part
from deployer.language.tasks import TASK, is_a
from deployer.language.types import FLOW, Types
from deployer.model.problem import Route

_CORE = "io.kestra.plugin.core.flow."
_WITH_TASKS = "Sequential Parallel Dag Dag$DagTask If Switch AllowFailure WorkingDirectory Pause"
_ONCE = frozenset({FLOW, *(f"{_CORE}{name}" for name in _WITH_TASKS.split())})
"""What runs the tasks inside it once at most."""


class Tasks:
    """The parts of a flow by their routes, and its tasks by their ids."""

    def __init__(self, parts: Iterable[Part], types: Types) -> None:
        self._types = types
        self._parts = {part.route: part for part in parts}
        self._routes: dict[str, Route] = {}
        twice: set[str] = set()
        for route, part in self._parts.items():
            if is_a(part, TASK, types):
                name = as_text(part.value.get("id"))
                twice |= {name} & self._routes.keys()
                self._routes[name] = route
        for name in twice:
            del self._routes[name]

    def named(self, name: str) -> Part | None:
        """Return the one task with an id; None if there is none, or several."""
        return self._parts[self._routes[name]] if name in self._routes else None

    def at(self, route: Route) -> Part | None:
        """Return the innermost task that a place is in."""
        return next((part for part in self.around(route) if is_a(part, TASK, self._types)), None)

    def around(self, route: Route) -> Iterator[Part]:
        """Yield the parts that a place is in, the innermost first."""
        return (self._parts[route[:at]] for at in range(len(route), -1, -1) if route[:at] in self._parts)

    def may_repeat(self, route: Route) -> bool:
        """Whether a place is within a task that may run what is inside it several times, or whose type is not known."""
        known = all(route[:at] in self._parts for at in range(1, len(route)) if isinstance(route[at - 1], int))
        return not known or any(part.cls not in _ONCE for part in self.around(route[:-1]))

    def is_disabled(self, route: Route) -> bool:
        """Whether a place is in a task that is disabled."""
        return any(truth(part.value.get("disabled")) is True for part in self.around(route) if part.route)
