"""What the checks of Kestra's own constraints have in common: they are asked at a place, and name what is wrong there.

Names of constraints are those of the annotations in Kestra's classes. One that no check takes asks nothing of a flow
that the open-source edition would refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from deployer.check.base import Finding, Folder
from deployer.check.constraints import Asked
from deployer.check.types import Types
from deployer.model.problem import Route


@dataclass(frozen=True, slots=True)
class Fault:
    """Something at a place in a flow that the engine refuses."""

    route: Route
    message: str
    hint: str = ""


Own = Callable[[Asked, Types], Iterator[Fault]]


def findings(folder: Folder, **functions: Own) -> Iterator[Finding]:
    """Yield what is found wherever a constraint is asked for; the functions are given by the constraint's name."""
    for flow in folder.flows:
        for name, function in functions.items():
            for asked in flow.asked(name):
                for fault in function(asked, flow.types):
                    yield flow.finding(fault.route, fault.message, fault.hint)
