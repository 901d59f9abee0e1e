"""Where in a flow the place is that a constraint of Kestra's names."""

from __future__ import annotations

import pytest

from deployer.check.server import place
from deployer.model.problem import Route

FLOW = {"tasks": [{"id": "a", "message": "x"}, {"id": "b", "tasks": [{"id": "c"}]}], "inputs": [{"id": "i"}]}


@pytest.mark.parametrize(
    ("constraint", "route"),
    [
        ("tasks[0].message: must not be null", ("tasks", 0, "message")),
        ("tasks[1].tasks[0].id: must match", ("tasks", 1, "tasks", 0, "id")),
        ("tasks[b].tasks[c]: Cyclic dependency", ("tasks", 1, "tasks", 0)),
        ("Validation error: inputs[0].type: must not be null", ("inputs", 0)),
        ("tasks[9].id: must not be null", ("tasks",)),
        ("nothing.of[it]: is here", ()),
        ("Invalid type: io.kestra.plugin.absent.Absent", ()),
    ],
)
def test_a_place_is_found_as_far_as_it_is_there(constraint: str, route: Route) -> None:
    assert place(constraint, FLOW) == route
