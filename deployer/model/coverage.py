"""Coverage: which tasks, branches and error handlers of flows the tests have reached."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import floor

from deployer.model.resource import Key


class Kind(StrEnum):
    """What is reached: a task, or a list of tasks that not every execution runs."""

    TASK = "task"
    BRANCH = "branch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A task or a branch that can be reached.

    A task is named by its id, a branch by what it is in: `errors` of the flow, `ID.then`, `ID.cases.VALUE`. `line` is
    None where the flow's file does not have it.
    """

    name: str
    kind: Kind = Kind.TASK
    line: int | None = None
    reached: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many there are, and how many of them were reached."""

    reached: int = 0
    all: int = 0

    @property
    def percent(self) -> float:
        """How many of a hundred, rounded down to a tenth: 100 only where all were reached, or there are none."""
        return floor(1000 * self.reached / self.all) / 10 if self.all else 100.0

    def meets(self, percent: int) -> bool:
        """Whether at least so many of a hundred were reached."""
        return 100 * self.reached >= percent * self.all


@dataclass(frozen=True, slots=True)
class FlowCoverage:
    """What of a flow was reached, in the order of its file."""

    flow: Key
    file: str | None
    targets: tuple[Target, ...]

    @property
    def count(self) -> Count:
        """How many were reached."""
        return Count(reached=len(self.targets) - len(self.missed), all=len(self.targets))

    @property
    def missed(self) -> tuple[Target, ...]:
        """What was not reached."""
        return tuple(each for each in self.targets if not each.reached)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was reached of each flow, ordered by key: also of those that have no test."""

    flows: tuple[FlowCoverage, ...] = ()

    @property
    def count(self) -> Count:
        """How many were reached in all flows."""
        counts = [each.count for each in self.flows]
        return Count(reached=sum(each.reached for each in counts), all=sum(each.all for each in counts))
